import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { STAFF, staffAlike } from '../../domain/accounts/visibility.ts'
import { Event } from '../../domain/interviews/schemas.ts'
import { answer, gone, refused } from '../../domain/lists/answers.ts'
import { exportOf } from '../../domain/lists/export.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import {
  BookedEvent,
  Cancel,
  EventChanges,
  EventExportQuery,
  EventPage,
  EventQuery,
  InterviewerEventQuery,
  NewEvent,
  NoShow,
  Replace,
  Reschedule,
  Respond,
} from './schemas.ts'
import { eventsService } from './service.ts'
import * as transition from './transitions.ts'

const tags = ['events']
const FOR_STAFF = 'For admin and talent.'
const READERS = 'Staff see every interview; an interviewer sees those they take part in.'

/** A panel shows names, and the account of an interviewer decides who sees it. */
const config = { cache: { tables: ['events', 'event_panel', 'interviewers'], seenBy: staffAlike } }

export const eventsRoutes: FastifyPluginAsyncTypebox = async app => {
  const events = eventsService(app)
  const staff = [app.authorize(STAFF)]
  const admin = [app.authorize(['admin'])]

  app.get('/events', { config, schema: LIST }, request => events.list(request.principal, request.query))

  app.get('/events/export', { exposeHeadRoute: false, schema: EXPORT }, (request, reply) =>
    reply.sendList(events.exported(request.principal, request.query)),
  )

  app.get('/interviewers/:id/events', { config, schema: LIST_OF_INTERVIEWER }, request =>
    events.list(request.principal, { ...request.query, interviewerId: request.params.id }),
  )

  app.get('/events/:id', { config, schema: GET }, async (request, reply) =>
    reply.versioned(await events.find(request.principal, request.params.id)),
  )

  app.post('/events', { onRequest: staff, schema: CREATE }, async (request, reply) => {
    const event = await events.create(request.principal, request.body)
    reply.code(201).header('location', `/api/events/${event.id}`)
    return reply.versioned(event)
  })

  app.put('/events/:id', { onRequest: staff, schema: UPDATE }, async (request, reply) =>
    reply.versioned(await events.update(request.principal, request.params.id, request.body, request.ifMatch)),
  )

  app.delete('/events/:id', { onRequest: admin, schema: DELETE }, async (request, reply) => {
    await events.delete(request.principal, request.params.id, request.ifMatch)
    return reply.code(204).send(null)
  })
}

/** Routes that change an interview after it was booked. */
export const transitionRoutes: FastifyPluginAsyncTypebox = async app => {
  const events = eventsService(app)
  const staff = [app.authorize(STAFF)]
  const admin = [app.authorize(['admin'])]
  const call = (request: FastifyRequest & { params: { id: string } }) => ({
    actor: request.principal,
    id: request.params.id,
    expected: request.ifMatch,
  })

  app.post('/events/:id/reschedule', { onRequest: staff, schema: RESCHEDULE }, async (request, reply) =>
    reply.versioned(await events.perform(call(request), transition.reschedule(request.body))),
  )
  app.post('/events/:id/cancel', { onRequest: staff, schema: CANCEL }, async (request, reply) =>
    reply.versioned(await events.perform(call(request), transition.cancel(request.body.reason))),
  )
  app.post('/events/:id/complete', { onRequest: staff, schema: COMPLETE }, async (request, reply) =>
    reply.versioned(await events.perform(call(request), transition.complete())),
  )
  app.post('/events/:id/no-show', { onRequest: staff, schema: NO_SHOW }, async (request, reply) =>
    reply.versioned(await events.perform(call(request), transition.noShow(request.body.party))),
  )
  app.post('/events/:id/reopen', { onRequest: admin, schema: REOPEN }, async (request, reply) =>
    reply.versioned(await events.perform(call(request), transition.reopen())),
  )
  app.post('/events/:id/respond', { schema: RESPOND }, async (request, reply) =>
    reply.versioned(await events.respond(call(request), request.body)),
  )
  app.post('/events/:id/panel/replace', { onRequest: staff, schema: REPLACE }, async (request, reply) => {
    const { interviewerId, withInterviewerId } = request.body
    if (withInterviewerId === undefined)
      return reply.versioned(await events.proposeInPlaceOf(call(request), interviewerId))
    return reply.versioned(
      await events.perform(call(request), transition.replace({ ...request.body, withInterviewerId })),
    )
  })
}

const LIST = {
  tags,
  operationId: 'listEvents',
  summary: 'List interviews',
  description: READERS,
  querystring: EventQuery,
  response: { 200: answer(EventPage, 'A page of interviews') },
}

const EXPORT = exportOf({
  tags,
  operationId: 'exportEvents',
  what: 'interviews',
  readers: READERS,
  query: EventExportQuery,
  example: 'id,title,type\r\n0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d11,Technical interview,technical\r\n',
})

