import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer, refused } from '../../domain/lists/answers.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import { everyone } from '../../domain/accounts/visibility.ts'
import { entryRoutes } from './entry-routes.ts'
import { KINDS } from './kinds.ts'
import { Biodata, BiodataChanges, OnlyInterviewerId, Portfolio } from './schemas.ts'
import { portfolioService } from './service.ts'

const tags = ['portfolio']
const BIODATA = 'portfolio_biodata'
const PARTS = [BIODATA, ...Object.values(KINDS).map(({ path }) => `portfolio_${path}`)]
/** The interviewers count too: one who is removed without having had a portfolio changes no other table. */
const ofAll = { cache: { tables: [...PARTS, 'interviewers'], seenBy: everyone } }
const versioned = true // though its address does not end in the id of the record
const ofBiodata = { versioned, cache: { tables: [BIODATA, 'interviewers'], seenBy: everyone } }

export const portfolioRoutes: FastifyPluginAsyncTypebox = async app => {
  for (const schema of [Biodata, Portfolio]) app.addSchema(schema)
  for (const kind of Object.values(KINDS)) {
    for (const schema of [kind.entry, kind.page]) app.addSchema(schema)
    await app.register(entryRoutes(kind), { prefix: `/portfolio/${kind.path}` })
  }
  const portfolio = portfolioService(app)

  app.get('/interviewers/:id/portfolio', { config: ofAll, schema: OVERVIEW }, request =>
    portfolio.of(request.params.id),
  )

  app.get('/portfolio/biodata/:interviewerId', { config: ofBiodata, schema: GET_BIODATA }, async (request, reply) =>
    reply.versioned(await portfolio.biodataOf(request.params.interviewerId)),
  )

  app.put(
    '/portfolio/biodata/:interviewerId',
    { config: { versioned }, schema: PUT_BIODATA },
    async (request, reply) => {
      const { interviewerId } = request.params
      const { principal, body, ifMatch } = request
      const { biodata, made } = await portfolio.putBiodata(principal, interviewerId, body, ifMatch)
      if (made) reply.code(201).header('location', `/api/portfolio/biodata/${interviewerId}`)
      return reply.versioned(biodata)
    },
  )
}

const OVERVIEW = {
  tags,
  operationId: 'getPortfolio',
  summary: 'Get the portfolio of an interviewer',
  description: 'Anyone signed in may read it. Entries are sorted by position, then newest first.',
  params: OnlyId,
  response: { 200: answer(Portfolio, 'All five parts of the portfolio'), ...refused(404) },
}

const GET_BIODATA = {
  tags,
  operationId: 'getPortfolioBiodata',
  summary: 'Get how an interviewer is introduced',
  description: 'Anyone signed in may read it. The answer is 404 until it is first written.',
  params: OnlyInterviewerId,
  response: { 200: answer(Biodata, 'The biodata'), ...refused(404) },
}

const PUT_BIODATA = {
  tags,
  operationId: 'updatePortfolioBiodata',
  summary: 'Change how an interviewer is introduced',
  description:
    'Admin and talent change every portfolio, an interviewer changes only their own. Changes the fields that are ' +
    'sent; null clears one. The first change creates the biodata.',
  params: OnlyInterviewerId,
  body: BiodataChanges,
  response: { '2xx': answer(Biodata, 'The biodata: 201 when it was created, else 200'), ...refused(403, 404) },
}
