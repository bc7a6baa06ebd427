import type { FastifyInstance } from 'fastify'
import { LRUCache } from 'lru-cache'

/** A memory has failed: a slow answer, never a wrong one. No client ever sees it. */
export class CacheError extends Error {
  override readonly name = 'CacheError'
  /** The name of the memory. What was asked of it is not said, as logs are no place for it. */
  readonly key: string

  constructor(key: string, cause: unknown) {
    super(`the memory of ${key} failed; the database answers`, { cause })
    this.key = key
  }
}

/** What a value was read from. */
export interface Reading {
  readonly tables: readonly string[]
  /** How often the tables had changed before they were read. */
  readonly at: number
  /** When it is true no longer, by the clock of the wall, in ms since 1970; never by default. */
  readonly expiresAt?: number
  /** Until when it is kept, by the clock that never jumps (`performance.now()`); for ever by default. */
  readonly keptUntil?: number
}

export interface Bounds<Value> {
  /** How much is kept; the least recently used goes first. */
  readonly most: number
  /** A larger value is not kept; by default all may be one value. */
  readonly mostOfOne?: number
  /** Every value counts as 1 by default. */
  readonly sizeOf?: (value: Value, key: string) => number
}

type Kept<Value> = Reading & { readonly value: Value }

/**
 * Values by key, each given only as long as none of the tables it was read from has changed, by whichever program, as far
 * as `app.changes` knows since its last refresh, which is once a request. A memory that fails is none, and says so in
 * the log.
 */
export class Remembered<Value> {
  readonly #name: string
  readonly #app: Pick<FastifyInstance, 'changes' | 'log'>
  readonly #values: LRUCache<string, Kept<Value>>

  constructor(name: string, app: Pick<FastifyInstance, 'changes' | 'log'>, bounds: Bounds<Value>) {
    const { most, mostOfOne = most, sizeOf = () => 1 } = bounds
    this.#name = name
    this.#app = app
    this.#values = new LRUCache({
      maxSize: Math.max(1, most), // with 0 there would be no bound at all
      maxEntrySize: Math.max(1, Math.floor(mostOfOne)),
      sizeCalculation: ({ value }, key) => sizeOf(value, key),
    })
  }

  /** The value of a key, when there is one and it is still true. */
  get(key: string): Value | undefined {
    try {
      const kept = this.#values.get(key)
      if (!kept) return undefined
      if (this.#isTrue(kept)) return kept.value
      this.#values.delete(key)
    } catch (error) {
      this.#failed(error)
    }
    return undefined
  }

  set(key: string, value: Value, reading: Reading): void {
    this.#guarded(() => {
      if (this.#isTrue(reading)) this.#values.set(key, { ...reading, value })
    })
  }

  clear(): void {
    this.#guarded(() => this.#values.clear())
  }

  /** How many values there are that are still true, and how much they take. The others are dropped first. */
  size(): { readonly entries: number; readonly size: number } {
    this.#guarded(() => {
      for (const [key, kept] of this.#values.entries()) if (!this.#isTrue(kept)) this.#values.delete(key)
    })
    return { entries: this.#values.size, size: this.#values.calculatedSize }
  }

  #isTrue({ tables, at, expiresAt = Infinity, keptUntil = Infinity }: Reading): boolean {
    if (this.#app.changes.countOf(tables) !== at) return false
    return (
      (expiresAt === Infinity || expiresAt > Date.now()) && (keptUntil === Infinity || keptUntil > performance.now())
    )
  }

  #guarded(work: () => unknown): void {
    try {
      work()
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(cause: unknown): void {
    const { key, message } = new CacheError(this.#name, cause)
    this.#app.log.warn({ memory: key, reason: String(cause) }, message)
  }
}
