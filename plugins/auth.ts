import createError from '@fastify/error'
import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify'
import fp from 'fastify-plugin'
import { originOf, type Actor } from './actor.ts'
import { accessTokens } from './auth/access-tokens.ts'
import { IDENTITY_TABLES, identityOf, type Identity, type Role } from './auth/identity.ts'
import { lastUseOf } from './auth/last-use.ts'
import { failureFor } from './changes.ts'
import { Remembered } from './changes/remembered.ts'

/** How many credentials are remembered with whose they are. */
const IDENTITIES_KEPT = 10_000

/** Somebody for whom something is done, as far as rules ask: the command line has a role, but no account. */
export interface Caller extends Actor {
  readonly role: Role
}

/** The signed-in user behind a request. */
export interface Principal extends Caller, Identity {
  readonly id: string
  readonly name: string
  readonly role: Role
}

export const Unauthorized = createError(
  'UNAUTHORIZED',
  'Sign in first, and send the token as "Authorization: Bearer …"',
  401,
)
export const Forbidden = createError<[string]>('FORBIDDEN', '%s', 403)

/** Where a request keeps its principal once it was asked for. */
const PRINCIPAL = Symbol('principal')

type Hook = (request: FastifyRequest) => Promise<void>

declare module 'fastify' {
  interface FastifyInstance {
    /** Whose a bearer token is at this moment: an access token's or an API token's. Undefined when it is worth nothing. */
    identityOf(bearer: string): Promise<Identity | undefined>
    /** A hook that refuses a request without valid credentials (401). */
    authenticate: onRequestHookHandler
    /** Makes a hook that lets only these roles pass (403). */
    authorize(roles: readonly Role[]): Hook
    /** A signed access token for a session. */
    accessToken(user: { id: string; role: Role }, sessionId: string): string
  }
  interface FastifyRequest {
    /** The sender, as somebody for whom something is done; throws a 401 without one, and on a route for strangers. */
    readonly principal: Principal
    /** Who sent it, whatever the route asks for; null without valid credentials. */
    sender: Identity | null
    [PRINCIPAL]: Principal | null
  }
}

export const authPlugin = fp(
  async app => {
    const tokens = await accessTokens(app)
    const noteUse = lastUseOf(app.db, error => app.log.warn({ err: error }, 'the use of a token was not noted'))

    app.decorate('identityOf', bearer => identityOf(app.db, tokens, bearer))
    app.decorateRequest('sender', null)
    app.addHook('onRequest', senderHook(app))

    app.decorateRequest(PRINCIPAL, null)
    app.decorateRequest('principal', {
      getter() {
        if (this.sender === null || this.routeOptions.config.public === true) throw new Unauthorized()
        return (this[PRINCIPAL] ??= { ...this.sender, ...originOf(this) })
      },
    })
    app.decorate('authenticate', ({ sender }, _reply, done) => {
      if (sender === null) throw new Unauthorized()
      if (sender.token) noteUse(sender.token)
      done()
    })
    app.decorate('authorize', roles => async request => {
      const { role } = request.principal
      if (!roles.includes(role)) throw new Forbidden(`This is for ${roles.join(' and ')}; you are ${role}`)
    })
    app.decorate('accessToken', (user, sessionId) => tokens.sign(user, sessionId))
  },
  { name: 'auth', dependencies: ['config', 'db', 'changes', 'errors'] },
)

/**
 * Finds out who sent a request, without waiting where that is remembered: only where the database reports every commit at
 * once, so that nothing outlives its revocation.
 */
function senderHook(app: FastifyInstance): onRequestHookHandler {
  const { changes, db } = app
  const known = db.changesAreExact ? new Remembered<Identity>('identities', app, { most: IDENTITIES_KEPT }) : undefined

  const identify = async (authorization: string): Promise<Identity | null> => {
    const at = changes.countOf(IDENTITY_TABLES)
    const bearer = /^Bearer ([\w.~+/=-]+)$/i.exec(authorization)?.[1]
    const identity = bearer === undefined ? undefined : await app.identityOf(bearer)
    if (!identity) return null
    known?.set(authorization, identity, { tables: IDENTITY_TABLES, at, expiresAt: identity.expiresAt })
    return identity
  }
  return (request, _reply, done) => {
    const { authorization } = request.headers
    if (authorization !== undefined) request.sender = known?.get(authorization) ?? null
    if (authorization === undefined || request.sender) {
      done()
      return
    }
    identify(authorization).then(
      sender => {
        request.sender = sender
        done()
      },
      (error: unknown) => done(failureFor(request, error)),
    )
  }
}
