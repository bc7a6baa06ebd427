import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer, gone, refused } from '../../domain/lists/answers.ts'
import { exportOf } from '../../domain/lists/export.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import { everyone, STAFF } from '../../domain/accounts/visibility.ts'
import {
  ChangedInterviewer,
  Interviewer,
  InterviewerChanges,
  InterviewerExportQuery,
  InterviewerPage,
  InterviewerQuery,
  NewInterviewer,
} from './schemas.ts'
import { interviewersService } from './service.ts'

const tags = ['interviewers']
const config = { cache: { tables: ['interviewers'], seenBy: everyone } }

export const interviewersRoutes: FastifyPluginAsyncTypebox = async app => {
  for (const schema of [Interviewer, ChangedInterviewer, InterviewerPage]) app.addSchema(schema)
  const interviewers = interviewersService(app)
  const staff = [app.authorize(STAFF)]

  app.get('/', { config, schema: LIST }, request => interviewers.list(request.query))

  app.get('/export', { exposeHeadRoute: false, schema: EXPORT }, (request, reply) =>
    reply.sendList(interviewers.exported(request.query)),
  )

  app.get('/:id', { config, schema: GET }, async (request, reply) =>
    reply.versioned(await interviewers.find(request.params.id)),
  )

  app.post('/', { onRequest: staff, schema: CREATE }, async (request, reply) => {
    const interviewer = await interviewers.create(request.principal, request.body)
    reply.code(201).header('location', `/api/interviewers/${interviewer.id}`)
    return reply.versioned(interviewer)
  })

  app.put('/:id', { onRequest: staff, schema: UPDATE }, async (request, reply) =>
    reply.versioned(await interviewers.update(request.principal, request.params.id, request.body, request.ifMatch)),
  )

  app.delete('/:id', { onRequest: staff, schema: DELETE }, async (request, reply) => {
    await interviewers.delete(request.principal, request.params.id, request.ifMatch)
    return reply.code(204).send(null)
  })
}

const LIST = {
  tags,
  operationId: 'listInterviewers',
  summary: 'List interviewers',
  description: 'The directory. Anyone signed in may read it.',
  querystring: InterviewerQuery,
  response: { 200: answer(InterviewerPage, 'A page of interviewers') },
}

const EXPORT = exportOf({
  tags,
  operationId: 'exportInterviewers',
  what: 'interviewers',
  readers: 'For anyone signed in.',
  query: InterviewerExportQuery,
  example: 'id,name,email\r\n0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10,Ada Lovelace,ada@example.com\r\n',
})

const GET = {
  tags,
  operationId: 'getInterviewer',
  summary: 'Get an interviewer',
  description: 'Anyone signed in may read it.',
  params: OnlyId,
  response: { 200: answer(Interviewer, 'The interviewer'), ...refused(404) },
}

const CREATE = {
  tags,
  operationId: 'createInterviewer',
  summary: 'Add an interviewer',
  description: 'For admin and talent. By default the time zone is UTC, with no buffers and no limits.',
  body: NewInterviewer,
  response: { 201: answer(Interviewer, 'The interviewer'), ...refused(403, 409) },
}

const UPDATE = {
  tags,
  operationId: 'updateInterviewer',
  summary: 'Change an interviewer',
  description:
    'For admin and talent. Changes the fields that are sent; null clears one. When somebody becomes inactive while ' +
    'interviews remain, each of those is listed in `warnings`.',
  params: OnlyId,
  body: InterviewerChanges,
  response: { 200: answer(ChangedInterviewer, 'The interviewer'), ...refused(403, 404, 409) },
}

const DELETE = {
  tags,
  operationId: 'deleteInterviewer',
  summary: 'Remove an interviewer',
  description:
    'For admin and talent. An interviewer who sits in interviews cannot be removed: make them inactive instead.',
  params: OnlyId,
  response: { 204: gone('Removed'), ...refused(403, 404, 409) },
}
