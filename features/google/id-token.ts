import createError from '@fastify/error'
import type { FastifyBaseLogger } from 'fastify'
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose'
import { validatorFactory } from '../../plugins/validation.ts'
import { Email } from '../../domain/lists/fields.ts'
import type { Unverified } from './code-flow.ts'
import { personIn, type Person } from './person.ts'
import { isUnavailable, PROVIDER_TIMEOUT_MS, unavailable, type IdentityProvider } from './provider.ts'
import { Claims } from './schemas.ts'

/** Clocks may differ by this much. */
const TOLERANCE_SECONDS = 30
/** It comes straight from the token endpoint, so it cannot be older than this. */
const OLDEST_SECONDS = 10 * 60

const InvalidIdToken = createError('INVALID_ID_TOKEN', 'What Google said of you cannot be trusted; begin again', 401)

/** Says whom a token tells of. Whatever is wrong with it is one refusal; what it was, only the log knows. */
export type IdTokenVerifier = (token: Unverified, log: FastifyBaseLogger) => Promise<Person>

/** Checks id_tokens as OpenID Connect Core §3.1.3.7 asks for, against the provider's keys, fetched when needed. */
export function idTokenVerifier(clientId: string, provider: IdentityProvider): IdTokenVerifier {
  const keyOf = keysOf(provider)
  const validator = validatorFactory()({}, {})
  const checker = (schema: object) => validator({ schema, method: '', url: '', httpPart: 'body' })
  const [hasClaims, isEmail] = [checker(Claims), checker(Email)]
  const isComplete = (payload: JWTPayload): payload is JWTPayload & Claims => hasClaims({ sub: payload.sub }) === true

  return async ({ idToken, nonce }, log) => {
    try {
      const { payload } = await jwtVerify(idToken, keyOf, {
        algorithms: ['RS256'],
        issuer: provider.issuer,
        audience: clientId,
        requiredClaims: ['exp', 'iat', 'sub'],
        maxTokenAge: OLDEST_SECONDS,
        clockTolerance: TOLERANCE_SECONDS,
      })
      if (!isFor(clientId, payload)) throw new Error('it is meant for others, too')
      if (payload['nonce'] !== nonce) throw new Error('its nonce is missing, or another')
      if (!isComplete(payload)) throw new Error('it does not say whom it tells of')
      return personIn(payload, address => isEmail(address) === true)
    } catch (error) {
      if (isUnavailable(error)) throw error
      log.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'an id_token was refused')
      throw new InvalidIdToken()
    }
  }
}

function keysOf({ jwks }: IdentityProvider): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(new URL(jwks), { timeoutDuration: PROVIDER_TIMEOUT_MS })
  return (header, token) =>
    keys(header, token).catch((error: unknown) => {
      const ofToken = error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys
      throw ofToken ? error : unavailable(`no keys: ${error instanceof Error ? error.message : 'unknown'}`)
    })
}

/** For this program alone: nobody else is trusted with who signs in here. */
function isFor(clientId: string, { aud, azp }: JWTPayload): boolean {
  return [aud].flat().every(one => one === clientId) && (azp === undefined || azp === clientId)
}
