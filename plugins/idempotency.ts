import { createHmac } from 'node:crypto'
import createError from '@fastify/error'
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import type { Database, Queryable, Transaction } from '../db/database.ts'
import type { Actor, IdempotencyTicket } from './actor.ts'
import { whenEnded } from './http/ending.ts'

const LIFETIME_MS = 24 * 60 * 60 * 1000
/** Rows that are removed in one transaction: the writers behind it wait for them. */
const PIECE = 500
const FORGET = `DELETE FROM idempotency_keys WHERE (principal, route, key) IN (
  SELECT principal, route, key FROM idempotency_keys WHERE expires_at <= :now ORDER BY expires_at LIMIT ${PIECE})`
const FREE = `DELETE FROM idempotency_keys
  WHERE principal = :principal AND route = :route AND key = :key AND expires_at <= :now`
const FIND = `SELECT body_hash AS "bodyHash", result FROM idempotency_keys
  WHERE principal = :principal AND route = :route AND key = :key AND expires_at > :now`
const KEEP = `INSERT INTO idempotency_keys (principal, route, key, body_hash, entity_id, result, expires_at)
  VALUES (:principal, :route, :key, :bodyHash, :entityId, :result, :expiresAt)`
/** What the database leaves of a result when what was created is deleted. */
const DELETED = ''

const KeyReused = createError('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used with another body', 422)
const InProgress = createError(
  'IDEMPOTENCY_IN_PROGRESS',
  'A request with this Idempotency-Key is still being answered',
  409,
)

const ResultDeleted = createError(
  'IDEMPOTENCY_RESULT_DELETED',
  'What was created with this Idempotency-Key has been deleted since; send another key to create it again',
  409,
)

export interface Idempotency {
  /**
   * Runs `work` in a transaction, once for each Idempotency-Key of the actor: a repetition gets the result of the
   * first, or a 409 once that has been deleted. The key commits with the work, so neither is ever there without the
   * other.
   */
  once<Result>(actor: Actor, work: (tx: Transaction) => Promise<Result>): Promise<Result>
  /**
   * The result of an earlier request with the actor's key, if there was one: for what is done before its transaction,
   * because it takes longer than one may.
   */
  earlier<Result>(actor: Actor): Promise<Result | undefined>
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly idempotency: Idempotency
  }
  interface FastifyContextConfig {
    /** A POST that may create something and does not answer 201. */
    creates?: boolean
  }
  interface FastifyRequest {
    ticket: IdempotencyTicket | null
  }
}

/** `Idempotency-Key` on every POST that creates something, see `takesKey`. */
export const idempotencyPlugin = fp(
  async app => {
    const running = new Set<string>()
    const hashOf = bodyHasher(app.config.JWT_SECRET)
    app.decorate('idempotency', idempotency(app.db))
    app.decorateRequest('ticket', null)
    app.housekeeping.add('expired keys', async now => {
      const expired = { now: new Date(now).toISOString() }
      return (await app.db.transaction(tx => tx.run(FORGET, expired))).changes === PIECE
    })

    const take = async (request: FastifyRequest, reply: FastifyReply) => {
      const key = request.headers['idempotency-key']
      if (typeof key !== 'string') return
      // With what its address names: a feed of one interviewer is not a feed of another.
      const [route = ''] = request.url.split('?')
      const principal = request.sender?.id ?? 'anonymous'
      // A route that asks for no body does not look at one, and nobody has checked how deep it is.
      const body = request.routeOptions.schema?.body === undefined ? undefined : request.body
      const ticket = { principal, route, key, bodyHash: hashOf(body), replayed: false }
      const name = nameOf(ticket)
      if (running.has(name)) throw new InProgress()
      running.add(name)
      whenEnded(request, reply, () => running.delete(name))
      request.ticket = ticket
      if (request.routeOptions.config.public !== true) request.principal.idempotency = ticket
    }
    const mark = async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
      if (request.ticket?.replayed === true) reply.header('idempotency-replayed', 'true')
      return payload
    }
    app.addHook('onRoute', route => {
      if (route.method !== 'POST' || !takesKey(route)) return
      route.preHandler = [route.preHandler ?? [], take].flat()
      route.onSend = [route.onSend ?? [], mark].flat()
    })
  },
  { name: 'idempotency', dependencies: ['config', 'db', 'auth', 'housekeeping'] },
)

/** Whether a route creates something: its answers say so, or, where it is one thing among others, its `config`. */
export function takesKey({ config, schema }: RouteOptions): boolean {
  const responses = schema?.response
  return config?.creates ?? (typeof responses === 'object' && responses !== null && '201' in responses)
}

/** For the command line; a request finds it at `app.idempotency`. */
export function idempotency(db: Database): Idempotency {
  return {
    async once<Result>(actor: Actor, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
      const ticket = actor.idempotency
      return db.transaction(tx => (ticket ? replayOrWork(tx, ticket, work) : work(tx)))
    },
    earlier: async <Result>({ idempotency: ticket }: Actor): Promise<Result | undefined> =>
      ticket && replay<Result>(db, ticket, new Date().toISOString()),
  }
}

async function replayOrWork<Result>(
  tx: Transaction,
  ticket: IdempotencyTicket,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const { principal, route, key, bodyHash } = ticket
  const now = Date.now()
  await tx.run(FREE, { principal, route, key, now: new Date(now).toISOString() })
  const earlier = await replay<Result>(tx, ticket, new Date(now).toISOString())
  if (earlier !== undefined) return earlier
  const result = await work(tx)
  const expiresAt = new Date(now + LIFETIME_MS).toISOString()
  const kept = { entityId: idOf(result), result: JSON.stringify(result), expiresAt }
  await tx.run(KEEP, { principal, route, key, bodyHash, ...kept })
  return result
}

/** The id of what was created; null for a report on several things. */
function idOf(result: unknown): string | null {
  const id = typeof result === 'object' && result !== null && 'id' in result ? result.id : null
  return typeof id === 'string' ? id : null
}

/** The kept result of the ticket's key, which is from then on that of the ticket; undefined without one. */
async function replay<Result>(sql: Queryable, ticket: IdempotencyTicket, now: string): Promise<Result | undefined> {
  const { principal, route, key, bodyHash } = ticket
  const kept = await sql.one<{ bodyHash: string; result: string }>(FIND, { principal, route, key, now })
  if (!kept) return undefined
  if (kept.bodyHash !== bodyHash) throw new KeyReused()
  if (kept.result === DELETED) throw new ResultDeleted()
  ticket.replayed = true
  // eslint-disable-next-line @typescript-eslint/no-unsafe-return -- the very text that was made of such a result
  return JSON.parse(kept.result)
}

/** Keyed, because a body may hold a password, and whoever reads the database could try guesses against a plain hash. */
function bodyHasher(secret: string): (body: unknown) => string {
  const key = createHmac('sha256', secret).update('bodies of idempotent requests').digest()
  return body =>
    createHmac('sha256', key)
      .update(JSON.stringify(body ?? null))
      .digest('base64url')
}

function nameOf({ principal, route, key }: IdempotencyTicket): string {
  return JSON.stringify([principal, route, key])
}
