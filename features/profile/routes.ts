import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer, gone, refused } from '../../domain/lists/answers.ts'
import { PasswordChange, Profile, ProfileChanges } from './schemas.ts'
import { profileService } from './service.ts'

const tags = ['profile']
const config = { versioned: true }

export const profileRoutes: FastifyPluginAsyncTypebox = async app => {
  app.addSchema(Profile)
  const profiles = profileService(app)

  app.get('/', { config, schema: GET }, async (request, reply) =>
    reply.versioned(await profiles.find(request.principal)),
  )

  app.put('/', { config, schema: UPDATE }, async (request, reply) =>
    reply.versioned(await profiles.update(request.principal, request.body, request.ifMatch)),
  )
}

/** Only someone who has signed in changes a password, never an API token. */
export const passwordRoutes: FastifyPluginAsyncTypebox = async app => {
  const profiles = profileService(app)

  app.put('/password', { config: { signIn: true, scope: null }, schema: CHANGE_PASSWORD }, async (request, reply) => {
    await app.limitGuess(request, reply)
    await profiles.changePassword(request.principal, request.body)
    return reply.code(204).send(null)
  })
}

const GET = {
  tags,
  operationId: 'getProfile',
  summary: 'Get your profile',
  description: 'For anyone signed in: your account, time zone and notifications. All notifications are on by default.',
  response: { 200: answer(Profile, 'Your profile'), ...refused(404) },
}

const UPDATE = {
  tags,
  operationId: 'updateProfile',
  summary: 'Change your profile',
  description:
    'For anyone signed in. Changes the fields that are sent, and only those notifications that are sent. Only ' +
    'an admin changes the address and the role.',
  body: ProfileChanges,
  response: { 200: answer(Profile, 'Your profile'), ...refused(404) },
}

const CHANGE_PASSWORD = {
  tags,
  operationId: 'changePassword',
  summary: 'Change your password',
  description:
    'For anyone signed in who has a password and knows it; `WRONG_PASSWORD` is a 403 and leaves you signed in. Your ' +
    'other sessions, your API tokens and the calendar feeds you made end; this session goes on. A new password that is easy to guess is refused. Attempts are limited like ' +
    'sign-ins.',
  body: PasswordChange,
  response: { 204: gone('Changed; your other sessions have ended'), ...refused(403, 404) },
}
