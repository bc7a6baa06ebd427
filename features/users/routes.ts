import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { User } from '../../domain/accounts/account.ts'
import { answer, gone, refused } from '../../domain/lists/answers.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import { adminsAlike } from '../../domain/accounts/visibility.ts'
import { NewUser, OnlyEmail, UserChanges, UserPage, UserQuery } from './schemas.ts'
import { usersService } from './service.ts'

const tags = ['users']
const cache = { tables: ['users', 'user_stats'], seenBy: adminsAlike }

export const usersRoutes: FastifyPluginAsyncTypebox = async app => {
  for (const schema of [User, UserPage]) app.addSchema(schema)
  const users = usersService(app)
  const admins = [app.authorize(['admin'])]

  app.get('/', { config: { cache }, onRequest: admins, schema: LIST }, request => users.list(request.query))

  app.get('/:id', { config: { cache }, schema: GET }, async (request, reply) =>
    reply.versioned(await users.find(request.principal, request.params.id)),
  )

  app.get('/email/:email', { config: { cache, versioned: true }, schema: GET_BY_EMAIL }, async (request, reply) =>
    reply.versioned(await users.findByEmail(request.principal, request.params.email)),
  )

  app.post('/', { onRequest: admins, schema: CREATE }, async (request, reply) => {
    const user = await users.create(request.principal, request.body)
    reply.code(201).header('location', `/api/users/${user.id}`)
    return reply.versioned(user)
  })

  app.put('/:id', { onRequest: admins, schema: UPDATE }, async (request, reply) =>
    reply.versioned(await users.update(request.principal, request.params.id, request.body, request.ifMatch)),
  )

  app.delete('/:id', { onRequest: admins, schema: DELETE }, async (request, reply) => {
    await users.delete(request.principal, request.params.id, request.ifMatch)
    return reply.code(204).send(null)
  })
}

const LIST = {
  tags,
  operationId: 'listUsers',
  summary: 'List users',
  description: 'For admin.',
  querystring: UserQuery,
  response: { 200: answer(UserPage, 'A page of users'), ...refused(403) },
}

const GET = {
  tags,
  operationId: 'getUser',
  summary: 'Get a user',
  description: 'Users see themselves, an admin sees everyone. Anyone else gets 404.',
  params: OnlyId,
  response: { 200: answer(User, 'The user'), ...refused(404) },
}

const GET_BY_EMAIL = {
  tags,
  operationId: 'getUserByEmail',
  summary: 'Get a user by address',
  description: 'Users see themselves, an admin sees everyone. Upper and lower case count as the same.',
  params: OnlyEmail,
  response: { 200: answer(User, 'The user'), ...refused(404) },
}

const CREATE = {
  tags,
  operationId: 'createUser',
  summary: 'Add a user',
  description: 'For admin. The role is `interviewer` by default. A password that is easy to guess is refused.',
  body: NewUser,
  response: { 201: answer(User, 'The user'), ...refused(403, 409) },
}

const UPDATE = {
  tags,
  operationId: 'updateUser',
  summary: 'Change a user',
  description:
    'For admin. Changes the fields that are sent, from the next request of that user on; a new password, or being ' +
    'disabled, ends their sessions, their API tokens and the calendar feeds they made. The last active admin remains ' +
    'an admin.',
  params: OnlyId,
  body: UserChanges,
  response: { 200: answer(User, 'The user'), ...refused(403, 404, 409) },
}

const DELETE = {
  tags,
  operationId: 'deleteUser',
  summary: 'Remove a user',
  description:
    'For admin. Their sessions, API tokens and calendar feeds end; an interviewer linked to the account stays, unlinked. The last active admin cannot be removed.',
  params: OnlyId,
  response: { 204: gone('Removed'), ...refused(403, 404, 409) },
}
