import createError from '@fastify/error'
import { retryIn } from '../../plugins/errors.ts'
import type { Config } from '../../plugins/config.ts'

/** Where somebody signs in, and whose word is taken for who that is. */
export interface IdentityProvider {
  /** As its id_tokens name it. */
  readonly issuer: string
  readonly authorization: string
  readonly token: string
  /** The keys that its id_tokens are signed with (RFC 7517). */
  readonly jwks: string
}

/** https://accounts.google.com/.well-known/openid-configuration, written down so that a start needs no Google. */
export const GOOGLE: IdentityProvider = {
  issuer: 'https://accounts.google.com',
  authorization: 'https://accounts.google.com/o/oauth2/v2/auth',
  token: 'https://oauth2.googleapis.com/token',
  jwks: 'https://www.googleapis.com/oauth2/v3/certs',
}

/** For each question to the provider; a sign-in asks two, for the tokens and now and then for the keys. */
export const PROVIDER_TIMEOUT_MS = 2_500
const RETRY_AFTER_SECONDS = 10

const Unavailable = createError(
  'IDENTITY_PROVIDER_UNAVAILABLE',
  'Google is not answering as it should; please try again in a moment',
  503,
)

/** `why` is for the log, so it must not hold anything secret. */
export function unavailable(why: string): Error {
  return retryIn(new Unavailable({ cause: new Error(why) }), RETRY_AFTER_SECONDS)
}

export const isUnavailable = (error: unknown): boolean => error instanceof Unavailable

/** This program, as the provider knows it. */
export interface Client {
  readonly id: string
  readonly secret: string
}

/** Undefined where nobody has set it up. */
export function clientOf({ GOOGLE_CLIENT_ID: id, GOOGLE_CLIENT_SECRET: secret }: Config): Client | undefined {
  return id === undefined || secret === undefined ? undefined : { id, secret }
}
