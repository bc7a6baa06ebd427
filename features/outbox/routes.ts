import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer, refused } from '../../domain/lists/answers.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import { OutboxMail, OutboxPage, OutboxQuery } from './schemas.ts'
import { outboxService } from './service.ts'

const tags = ['operations']

export const outboxRoutes: FastifyPluginAsyncTypebox = async app => {
  for (const schema of [OutboxMail, OutboxPage]) app.addSchema(schema)
  const outbox = outboxService(app)
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
  description: 'For admin. Lists the mails that wait, that were sent and that were given up, the newest first.',
  querystring: OutboxQuery,
  response: { 200: answer(OutboxPage, 'A page of mails'), ...refused(403) },
}

const GET = {
  tags,
  operationId: 'getOutboxMail',
  summary: 'Get a mail',
  description: 'For admin. Shows what happened to the mail, but not its text.',
  params: OnlyId,
  response: { 200: answer(OutboxMail, 'The mail'), ...refused(403, 404) },
}

const RETRY = {
  tags,
  operationId: 'retryOutboxMail',
  summary: 'Send a mail again',
  description:
    'For admin. Tries a mail that waits or was given up. When it was sent already, the answer is 409 `ALREADY_SENT`.',
  params: OnlyId,
  response: { 200: answer(OutboxMail, 'The mail'), ...refused(403, 404, 409) },
}
