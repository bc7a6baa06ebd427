import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer, gone, refused } from '../../domain/lists/answers.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import { adminsAlike } from '../../domain/accounts/visibility.ts'
import { OnlyToken, Session, SessionPage, SessionQuery } from './schemas.ts'
import { sessionsService } from './service.ts'

const tags = ['sessions']
const cache = { tables: ['sessions', 'refresh_tokens'], seenBy: adminsAlike }

export const sessionsRoutes: FastifyPluginAsyncTypebox = async app => {
  for (const schema of [Session, SessionPage]) app.addSchema(schema)
  const sessions = sessionsService(app)

  app.get('/', { schema: LIST }, async request => sessions.list(request.principal, request.query))

  app.get('/token/:token', { config: { cache }, schema: GET_BY_TOKEN }, async (request, reply) => {
    const session = await sessions.findByToken(request.principal, request.params.token)
    reply.trueUntil(session.expiresAt)
    return session
  })

  app.delete('/:id', { config: { versioned: false }, schema: END }, async (request, reply) => {
    await sessions.end(request.principal, request.params.id)
    return reply.code(204).send(null)
  })
}

const LIST = {
  tags,
  operationId: 'listSessions',
  summary: 'List sessions',
  description: 'Users see their own sessions; an admin also sees those of the user in `userId`.',
  querystring: SessionQuery,
  response: { 200: answer(SessionPage, 'A page of sessions'), ...refused(403) },
}

const GET_BY_TOKEN = {
  tags,
  operationId: 'getSessionByToken',
  summary: 'Get a session by its refresh token',
  description:
    'Users see their own session, an admin sees any. A refresh token that was used, or whose session has ended, gets 404.',
  params: OnlyToken,
  response: { 200: answer(Session, 'The session'), ...refused(404) },
}

const END = {
  tags,
  operationId: 'endSession',
  summary: 'End a session',
  description: 'Users end their own sessions, an admin ends any. The access token stops working at once.',
  params: OnlyId,
  response: { 204: gone('Ended'), ...refused(404) },
}
