import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import type { Identity } from '../auth/identity.ts'
import type { TableChanges } from '../changes.ts'
import type { Reading, Remembered } from '../changes/remembered.ts'
import { isKnown } from '../conditional.ts'
import { whenEnded } from '../http/ending.ts'

const SIX_HOURS_MS = 6 * 60 * 60 * 1000
/** Nobody waits longer for what another request is making. */
const PATIENCE_MS = 10_000

/** What a GET route says in its `config` to have its answers kept. */
export interface CacheRule {
  /** Every table that its answers are read from: once one of them changes, none is given again. */
  readonly tables: readonly string[]
  /** Who gets the same answer: a name for what somebody may see. By default each user has their own. */
  readonly seenBy?: (viewer: Identity) => string
  /** 6 hours by default. */
  readonly ttlMs?: number
}

/** An answer, ready to be sent. */
export interface Answer {
  /** Its JSON. */
  readonly body: string
  readonly contentType: string
  readonly etag: string | undefined
}

/** What came of making an answer: one for all, none that others may have, or nothing, as its client has left. */
type Landed = Answer | 'none' | 'left'

/** An answer being made, for whoever asks for the same meanwhile. */
export interface Flight extends Reading {
  readonly key: string
  readonly landed: Promise<Landed>
  land(answer: Landed): void
  /** Milliseconds since 1970. */
  expiresAt: number
}

interface Parts {
  readonly answers: Remembered<Answer>
  readonly changes: TableChanges
  /** Requests that were answered from memory, and those that were not. */
  readonly counts: { hits: number; misses: number }
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
   * same answer; takes its place when that one has left.
   */
  readonly lookUp = (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    const { answers, changes, counts } = this.#parts
    const key = `${request.sender ? this.#seenBy(request.sender) : ''}\n${request.url}`
    const known = answers.get(key)
    counts[known ? 'hits' : 'misses'] += 1
    if (known) {
      send(request, reply, known)
      return
    }
    const at = changes.countOf(this.#tables)
    const flight = this.#flights.get(key)
    // Nothing has changed since that one began, so what it brings is as new as what would be read now.
    if (flight?.at === at) {
      void flight.landed
        .then(landed => {
          if (landed === 'left') this.lookUp(request, reply, done)
          else if (landed === 'none') done()
          else send(request, reply, landed)
        })
        .catch(done) // what it asked for is not this answer
      return
    }
    const keptUntil = performance.now() + this.#ttlMs
    this.#begin(request, reply, newFlight(key, { tables: this.#tables, at, expiresAt: Infinity, keptUntil }))
    reply.header('x-cache', 'miss')
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
      request.flight = null
      const answer = answerOf(reply, payload)
      this.#land(flight, answer ?? 'none')
      if (answer) this.#parts.answers.set(flight.key, answer, flight)
    }
    done()
  }

  /** It ends with its request, whatever becomes of that, and in good time, so that nobody waits for ever. */
  #begin(request: FastifyRequest, reply: FastifyReply, flight: Flight): void {
    request.flight = flight
    this.#flights.set(flight.key, flight)
    const late = setTimeout(() => this.#land(flight, 'none'), PATIENCE_MS).unref()
    void flight.landed.then(() => clearTimeout(late))
    whenEnded(request, reply, () => this.#land(flight, 'left'))
  }

  #land(flight: Flight, landed: Landed): void {
    if (this.#flights.get(flight.key) === flight) this.#flights.delete(flight.key)
    flight.land(landed)
  }
}

function answerOf(reply: FastifyReply, payload: unknown): Answer | undefined {
  if (reply.statusCode !== 200 || typeof payload !== 'string') return undefined
  const etag = reply.getHeader('etag')
  return {
    body: payload,
    contentType: String(reply.getHeader('content-type')),
    etag: typeof etag === 'string' ? etag : undefined,
  }
}

function ownView({ role, id }: Identity): string {
  return `${role} ${id}`
}

function newFlight(key: string, reading: Required<Reading>): Flight {
  let land: Flight['land'] = () => undefined
  const landed = new Promise<Landed>(resolve => {
    land = resolve
  })
  return { key, ...reading, landed, land }
}

function send(request: FastifyRequest, reply: FastifyReply, { body, contentType, etag }: Answer): void {
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
