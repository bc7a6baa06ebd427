import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer, refused } from '../../domain/lists/answers.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import { OutboxMail, OutboxPage, OutboxQuery } from './schemas.ts'
import { outboxService } from './service.ts'

const tags = ['operations']

export const outboxRoutes: FastifyPluginAsyncTypebox = async app => {
  for (const schema of [OutboxMail, OutboxPage]) app.addSchema(schema)
  const outbox = outboxService(app.db, app.audit)
  app.addHook('onRequest', app.authorize(['admin']))

  app.get('/', { schema: LIST }, request => outbox.list(request.query))

  app.get('/:id', { schema: GET }, async (request, reply) => reply.versioned(await outbox.find(request.params.id)))

  app.post('/:id/retry', { schema: RETRY }, async (request, reply) =>
    reply.versioned(await outbox.retry(request.principal, request.params.id, request.ifMatch)),
  )
}

const LIST = {
  tags,
  operationId: 'listOutbox',
  summary: 'List mails',
  description: 'For admin: what is to be sent, what was, and what was given up; the newest first.',
  querystring: OutboxQuery,
  response: { 200: answer(OutboxPage, 'A page of mails'), ...refused(403) },
}

const GET = {
  tags,
  operationId: 'getOutboxMail',
  summary: 'Get a mail',
  description: 'For admin: what became of it. What it says is not shown.',
  params: OnlyId,
  response: { 200: answer(OutboxMail, 'The mail'), ...refused(403, 404) },
}

const RETRY = {
  tags,
  operationId: 'retryOutboxMail',
  summary: 'Send a mail at once',
  description: 'For admin. One that waits, or that was given up; one that was sent is a 409 `ALREADY_SENT`.',
  params: OnlyId,
  response: { 200: answer(OutboxMail, 'The mail'), ...refused(403, 404, 409) },
}
