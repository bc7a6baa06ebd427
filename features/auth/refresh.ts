import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import type { Transaction } from '../../db/database.ts'
import type { Actor } from '../../plugins/actor.ts'
import { siteOf } from '../../plugins/client-address.ts'
import type { AuditLogger } from '../../plugins/audit-logger.ts'
import { found } from '../../plugins/errors.ts'
import { hashOfSecret, randomSecret } from '../../plugins/secrets.ts'
import { expiryOf, sessionStore, type NewSession } from '../../domain/accounts/sessions.ts'
import type { Started } from '../../domain/accounts/sign-in.ts'
import { authRepository, type TokenSession } from './repository.ts'

const InvalidToken = createError('INVALID_REFRESH_TOKEN', 'This refresh token is not valid; sign in again', 401)
const SessionReused = createError(
  'SESSION_REUSED',
  'This refresh token was used before, so somebody may have copied it; its session has ended, sign in again',
  401,
)

const ENTITY = 'session'

type Parts = Pick<FastifyInstance, 'db' | 'audit'>

interface Refreshing {
  readonly tx: Transaction
  readonly audit: AuditLogger
  readonly actor: Actor
  readonly session: TokenSession
  readonly now: string
}

/**
 * Changes a refresh token for a new one, once. One that was used before is in two hands, and nobody knows whose is the
 * thief's: the whole session ends, which is committed before the refusal is sent (RFC 9700 §4.14.2).
 */
export async function refresh({ db, audit }: Parts, stranger: Actor, refreshToken: string): Promise<Started> {
  const hash = hashOfSecret(refreshToken)
  const outcome = await db.transaction(async tx => {
    const tokens = authRepository(tx)
    const now = new Date().toISOString()
    const session = await tokens.findByToken(hash, now)
    if (!session) return 'invalid'
    const user = found(await tokens.find(session.userId), 'user')
    const refreshing = { tx, audit, actor: { ...stranger, id: user.id, name: user.name }, session, now }
    if (session.usedAt !== null) return endReused(refreshing)
    if (session.live === 0) return 'invalid'
    if ((await tokens.useToken(hash, now)).changes === 0) return endReused(refreshing)
    return { user, session: await prolong(refreshing) }
  })
  if (outcome === 'reused') throw new SessionReused()
  if (outcome === 'invalid') throw new InvalidToken()
  return outcome
}

/** A session that is over already ends no second time. */
async function endReused({ tx, audit, actor, session, now }: Refreshing): Promise<'reused'> {
  const { changes } = await sessionStore(tx).end(session.id, now)
  if (changes > 0) {
    const before = { userId: session.userId }
    const reason = 'A refresh token was used twice'
    await audit.record(tx, actor, { action: 'end', entityType: ENTITY, entityId: session.id, before, reason })
  }
  return 'reused'
}

async function prolong({ tx, audit, actor, session, now }: Refreshing): Promise<NewSession> {
  const { id, createdAt } = session
  const next = { id, refreshToken: randomSecret() }
  const expiresAt = expiryOf(createdAt, now)
  await sessionStore(tx).addToken(next, now)
  const { userAgent, ip } = actor
  await authRepository(tx).prolong({ id, now, expiresAt, userAgent, ip, network: ip && siteOf(ip) })
  await audit.record(tx, actor, { action: 'refresh', entityType: ENTITY, entityId: id, after: { expiresAt } })
  return next
}
