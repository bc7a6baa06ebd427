import { createHash, randomUUID } from 'node:crypto'
import jwt from '@fastify/jwt'
import type { FastifyInstance } from 'fastify'

/** How long an access token lives, in seconds. */
export const ACCESS_TOKEN_SECONDS = 15 * 60
const AUDIENCE = 'panelist-api'
const ISSUER = 'panelist'
const TOKEN_TYPE = 'at+jwt'
const CLOCK_TOLERANCE_MS = 5_000
/** How many tokens are remembered as verified until they expire. */
const TOKENS_KEPT = 1_000

/** What a sound access token says. */
export interface Claims {
  readonly userId: string
  readonly sessionId: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export interface AccessTokens {
  sign(user: { readonly id: string; readonly role: string }, sessionId: string): string
  /** Undefined for a token that is not sound, in whichever of the many ways there are. */
  verify(token: string): Claims | undefined
}

/**
 * JSON Web Tokens of HS256. One is checked against the present secret, then against the previous one while a rotation
 * lasts.
 */
export async function accessTokens(app: FastifyInstance): Promise<AccessTokens> {
  await app.register(jwt, jwtOptions(app.config.JWT_SECRET))
  return {
    verify: tokenVerifier(app),
    sign: ({ id, role }, sessionId) => app.jwt.sign({ sub: id, sid: sessionId, role, jti: randomUUID() }),
  }
}

function jwtOptions(secret: string) {
  return {
    secret,
    decode: { complete: true },
    sign: {
      algorithm: 'HS256' as const,
      kid: keyId(secret),
      iss: ISSUER,
      aud: AUDIENCE,
      expiresIn: ACCESS_TOKEN_SECONDS, // @fastify/jwt takes seconds here …
      header: { alg: 'HS256' as const, typ: TOKEN_TYPE },
    },
    verify: {
      algorithms: ['HS256' as const],
      allowedIss: ISSUER,
      allowedAud: AUDIENCE,
      checkTyp: TOKEN_TYPE,
      requiredClaims: ['exp', 'iat', 'iss', 'aud', 'sub', 'sid', 'jti'],
      maxAge: ACCESS_TOKEN_SECONDS, // … and here, though fast-jwt beneath it takes milliseconds
      clockTolerance: CLOCK_TOLERANCE_MS,
      complete: true,
      // Signature and claims of a token never change; whether its session lives is asked of the database.
      cache: TOKENS_KEPT,
    },
  }
}

/** Names a key without telling anything of it. */
function keyId(secret: string): string {
  return createHash('sha256').update(`key id of ${secret}`).digest('base64url').slice(0, 12)
}

function tokenVerifier(app: FastifyInstance): AccessTokens['verify'] {
  const { JWT_SECRET, JWT_SECRET_PREVIOUS } = app.config
  const attempt = (secret: string, verify: (token: string) => unknown) => {
    const expected = keyId(secret)
    return (token: string): Claims | undefined => {
      try {
        return claimsOf(verify(token), expected)
      } catch {
        return undefined
      }
    }
  }
  const present = attempt(JWT_SECRET, token => app.jwt.verify(token))
  if (JWT_SECRET_PREVIOUS === undefined) return present
  const previous = attempt(JWT_SECRET_PREVIOUS, token => app.jwt.verify(token, { key: JWT_SECRET_PREVIOUS }))
  return token => present(token) ?? previous(token)
}

function claimsOf(verified: unknown, expectedKeyId: string): Claims | undefined {
  const { header, payload } = fieldsOf(verified)
  const { kid, crit } = fieldsOf(header)
  const { sub, sid, iss, exp, iat } = fieldsOf(payload)
  if (kid !== expectedKeyId || crit !== undefined || typeof iss !== 'string') return undefined
  if (typeof exp !== 'number' || typeof iat !== 'number') return undefined
  const expiresAt = Math.min(exp, iat + ACCESS_TOKEN_SECONDS) * 1000
  return typeof sub === 'string' && typeof sid === 'string' ? { userId: sub, sessionId: sid, expiresAt } : undefined
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
