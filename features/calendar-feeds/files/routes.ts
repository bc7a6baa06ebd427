import { createHash } from 'node:crypto'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isKnown, tag } from '../../../plugins/conditional.ts'
import { answer, refused } from '../../../domain/lists/answers.ts'
import { OnlyId } from '../../../domain/lists/fields.ts'
import { CalendarFile, SecretPath } from './schemas.ts'
import { calendarFiles, type FileContent } from './service.ts'

const tags = ['calendar']
const CALENDAR = 'text/calendar; charset=utf-8'

export const filesRoutes: FastifyPluginAsyncTypebox = async app => {
  app.addSchema(CalendarFile)
  const files = calendarFiles(app)

  app.get('/events/:id/ics', { schema: ICS }, async (request, reply) => {
    const { id } = request.params
    reply.header('content-disposition', `attachment; filename="interview-${id}.ics"`)
    return sendFile(request, reply, await files.ofEvent(request.principal, id))
  })
}

/** Calendar programs cannot sign in: the secret in the address lets them read. */
export const secretRoutes: FastifyPluginAsyncTypebox = async app => {
  app.addSchema(CalendarFile)
  const files = calendarFiles(app)
  const config = { public: true }

  app.get('/:secret/events.ics', { config, schema: EVENTS }, async (request, reply) =>
    sendFile(request, reply, await files.events(request.params.secret)),
  )
  app.get('/:secret/freebusy.ics', { config, schema: FREE_BUSY }, async (request, reply) =>
    sendFile(request, reply, await files.freeBusy(request.params.secret)),
  )
}

/** Answers with an ETag and Last-Modified, or with 304 when the client has this version. */
function sendFile(request: FastifyRequest, reply: FastifyReply, { text, lastModified }: FileContent): FastifyReply {
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`
  tag(reply, etag)
  reply.header('last-modified', lastModified.toUTCString())
  return isKnown(request, etag) ? reply.code(304).send() : reply.type(CALENDAR).send(text)
}

const file = (description: string) => ({
  description,
  content: { 'text/calendar': { schema: answer(CalendarFile, description) } },
})

const ICS = {
  tags,
  operationId: 'getEventCalendar',
  summary: 'Get an interview as a calendar file',
  description:
    'The invitation that was mailed, as it is now. Staff get every interview; an interviewer gets those they take ' +
    'part in.',
  params: OnlyId,
  response: { 200: file('The interview'), ...refused(404) },
}

const EVENTS = {
  tags,
  operationId: 'getEventsFeed',
  summary: 'Read the interviews of a feed',
  description: 'For calendar programs. Interviews that are over or cancelled stay in the feed for 30 days.',
  params: SecretPath,
  response: { 200: file('The interviews'), ...refused(404) },
}

const FREE_BUSY = {
  tags,
  operationId: 'getFreeBusyFeed',
  summary: 'Read the busy times of a feed',
  description: 'For calendar programs. Shows when the owner of the feed is busy, and nothing else.',
  params: SecretPath,
  response: { 200: file('The busy times'), ...refused(404) },
}
