import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import type { Identity } from '../auth/identity.ts'
import type { TableChanges } from '../changes.ts'
import { isKnown } from '../conditional.ts'
import type { AnswerStore, ReadyAnswer } from './store.ts'

const SIX_HOURS_MS = 6 * 60 * 60 * 1000

/** What a GET route says in its `config` to have its answers kept. */
export interface CacheRule {
  /** Every table that its answers are read from: once one of them changes, none is given again. */
  readonly tables: readonly string[]
  /** Who gets the same answer: a name for what somebody may see. Each user the own, unless told. */
  readonly seenBy?: (viewer: Identity) => string
  /** 6 hours unless told. */
  readonly ttlMs?: number
}

/** An answer being made, for whoever asks for the same meanwhile. */
export interface Flight {
  readonly key: string
  /** How often the tables had changed when it began. */
  readonly at: number
  readonly landed: Promise<ReadyAnswer | undefined>
  land(answer: ReadyAnswer | undefined): void
  /** In ms since 1970. */
  expiresAt: number
}

interface Parts {
  readonly store: AnswerStore
  readonly changes: TableChanges
  /** Told why the cache failed; the database answers instead. */
  readonly failed: (error: unknown) => void
}

/** The hooks of one cached route. A hit waits for nothing: they are called back, not awaited. */
export class CachedRoute {
  readonly #parts: Parts
  readonly #tables: readonly string[]
  readonly #seenBy: (viewer: Identity) => string
  readonly #ttlMs: number
  readonly #flights = new Map<string, Flight>()

  constructor({ tables, ttlMs = SIX_HOURS_MS, seenBy = ownView }: CacheRule, parts: Parts) {
    this.#parts = parts
    this.#tables = tables
    this.#seenBy = seenBy
    this.#ttlMs = ttlMs
  }

  /**
   * onRequest, after everything that may refuse the request: answers from memory, or waits for whoever is making the
   * same answer. What has changed was asked when it was found out who sent the request: see plugins/auth.ts.
   */
  readonly lookUp = (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    try {
      if (this.#answered(request, reply, done)) return
    } catch (error) {
      this.#parts.failed(error)
    }
    done()
  }

  /** onSend: keeps the answer, unless its tables have changed meanwhile. */
  readonly keep = (
    request: FastifyRequest,
    reply: FastifyReply,
    payload: unknown,
    done: HookHandlerDoneFunction,
  ): void => {
    const { flight } = request
    if (flight) {
      const answer = this.#readyAnswer(reply, payload, flight)
      this.#settle(request, answer)
      if (answer) this.#store(flight.key, answer)
    }
    done()
  }

  /** onResponse: also when it never came to an answer, so that nobody waits for it. */
  readonly giveUp = (request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    this.#settle(request, undefined)
    done()
  }

  #answered(request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): boolean {
    const { store, changes } = this.#parts
    const at = changes.countOf(this.#tables)
    const key = `${request.sender ? this.#seenBy(request.sender) : ''}\n${request.url}`
    const ready = store.get(key, at)
    if (ready) {
      send(request, reply, ready)
      return true
    }
    const flight = this.#flights.get(key)
    // Nothing has changed since that one began, so what it brings is as new as what would be read now.
    if (flight?.at === at) {
      void flight.landed.then(shared => (shared ? send(request, reply, shared) : done()))
      return true
    }
    request.flight = newFlight(key, at, Date.now() + this.#ttlMs)
    this.#flights.set(key, request.flight)
    reply.header('x-cache', 'miss')
    return false
  }

  #settle(request: FastifyRequest, answer: ReadyAnswer | undefined): void {
    const { flight } = request
    if (!flight) return
    request.flight = null
    if (this.#flights.get(flight.key) === flight) this.#flights.delete(flight.key)
    flight.land(answer)
  }

  #store(key: string, answer: ReadyAnswer): void {
    const { store, changes, failed } = this.#parts
    try {
      changes.refresh()
      if (changes.countOf(this.#tables) === answer.at) store.set(key, answer)
    } catch (error) {
      failed(error)
    }
  }

  #readyAnswer(reply: FastifyReply, payload: unknown, { at, expiresAt }: Flight): ReadyAnswer | undefined {
    if (reply.statusCode !== 200 || typeof payload !== 'string') return undefined
    const etag = reply.getHeader('etag')
    return {
      body: payload,
      contentType: String(reply.getHeader('content-type')),
      etag: typeof etag === 'string' ? etag : undefined,
      tables: this.#tables,
      at,
      expiresAt,
    }
  }
}

function ownView({ role, id }: Identity): string {
  return `${role} ${id}`
}

function newFlight(key: string, at: number, expiresAt: number): Flight {
  let land: Flight['land'] = () => undefined
  const landed = new Promise<ReadyAnswer | undefined>(resolve => {
    land = resolve
  })
  return { key, at, landed, land, expiresAt }
}

function send(request: FastifyRequest, reply: FastifyReply, { body, contentType, etag }: ReadyAnswer): void {
  reply.header('x-cache', 'hit')
  if (etag !== undefined) {
    reply.header('etag', etag)
    if (isKnown(request, etag)) {
      void reply.code(304).send()
      return
    }
  }
  void reply.header('content-type', contentType).send(body)
}
