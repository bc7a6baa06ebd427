import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import * as transition from './transitions.ts'
import * as operation from './operations.ts'
import { eventsService } from './service.ts'
import { staffAlike } from '../../domain/accounts/visibility.ts'

/** A panel shows names, and whose account an interviewer is decides who sees it. */
const config = { cache: { tables: ['events', 'event_panel', 'interviewers'], seenBy: staffAlike } }

export const eventsRoutes: FastifyPluginAsyncTypebox = async app => {
  const events = eventsService(app)
  const staff = [app.authorize(['admin', 'talent'])]
  const admin = [app.authorize(['admin'])]

  app.get('/events', { config, schema: operation.LIST }, request => events.list(request.principal, request.query))

  app.get('/events/export', { exposeHeadRoute: false, schema: operation.EXPORT }, (request, reply) =>
    reply.sendList(events.exported(request.principal, request.query)),
  )

  app.get('/interviewers/:id/events', { config, schema: operation.LIST_OF_INTERVIEWER }, request =>
    events.list(request.principal, { ...request.query, interviewerId: request.params.id }),
  )

  app.get('/events/:id', { config, schema: operation.GET }, async (request, reply) =>
    reply.versioned(await events.find(request.principal, request.params.id)),
  )

  app.post('/events', { onRequest: staff, schema: operation.CREATE }, async (request, reply) => {
    const event = await events.create(request.principal, request.body)
    reply.code(201).header('location', `/api/events/${event.id}`)
    return reply.versioned(event)
  })

  app.put('/events/:id', { onRequest: staff, schema: operation.UPDATE }, async (request, reply) =>
    reply.versioned(await events.update(request.principal, request.params.id, request.body, request.ifMatch)),
  )

  app.delete('/events/:id', { onRequest: admin, schema: operation.DELETE }, async (request, reply) => {
    await events.delete(request.principal, request.params.id, request.ifMatch)
    return reply.code(204).send(null)
  })
}

/** What happens to an interview after it was booked. */
export const transitionRoutes: FastifyPluginAsyncTypebox = async app => {
  const events = eventsService(app)
  const staff = [app.authorize(['admin', 'talent'])]
  const admin = [app.authorize(['admin'])]
  const call = (request: FastifyRequest & { params: { id: string } }) => ({
    actor: request.principal,
    id: request.params.id,
    expected: request.ifMatch,
  })

  app.post('/events/:id/reschedule', { onRequest: staff, schema: operation.RESCHEDULE }, async (request, reply) =>
    reply.versioned(await events.perform(call(request), transition.reschedule(request.body))),
  )
  app.post('/events/:id/cancel', { onRequest: staff, schema: operation.CANCEL }, async (request, reply) =>
    reply.versioned(await events.perform(call(request), transition.cancel(request.body.reason))),
  )
  app.post('/events/:id/complete', { onRequest: staff, schema: operation.COMPLETE }, async (request, reply) =>
    reply.versioned(await events.perform(call(request), transition.complete())),
  )
  app.post('/events/:id/no-show', { onRequest: staff, schema: operation.NO_SHOW }, async (request, reply) =>
    reply.versioned(await events.perform(call(request), transition.noShow(request.body.party))),
  )
  app.post('/events/:id/reopen', { onRequest: admin, schema: operation.REOPEN }, async (request, reply) =>
    reply.versioned(await events.perform(call(request), transition.reopen())),
  )
  app.post('/events/:id/respond', { schema: operation.RESPOND }, async (request, reply) =>
    reply.versioned(await events.respond(call(request), request.body)),
  )
  app.post('/events/:id/panel/replace', { onRequest: staff, schema: operation.REPLACE }, async (request, reply) => {
    const { interviewerId, withInterviewerId } = request.body
    if (withInterviewerId === undefined)
      return reply.versioned(await events.proposeInPlaceOf(call(request), interviewerId))
    return reply.versioned(
      await events.perform(call(request), transition.replace({ ...request.body, withInterviewerId })),
    )
  })
}