const LIST_OF_INTERVIEWER = {
  tags,
  operationId: 'listInterviewerEvents',
  summary: 'List the interviews of one interviewer',
  description: 'Staff see all of them; an interviewer sees those they take part in too.',
  params: OnlyId,
  querystring: InterviewerEventQuery,
  response: { 200: answer(EventPage, 'A page of interviews') },
}

const GET = {
  tags,
  operationId: 'getEvent',
  summary: 'Get an interview',
  description: READERS,
  params: OnlyId,
  response: { 200: answer(Event, 'The interview'), ...refused(404) },
}

const CREATE = {
  tags,
  operationId: 'createEvent',
  summary: 'Book an interview',
  description:
    `${FOR_STAFF} Books the whole panel and the candidate, or nobody. When somebody is busy the answer is 409 ` +
    '`EVENT_OVERLAP`, and `details` names everybody who is busy and the interview they are in. A day off is refused ' +
    'with `TIME_OFF` and a limit that is reached with `LOAD_LIMIT`; an `override` with a reason lifts both. Send ' +
    '`seats` instead of `panel` to book the fairest panel that is free at that time; when there is none, ' +
    '`NO_PANEL_AVAILABLE` says what takes everybody’s time.',
  body: NewEvent,
  response: { 201: answer(BookedEvent, 'The interview'), ...refused(403, 409) },
}

const UPDATE = {
  tags,
  operationId: 'updateEvent',
  summary: 'Change an interview',
  description: `${FOR_STAFF} Changes the fields that are sent; null clears a field. A new panel is booked as a whole or not at all.`,
  params: OnlyId,
  body: EventChanges,
  response: { 200: answer(BookedEvent, 'The interview'), ...refused(403, 404, 409) },
}

const DELETE = {
  tags,
  operationId: 'deleteEvent',
  summary: 'Delete an interview',
  description:
    'For admin. People are notified when an interview is cancelled, not when it is deleted. The journal keeps its history.',
  params: OnlyId,
  response: { 204: gone('Deleted'), ...refused(403, 404) },
}

const RESCHEDULE = {
  tags,
  operationId: 'rescheduleEvent',
  summary: 'Move an interview',
  description: `${FOR_STAFF} When the move is refused, nothing changes. When it succeeds, everybody is asked again whether they can come.`,
  params: OnlyId,
  body: Reschedule,
  response: { 200: answer(BookedEvent, 'The interview'), ...refused(403, 404, 409) },
}

const CANCEL = {
  tags,
  operationId: 'cancelEvent',
  summary: 'Cancel an interview',
  description: `${FOR_STAFF} This frees everybody’s time at once.`,
  params: OnlyId,
  body: Cancel,
  response: { 200: answer(Event, 'The interview'), ...refused(403, 404, 409) },
}

const COMPLETE = {
  tags,
  operationId: 'completeEvent',
  summary: 'Complete an interview',
  description: `${FOR_STAFF} The interview took place, and the time of its people stays taken.`,
  params: OnlyId,
  response: { 200: answer(Event, 'The interview'), ...refused(403, 404, 409) },
}

const NO_SHOW = {
  tags,
  operationId: 'markEventNoShow',
  summary: 'Record a no-show',
  description: `${FOR_STAFF} Somebody did not come. The time of the others stays taken.`,
  params: OnlyId,
  body: NoShow,
  response: { 200: answer(Event, 'The interview'), ...refused(403, 404, 409) },
}

const REOPEN = {
  tags,
  operationId: 'reopenEvent',
  summary: 'Reopen an interview that has ended',
  description:
    'For admin. The interview is scheduled again if everybody is still free: they may have been booked in the meantime.',
  params: OnlyId,
  response: { 200: answer(BookedEvent, 'The interview'), ...refused(403, 404, 409) },
}

const RESPOND = {
  tags,
  operationId: 'respondToEvent',
  summary: 'Accept, decline or tentatively accept an interview',
  description:
    'For accounts that are linked to an interviewer on the panel, who answer for themselves. When staff decline, ' +
    '`replacements` names the people who could take their place.',
  params: OnlyId,
  body: Respond,
  response: { 200: answer(BookedEvent, 'The interview'), ...refused(403, 404, 409) },
}

const REPLACE = {
  tags,
  operationId: 'replacePanelMember',
  summary: 'Replace an interviewer on the panel',
  description: `${FOR_STAFF} The replacement takes over the seat and its role. Without \`withInterviewerId\` nothing changes, and \`replacements\` names the people who could come, the one whose turn it is first.`,
  params: OnlyId,
  body: Replace,
  response: { 200: answer(BookedEvent, 'The interview'), ...refused(403, 404, 409) },
}
