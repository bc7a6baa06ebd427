import { createHmac } from 'node:crypto'
import createError from '@fastify/error'
import type { FastifyOAuth2Options, OAuth2Namespace } from '@fastify/oauth2'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { publicAddress, type Config } from '../../plugins/config.ts'
import { onlyOrganisation } from './domains.ts'
import { PROVIDER_TIMEOUT_MS, unavailable, type Client, type IdentityProvider } from './provider.ts'
import type { Callback } from './schemas.ts'

export const PATH = '/api/auth/google'

/** How long somebody may take at the provider. */
const PATIENCE_SECONDS = 10 * 60
const MOST_BYTES = 64 * 1024
/** What the token endpoint says of a code that is used, too old, made up or another's (RFC 6749 §5.2). */
const CODE_REFUSED: readonly unknown[] = ['invalid_grant', 'invalid_request']
/** What the provider says when the fault is its own (RFC 6749 §4.1.2.1). */
const PROVIDER_FAILED: readonly string[] = ['server_error', 'temporarily_unavailable']

const BadState = createError(
  'OAUTH_STATE',
  'This sign-in did not begin in this browser, or has been used, or took too long; begin again',
  400,
)
const Denied = createError('OAUTH_DENIED', 'Google did not let this program know who you are', 403)
const CodeRefused = createError('OAUTH_CODE', 'Google does not take this code (any more); begin again', 400)

/** What came of a sign-in at the provider: not verified yet. */
export interface Unverified {
  readonly idToken: string
  /** The one that the id_token must carry. */
  readonly nonce: string
}

/** What @fastify/oauth2 is registered with. Nothing is asked of the provider before somebody signs in. */
export function codeFlowOptions(config: Config, client: Client, provider: IdentityProvider): FastifyOAuth2Options {
  const [authorization, token] = [new URL(provider.authorization), new URL(provider.token)]
  const hd = onlyOrganisation(config.GOOGLE_ALLOWED_DOMAINS)
  const { stateName, verifierName, attributes } = cookiesOf(config)
  return {
    name: 'google',
    scope: ['openid', 'email', 'profile'],
    pkce: 'S256',
    credentials: {
      client,
      auth: {
        authorizeHost: authorization.origin,
        authorizePath: authorization.pathname,
        tokenHost: token.origin,
        tokenPath: token.pathname,
      },
      http: { timeout: PROVIDER_TIMEOUT_MS, maxBytes: MOST_BYTES },
    },
    userAgent: 'panelist',
    callbackUri: `${publicAddress(config)}${PATH}/callback`,
    callbackUriParams: { ...(hd !== undefined && { hd }) },
    cookie: attributes,
    redirectStateCookieName: stateName,
    verifierCookieName: verifierName,
  }
}

/** The two halves of the way: out to the provider, and back from it. */
export function codeFlow(config: Config, oauth: OAuth2Namespace) {
  const { stateName, verifierName, attributes } = cookiesOf(config)
  const nonceOf = nonces(config.JWT_SECRET)
  return {
    /** Gives the browser its cookies; returns the address of the provider's page. */
    async begin(request: FastifyRequest, reply: FastifyReply): Promise<string> {
      const address = new URL(await oauth.generateAuthorizationUri(request, reply))
      address.searchParams.set('nonce', nonceOf(address.searchParams.get('state') ?? ''))
      return address.href
    },

    /** Changes the code for an id_token, for the browser that began, once: its cookies end here. */
    async finish(request: FastifyRequest, reply: FastifyReply, { state, code, error }: Callback): Promise<Unverified> {
      const { [stateName]: expected, [verifierName]: verifier } = request.cookies
      if (!state || state !== expected || !verifier) throw new BadState()
      for (const name of [stateName, verifierName]) reply.clearCookie(name, attributes)
      if (error !== undefined)
        throw PROVIDER_FAILED.includes(error) ? unavailable(`Google said ${error}`) : new Denied()
      if (!code) throw new CodeRefused()
      return { idToken: await exchanged(oauth, request), nonce: nonceOf(state) }
    },
  }
}

function cookiesOf({ PUBLIC_URL }: Config) {
  const secure = PUBLIC_URL?.startsWith('https:') ?? false
  // Under this prefix no page that came over plain HTTP can plant one (RFC 6265bis §4.1.3.1).
  const prefix = secure ? '__Secure-' : ''
  const attributes = { path: PATH, maxAge: PATIENCE_SECONDS, httpOnly: true, sameSite: 'lax' as const, secure }
  return { stateName: `${prefix}google-state`, verifierName: `${prefix}google-verifier`, attributes }
}

/** Ties the id_token to the state, and so to the browser, without a third cookie. */
function nonces(secret: string): (state: string) => string {
  const key = createHmac('sha256', secret).update('nonces of signing in with Google').digest()
  return state => createHmac('sha256', key).update(state).digest('base64url')
}

async function exchanged(oauth: OAuth2Namespace, request: FastifyRequest): Promise<string> {
  const { token } = await oauth.getAccessTokenFromAuthorizationCodeFlow(request).catch((error: unknown) => {
    throw withoutSecrets(error)
  })
  if (typeof token.id_token !== 'string') throw unavailable('the token endpoint gave no id_token')
  return token.id_token
}

/** Logs only the kind of what went wrong: the error holds the request as well, with the code and the client's secret. */
function withoutSecrets(error: unknown): Error {
  const { data, output, code } = fieldsOf(error)
  const { isResponseError, payload } = fieldsOf(data)
  const { statusCode } = fieldsOf(output)
  const { error: kind } = fieldsOf(payload)
  if (isResponseError !== true) return unavailable(`no tokens from the token endpoint: ${plain(code ?? statusCode)}`)
  if (CODE_REFUSED.includes(kind)) return new CodeRefused()
  return unavailable(`the token endpoint answered ${plain(statusCode)} ${plain(kind)}`)
}

function plain(value: unknown): string {
  return /^\w{1,40}$/.exec(String(value))?.[0] ?? 'something else'
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
