import { createHash, randomUUID } from 'node:crypto'
import createError from '@fastify/error'
import jwt from '@fastify/jwt'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { originOf, type Actor } from './audit-logger.ts'

export type Role = 'admin' | 'talent' | 'interviewer'

/** How long an access token lives, in seconds. */
export const ACCESS_TOKEN_SECONDS = 15 * 60
const AUDIENCE = 'panelist-api'
const ISSUER = 'panelist'
const TOKEN_TYPE = 'at+jwt'
const CLOCK_TOLERANCE_MS = 5_000
/** How many tokens are remembered as verified until they expire. */
const TOKENS_KEPT = 1_000

/** Role, status and session are read anew for each request: what changes takes effect on the very next one. */
const LIVE_SESSION = `SELECT users.id, users.name, users.email, users.role FROM sessions
  JOIN users ON users.id = sessions.user_id
  WHERE sessions.id = :sessionId AND users.id = :userId AND users.status = 'active'
    AND sessions.ended_at IS NULL AND sessions.expires_at > :now`

/** Somebody for whom something is done, as far as rules ask: the command line has a role, but no account. */
export interface Caller extends Actor {
  readonly role: Role
}

/** The signed-in user behind a request. */
export interface Principal extends Caller {
  readonly id: string
  readonly email: string
  readonly sessionId: string
}

export const Unauthorized = createError(
  'UNAUTHORIZED',
  'Sign in first, and send the token as "Authorization: Bearer …"',
  401,
)
export const Forbidden = createError<[string]>('FORBIDDEN', '%s', 403)

type Hook = (request: FastifyRequest) => Promise<void>

declare module 'fastify' {
  interface FastifyInstance {
    /** Who sent the request, or undefined without valid credentials. Looked up once a request. */
    identify(request: FastifyRequest): Promise<Principal | undefined>
    /** Hook: refuses a request without valid credentials (401), else sets `request.principal`. */
    authenticate: Hook
    /** Makes a hook that lets only these roles pass (403). */
    authorize(roles: readonly Role[]): Hook
    /** A signed access token for a session. */
    accessToken(user: { id: string; role: Role }, sessionId: string): string
  }
  interface FastifyRequest {
    /** The signed-in user; throws a 401 on a route that does without. */
    readonly principal: Principal
    identity: Promise<Principal | undefined> | null
    identified: Principal | null
  }
  interface FastifyContextConfig {
    /** The route answers strangers. Every other one asks for credentials. */
    public?: boolean
  }
}

interface Claims {
  readonly sub: string
  readonly sid: string
}

export const authPlugin = fp(
  async app => {
    await app.register(jwt, jwtOptions(app.config.JWT_SECRET))
    const verify = tokenVerifier(app)

    app.decorateRequest('identity', null)
    app.decorateRequest('identified', null)
    app.decorateRequest('principal', {
      getter() {
        if (this.identified === null) throw new Unauthorized()
        return this.identified
      },
    })
    app.decorate('identify', request => (request.identity ??= identify(app, verify, request)))
    app.decorate('authenticate', async request => {
      request.identified = (await app.identify(request)) ?? null
      if (request.identified === null) throw new Unauthorized()
    })
    app.decorate('authorize', roles => async request => {
      const { role } = request.principal
      if (!roles.includes(role)) throw new Forbidden(`This is for ${roles.join(' and ')}; you are ${role}`)
    })
    app.decorate('accessToken', (user, sessionId) =>
      app.jwt.sign({ sub: user.id, sid: sessionId, role: user.role, jti: randomUUID() }),
    )
  },
  { name: 'auth', dependencies: ['config', 'db', 'errors'] },
)

/** Nothing is open by oversight: a route answers strangers only when its own `config` says so. */
export const accessPlugin = fp(
  async app => {
    app.addHook('onRequest', async request => {
      if (request.routeOptions.config.public === true || request.is404) return
      await app.authenticate(request)
    })
  },
  { name: 'access', dependencies: ['auth', 'rate-limit'] },
)

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
      // Signature and claims of a token never change; whether its session lives is asked anew for each request.
      cache: TOKENS_KEPT,
    },
  }
}

/** Names a key without telling anything of it. */
function keyId(secret: string): string {
  return createHash('sha256').update(`key id of ${secret}`).digest('base64url').slice(0, 12)
}

/**
 * Checks a token against the present secret, then against the previous one while a rotation lasts. Whatever is wrong
 * with a token, of all the ways there are, it is simply none.
 */
function tokenVerifier(app: FastifyInstance): (token: string) => Claims | undefined {
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
  const { sub, sid, iss } = fieldsOf(payload)
  if (kid !== expectedKeyId || crit !== undefined || typeof iss !== 'string') return undefined
  return typeof sub === 'string' && typeof sid === 'string' ? { sub, sid } : undefined
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

async function identify(
  app: FastifyInstance,
  verify: (token: string) => Claims | undefined,
  request: FastifyRequest,
): Promise<Principal | undefined> {
  const token = /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const claims = token === undefined ? undefined : verify(token)
  if (!claims) return undefined
  const params = { sessionId: claims.sid, userId: claims.sub, now: new Date().toISOString() }
  const user = await app.db.one<Pick<Principal, 'id' | 'name' | 'email' | 'role'>>(LIVE_SESSION, params)
  return user && { ...user, ...originOf(request), sessionId: claims.sid }
}
