import type { FastifyRateLimitStore, FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import { LRUCache } from 'lru-cache'
import type { SharedLimits } from '../processes.ts'

/** All processes together have at most this share of a limit in hand, unused: so much earlier one of them may refuse. */
const IN_HAND = 1 / 20

type Answer = Parameters<FastifyRateLimitStore['incr']>[1]
type Counted = NonNullable<Parameters<Answer>[1]>

interface Drawn {
  used: number
  readonly upTo: number
  /** Whether there is nothing more to be had before the window ends. */
  readonly last: boolean
  /** By the clock of this process that never jumps. */
  readonly endsAt: number
}

/**
 * A store of @fastify/rate-limit for a process that is alone or one of several. It draws from a limit they share, a little
 * at a time: never more than the limit is used up, and few requests wait for another process. A small limit is drawn one
 * by one. No clock that somebody sets makes a window longer, as with the store that comes with it.
 */
export function sharedStore(limits: Pick<SharedLimits, 'count' | 'take'>, keysKept: number): FastifyRateLimitStoreCtor {
  return class SharedStore implements FastifyRateLimitStore {
    readonly #drawn = new LRUCache<string, Drawn>({ max: keysKept })
    readonly #asking = new Map<string, Promise<void>>()

    incr(key: string, answer: Answer, windowMs = 0, limit = 0): void {
      const counted = this.#count(key, limit)
      if (counted) {
        answer(null, counted)
        return
      }
      this.#draw(key, windowMs, limit).then(
        () => this.incr(key, answer, windowMs, limit),
        // Nobody keeps the limits any more: this process is about to end, and refuses what is new by itself.
        () => answer(null, { current: 0, ttl: windowMs }),
      )
    }

    /** The limiters of the program tell themselves apart by their keys. */
    child(): this {
      return this
    }

    #count(key: string, limit: number): Counted | undefined {
      const drawn = this.#drawn.get(key)
      const ttl = drawn ? drawn.endsAt - performance.now() : 0
      if (!drawn || ttl <= 0) return undefined
      if (drawn.used < drawn.upTo) return { current: (drawn.used += 1), ttl }
      return drawn.last ? { current: limit + 1, ttl } : undefined
    }

    /** Once for all who wait for the same. */
    #draw(key: string, windowMs: number, limit: number): Promise<void> {
      const asked = this.#asking.get(key) ?? this.#ask(key, windowMs, limit).finally(() => this.#asking.delete(key))
      this.#asking.set(key, asked)
      return asked
    }

    async #ask(key: string, windowMs: number, limit: number): Promise<void> {
      const many = Math.max(1, Math.floor((limit * IN_HAND) / limits.count))
      const { before, granted, leftMs } = await limits.take({ key, many, limit, windowMs })
      const endsAt = performance.now() + leftMs
      this.#drawn.set(key, { used: before, upTo: before + granted, last: granted < many, endsAt })
    }
  }
}
