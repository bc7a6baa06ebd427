import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { textOfBody } from '../../plugins/bodies.ts'
import { ValidationError } from '../../plugins/errors.ts'
import { endOf } from '../../plugins/http/ending.ts'
import type { SafeFetch } from './fetching.ts'
import { answer, gone, refused } from '../../domain/lists/answers.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import { ImportedCalendar, ImportedCalendarPage, ImportedCalendarQuery, NewCalendar, OfInterviewer } from './schemas.ts'
import { importedCalendarsService } from './service.ts'

const tags = ['availability']
const LARGEST_BYTES = 5 * 1024 * 1024

export const importedCalendarsRoutes: FastifyPluginAsyncTypebox<{ fetch: SafeFetch }> = async (app, { fetch }) => {
  for (const schema of [ImportedCalendar, ImportedCalendarPage]) app.addSchema(schema)
  const { db, audit, idempotency } = app
  const calendars = importedCalendarsService({ db, audit, idempotency, fetch })
  app.addContentTypeParser(
    'text/calendar',
    { parseAs: 'buffer', bodyLimit: LARGEST_BYTES },
    async (request: FastifyRequest, body: Buffer) => textOfBody(request, body),
  )

  app.get('/:id/calendars', { schema: LIST }, request =>
    calendars.list(request.principal, request.params.id, request.query),
  )

  app.get('/:id/calendars/:calendarId', { schema: GET }, async (request, reply) =>
    reply.versioned(await calendars.find(request.principal, request.params.id, request.params.calendarId)),
  )

  app.post('/:id/calendars', { schema: ADD }, async (request, reply) => {
    const { principal, params, body } = request
    if (body === undefined) throw new ValidationError('', null, 'body must have a calendar or a url')
    const calendar =
      typeof body === 'string'
        ? await calendars.upload(principal, params.id, body, endOf(request, reply))
        : await calendars.subscribe(principal, params.id, body, endOf(request, reply))
    reply.code(201).header('location', `/api/interviewers/${params.id}/calendars/${calendar.id}`)
    return reply.versioned(calendar)
  })

  app.post('/:id/calendars/:calendarId/refresh', { schema: REFRESH }, async (request, reply) => {
    const { principal, params, ifMatch } = request
    return reply.versioned(
      await calendars.refresh(principal, params.id, params.calendarId, ifMatch, endOf(request, reply)),
    )
  })

  app.delete('/:id/calendars/:calendarId', { schema: REMOVE }, async (request, reply) => {
    const { principal, params, ifMatch } = request
    await calendars.remove(principal, params.id, params.calendarId, ifMatch)
    return reply.code(204).send(null)
  })
}

const LIST = {
  tags,
  operationId: 'listImportedCalendars',
  summary: 'List imported calendars',
  description: 'Admin and talent see every calendar, an interviewer sees only their own.',
  params: OnlyId,
  querystring: ImportedCalendarQuery,
  response: { 200: answer(ImportedCalendarPage, 'A page of calendars'), ...refused(404) },
}

const GET = {
  tags,
  operationId: 'getImportedCalendar',
  summary: 'Get an imported calendar',
  description: 'Admin and talent see every calendar, an interviewer sees only their own.',
  params: OfInterviewer,
  response: { 200: answer(ImportedCalendar, 'The calendar'), ...refused(404) },
}

const ADD = {
  tags,
  operationId: 'importCalendar',
  summary: 'Import a calendar of busy times',
  description:
    'Admin and talent import for anyone, an interviewer only for themselves. Send the calendar itself, as ' +
    '`text/calendar`, or the `url` where another program offers it, which is read at once and every 15 minutes. The ' +
    'person is not offered at times the calendar marks as busy; whole days are days of their own zone, tentative events ' +
    'count, transparent and cancelled ones do not. An upload that cannot be read is refused. While a url cannot be ' +
    'read, the person is not offered at all.',
  params: OnlyId,
  body: NewCalendar,
  response: {
    201: answer(ImportedCalendar, 'The calendar, even when its server did not answer correctly'),
    ...refused(404),
  },
}

const REFRESH = {
  tags,
  operationId: 'refreshImportedCalendar',
  summary: 'Read an imported calendar now',
  description:
    'Admin and talent refresh every calendar, an interviewer only their own, each up to ten times a minute. ' +
    'Calendars are also read automatically.',
  params: OfInterviewer,
  response: { 200: answer(ImportedCalendar, 'The calendar as it is now'), ...refused(404) },
}

const REMOVE = {
  tags,
  operationId: 'removeImportedCalendar',
  summary: 'Remove an imported calendar',
  description:
    'Admin and talent remove every calendar, an interviewer only their own. The times it blocked are free again.',
  params: OfInterviewer,
  response: { 204: gone('Removed'), ...refused(404) },
}
