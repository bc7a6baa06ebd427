import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { strangerOf, type Actor } from '../../plugins/actor.ts'
import { siteOf } from '../../plugins/client-address.ts'
import { User } from '../../domain/accounts/account.ts'
import { answer, gone, refused } from '../../domain/lists/answers.ts'
import { SignedIn, signedIn } from '../../domain/accounts/sign-in.ts'
import { isKnownAt, login } from './login.ts'
import { refresh } from './refresh.ts'
import { Confirmation, Credentials, Refresh, Registration } from './schemas.ts'
import { authService } from './service.ts'

const tags = ['auth']
const config = { public: true }

export const authRoutes: FastifyPluginAsyncTypebox = async app => {
  for (const schema of [User, SignedIn]) app.addSchema(schema)
  const auth = authService(app)

  app.post('/register', { config: { ...config, signIn: true }, schema: REGISTER }, async (request, reply) => {
    const started = await auth.register(creating(request), request.body)
    reply.code(201).header('location', `/api/users/${started.user.id}`)
    return signedIn(app, started)
  })

  app.post('/confirm', { config: { ...config, signIn: true }, schema: CONFIRM }, async (request, reply) => {
    await auth.confirm(strangerOf(request), request.body.token)
    return reply.code(204).send(null)
  })

  app.post('/login', { config, schema: LOGIN }, async (request, reply) => {
    const stranger = strangerOf(request)
    const { email } = request.body
    await app.limitSignIn(request, reply, (await isKnownAt(app.db, email, siteOf(request.ip))) ? email : undefined)
    return signedIn(app, await login(app, stranger, request.body))
  })

  app.post('/refresh', { config, schema: REFRESH }, async request =>
    signedIn(app, await refresh(app, strangerOf(request), request.body.refreshToken)),
  )

  app.post('/logout', { schema: LOGOUT }, async (request, reply) => {
    await auth.logout(request.principal)
    return reply.code(204).send(null)
  })
}

/** A stranger whose request may carry an Idempotency-Key. */
function creating(request: FastifyRequest): Actor {
  return { ...strangerOf(request), ...(request.ticket && { idempotency: request.ticket }) }
}

const REGISTER = {
  tags,
  operationId: 'register',
  summary: 'Register an account',
  description:
    'For anyone, unless registration is closed. The role is interviewer. The answer is the same as for signing in. A code is ' +
    'mailed to the address, once a day at most, which `POST /api/auth/confirm` takes.',
  body: Registration,
  response: { 201: answer(SignedIn, 'The account is made and signed in'), ...refused(401, 403, 409) },
}

const CONFIRM = {
  tags,
  operationId: 'confirmAddress',
  summary: 'Confirm an address',
  description:
    'For anyone who has registered and read the code in the one mail that was sent to the address. The code works once, for ' +
    'seven days. Until then no other mail goes to the account: no alert about a sign-in, for instance.',
  body: Confirmation,
  response: { 204: gone('The address is confirmed') },
}

const LOGIN = {
  tags,
  operationId: 'login',
  summary: 'Sign in',
  description:
    'For anyone. A wrong password and an unknown address are answered alike. Five failures within 15 minutes slow an ' +
    'account down for the network they came from: 429, and `retry-after` says for how long, a minute at most. Very many ' +
    'failures slow it down for every network that it has not signed in from within 30 days.',
  body: Credentials,
  response: { 200: answer(SignedIn, 'Signed in'), ...refused(401) },
}

const REFRESH = {
  tags,
  operationId: 'refresh',
  summary: 'Stay signed in',
  description:
    'For anyone with a refresh token, which works only once: keep the new one. A used one ends the whole session ' +
    '(`SESSION_REUSED`). A session ends a week after its last use, and 30 days after it began.',
  body: Refresh,
  response: { 200: answer(SignedIn, 'A new pair of tokens'), ...refused(401) },
}

const LOGOUT = {
  tags,
  operationId: 'logout',
  summary: 'Sign out',
  description: 'For anyone signed in. The session ends, and its access token stops working at once.',
  response: { 204: gone('Signed out') },
}
