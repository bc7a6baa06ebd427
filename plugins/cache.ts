import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import fp from 'fastify-plugin'
import { CachedRoute, type Answer, type CacheRule, type Flight } from './cache/route.ts'
import { Remembered } from './changes/remembered.ts'
import { askAgain, isRead } from './conditional.ts'

/** What an answer takes besides its bytes and its key: objects, headers, its place in the list. */
const OVERHEAD_BYTES = 400
/** No one answer may push out more than this share of the others. */
const LARGEST_SHARE = 8

/** The figures of this process since it started. */
export interface CacheStatistics {
  readonly entries: number
  readonly bytes: number
  readonly maxBytes: number
  readonly hits: number
  readonly misses: number
  /** How often each table has changed, and the answers read from it were dropped. */
  readonly invalidations: Readonly<Record<string, number>>
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly cache: { statistics(): CacheStatistics; clear(): void }
  }
  interface FastifyContextConfig {
    cache?: CacheRule
  }
  interface FastifyRequest {
    flight: Flight | null
  }
  interface FastifyReply {
    /** The answer is true until then at most, given as RFC 3339, whatever happens to its tables. */
    trueUntil(instant: string): void
  }
}

/**
 * Answers of GET routes, kept as they are sent, behind authentication. Nobody says what to forget: an answer is
 * given as long as the database says that none of its tables has changed, by whichever program. Whatever fails in here
 * is a slow answer, never a wrong one.
 */
export const cachePlugin = fp(
  async app => {
    const { CACHE_MAX_BYTES } = app.config
    const { changes } = app
    const answers = new Remembered<Answer>('answers', app, {
      most: CACHE_MAX_BYTES,
      mostOfOne: CACHE_MAX_BYTES / LARGEST_SHARE,
      sizeOf: ({ body }, key) => Buffer.byteLength(body) + key.length + OVERHEAD_BYTES,
    })
    const counts = { hits: 0, misses: 0 }
    const watched = new Set<string>()
    app.decorateRequest('flight', null)
    app.decorateReply('trueUntil', function (instant) {
      const { flight } = this.request
      if (flight) flight.expiresAt = Math.min(flight.expiresAt, Date.parse(instant))
    })
    app.decorate('cache', {
      clear: () => answers.clear(),
      statistics: () => {
        changes.refresh()
        const invalidations = Object.fromEntries([...watched].sort().map(table => [table, changes.countOf([table])]))
        const { entries, size: bytes } = answers.size()
        return { entries, bytes, maxBytes: CACHE_MAX_BYTES, ...counts, invalidations }
      },
    })
    app.addHook('onRoute', route => {
      const rule = route.config?.cache
      const method = String(route.method)
      if (!rule || !isRead(method)) return
      route.onRequest = [route.onRequest ?? [], mayBeKept].flat()
      if (method === 'HEAD' || CACHE_MAX_BYTES === 0) return
      // Changes are looked for only when a request carries credentials (changes.ts).
      if (route.config?.public === true) throw new Error(`${route.url} answers strangers: its answers cannot be kept`)
      for (const table of rule.tables) watched.add(table)
      const { lookUp, keep } = new CachedRoute(rule, { answers, changes, counts })
      route.onRequest = [route.onRequest ?? [], lookUp].flat()
      route.onSend = [route.onSend ?? [], keep].flat()
    })
  },
  { name: 'cache', dependencies: ['config', 'changes', 'access', 'conditional'] },
)

function mayBeKept(_request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void {
  askAgain(reply)
  done()
}
