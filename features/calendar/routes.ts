import { createHash } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isKnown } from '../../plugins/conditional.ts'
import { answer, gone, refused } from '../../domain/lists/answers.ts'
import { Id, OnlyId } from '../../domain/lists/fields.ts'
import { feedsService } from './feeds-service.ts'
import { calendarFiles, type CalendarFile } from './files.ts'
import { CalendarFile as FileSchema, Feed, FeedList, NewFeed } from './schemas.ts'

const tags = ['calendar']
const CALENDAR = 'text/calendar; charset=utf-8'

const FeedPath = Type.Object({ id: Id, feedId: Id }, { additionalProperties: false })
const SecretPath = Type.Object(
  { secret: Type.String({ pattern: '^[\\w-]{43}$', maxLength: 43, description: 'Out of the address that was shown' }) },
  { additionalProperties: false },
)

export const calendarRoutes: FastifyPluginAsyncTypebox = async app => {
  for (const schema of [Feed, NewFeed, FeedList, FileSchema]) app.addSchema(schema)
  const feeds = feedsService(app)
  const files = calendarFiles(app)

  app.get('/interviewers/:id/feeds', { schema: LIST }, request => feeds.list(request.principal, request.params.id))

  app.post('/interviewers/:id/feeds', { schema: CREATE }, async (request, reply) => {
    const feed = await feeds.create(request.principal, request.params.id)
    reply.code(201).header('location', `/api/interviewers/${feed.interviewerId}/feeds/${feed.id}`)
    return feed
  })

  app.get('/interviewers/:id/feeds/:feedId', { schema: GET }, async (request: RequestOfFeed, reply) => {
    const { id: interviewerId, feedId: id } = request.params
    return reply.versioned(await feeds.find(request.principal, { id, interviewerId }))
  })

  app.post('/interviewers/:id/feeds/:feedId/rotate', { schema: ROTATE }, (request: RequestOfFeed) => {
    const { id: interviewerId, feedId: id } = request.params
    return feeds.rotate(request.principal, { id, interviewerId }, request.ifMatch)
  })

  app.delete('/interviewers/:id/feeds/:feedId', { schema: DELETE }, async (request, reply) => {
    const { id: interviewerId, feedId: id } = request.params
    await feeds.delete(request.principal, { id, interviewerId })
    return reply.code(204).send(null)
  })

  app.get('/events/:id/ics', { schema: ICS }, async (request, reply) => {
    const { id } = request.params
    reply.header('content-disposition', `attachment; filename="interview-${id}.ics"`)
    return sendFile(request, reply, await files.ofEvent(request.principal, id))
  })
}

type RequestOfFeed = FastifyRequest<{ Params: { id: string; feedId: string } }>

/** What calendar programs ask for, who cannot sign in: the secret in the address is what lets them in. */
export const feedRoutes: FastifyPluginAsyncTypebox = async app => {
  app.addSchema(FileSchema)
  const files = calendarFiles(app)
  const config = { public: true }

  app.get('/:secret/events.ics', { config, schema: EVENTS }, async (request, reply) =>
    sendFile(request, reply, await files.events(request.params.secret)),
  )
  app.get('/:secret/freebusy.ics', { config, schema: FREE_BUSY }, async (request, reply) =>
    sendFile(request, reply, await files.freeBusy(request.params.secret)),
  )
}

/** With an ETag of its bytes and a Last-Modified, or 304 when the client has them. */
function sendFile(request: FastifyRequest, reply: FastifyReply, { text, lastModified }: CalendarFile): FastifyReply {
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`
  reply.header('etag', etag).header('last-modified', lastModified.toUTCString()).header('cache-control', 'private')
  return isKnown(request, etag) ? reply.code(304).send() : reply.type(CALENDAR).send(text)
}

const OWN = 'For admin and talent, and for an interviewer the own.'
const file = (description: string) => ({
  description,
  content: { 'text/calendar': { schema: answer(FileSchema, description) } },
})

const LIST = {
  tags,
  operationId: 'listFeeds',
  summary: 'List the calendar feeds of an interviewer',
  description: `${OWN} Their secret addresses are not shown again.`,
  params: OnlyId,
  response: { 200: answer(FeedList, 'The feeds'), ...refused(404) },
}

const CREATE = {
  tags,
  operationId: 'createFeed',
  summary: 'Make a calendar feed',
  description: `${OWN} The addresses are for calendar programs, which subscribe to them; they are shown this once.`,
  params: OnlyId,
  response: { 201: answer(NewFeed, 'The feed'), ...refused(404) },
}

const GET = {
  tags,
  operationId: 'getFeed',
  summary: 'Get a feed',
  description: `${OWN} Without its secret addresses.`,
  params: FeedPath,
  response: { 200: answer(Feed, 'The feed'), ...refused(404) },
}

const ROTATE = {
  tags,
  operationId: 'rotateFeed',
  summary: 'Give a feed new addresses',
  description: `${OWN} The old ones answer 404 from then on.`,
  params: FeedPath,
  response: { 200: answer(NewFeed, 'The feed'), ...refused(404) },
}

const DELETE = {
  tags,
  operationId: 'deleteFeed',
  summary: 'Remove a feed',
  description: `${OWN} Its addresses answer 404 from then on.`,
  params: FeedPath,
  response: { 204: gone('Removed'), ...refused(404) },
}

const ICS = {
  tags,
  operationId: 'getEventCalendar',
  summary: 'Get an interview as a calendar file',
  description:
    'The invitation that was mailed, as it is now. Staff get every interview, an interviewer those they sit in.',
  params: OnlyId,
  response: { 200: file('The interview'), ...refused(404) },
}

const EVENTS = {
  tags,
  operationId: 'getEventsFeed',
  summary: 'Read the interviews of a feed',
  description: 'For calendar programs. What is over and what was cancelled stays for 30 days.',
  params: SecretPath,
  response: { 200: file('The interviews'), ...refused(404) },
}

const FREE_BUSY = {
  tags,
  operationId: 'getFreeBusyFeed',
  summary: 'Read when the owner of a feed is busy',
  description: 'For calendar programs: times alone, without a word of what for.',
  params: SecretPath,
  response: { 200: file('The busy times'), ...refused(404) },
}
