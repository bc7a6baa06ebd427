import createError from '@fastify/error'
import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { strangerOf } from '../../plugins/actor.ts'
import { User } from '../../domain/accounts/account.ts'
import { answer, refused } from '../../domain/lists/answers.ts'
import { SignedIn, signedIn } from '../../domain/accounts/sign-in.ts'
import { codeFlow } from './code-flow.ts'
import { clientOf, type IdentityProvider } from './provider.ts'
import { Callback } from './schemas.ts'
import { googleService } from './service.ts'

const tags = ['auth']
/** No HEAD: it would sign in, and nobody would learn of the session. */
const route = { config: { public: true, signIn: true }, exposeHeadRoute: false }

const NotConfigured = createError(
  'GOOGLE_NOT_CONFIGURED',
  'Nobody can sign in with Google here: the server has no GOOGLE_CLIENT_ID',
  404,
)

export const googleRoutes: FastifyPluginAsyncTypebox<{ provider: IdentityProvider }> = async (app, { provider }) => {
  for (const schema of [User, SignedIn]) app.addSchema(schema)
  const google = googleService(app)
  const [client, oauth] = [clientOf(app.config), app['oauth2Google']]
  const verify = client && (await import('./id-token.ts')).idTokenVerifier(client.id, provider)
  const atProvider = verify && oauth ? { ...codeFlow(app.config, oauth), verify } : undefined

  app.get('/', { ...route, schema: START }, async (request, reply) => {
    if (!atProvider) throw new NotConfigured()
    return reply.redirect(await atProvider.begin(request, reply), 302)
  })

  app.get('/callback', { ...route, schema: CALLBACK }, async (request, reply) => {
    if (!atProvider) throw new NotConfigured()
    const token = await atProvider.finish(request, reply, request.query)
    const person = await atProvider.verify(token, request.log)
    return signedIn(app, await google.signIn(strangerOf(request), person))
  })
}

const START = {
  tags,
  operationId: 'startGoogleSignIn',
  summary: 'Sign in with Google',
  description:
    'For anyone, in a browser, where the server has been set up for it: `location` is Google’s page, which leads back to ' +
    '`/api/auth/google/callback` within ten minutes.',
  response: { 302: Type.Null({ description: 'A redirect to Google' }), ...refused(404) },
}

const CALLBACK = {
  tags,
  operationId: 'finishGoogleSignIn',
  summary: 'Finish signing in with Google',
  description:
    'For the browser that began. Signs in to the account that is linked with the Google account; else to the one with ' +
    'its verified address, which is linked from now on; else to a new one, unless registration is closed. The ' +
    'answer is the same as for signing in.',
  querystring: Callback,
  response: { 200: answer(SignedIn, 'Signed in'), ...refused(401, 403, 404) },
}
