import fp from 'fastify-plugin'
import { CachedRoute, type CacheRule, type Flight } from './cache/route.ts'
import { AnswerStore } from './cache/store.ts'

/** Of this process, since it started. */
export interface CacheStatistics {
  readonly entries: number
  readonly bytes: number
  readonly maxBytes: number
  readonly hits: number
  readonly misses: number
  /** By table: how often it has changed, and with that the answers read from it were dropped. */
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
 * Answers of GET routes, kept as they are sent, behind authentication. Nothing tells it what to forget: an answer is
 * given as long as the database says that none of its tables has changed, by whichever program. Whatever fails in here
 * is a slow answer, never a wrong one.
 */
export const cachePlugin = fp(
  async app => {
    const { CACHE_MAX_BYTES } = app.config
    const { changes } = app
    const store = new AnswerStore(CACHE_MAX_BYTES, tables => changes.countOf(tables))
    const watched = new Set<string>()
    app.decorateRequest('flight', null)
    app.decorateReply('trueUntil', function (instant) {
      const { flight } = this.request
      if (flight) flight.expiresAt = Math.min(flight.expiresAt, Date.parse(instant))
    })
    app.decorate('cache', {
      clear: () => store.clear(),
      statistics: () => {
        changes.refresh()
        const invalidations = Object.fromEntries([...watched].sort().map(table => [table, changes.countOf([table])]))
        return { ...store.size(), maxBytes: CACHE_MAX_BYTES, hits: store.hits, misses: store.misses, invalidations }
      },
    })
    app.addHook('onRoute', route => {
      const rule = route.config?.cache
      if (!rule || route.method !== 'GET' || CACHE_MAX_BYTES === 0) return
      // It is asked what has changed when it is found out who sent a request: without, nobody would have asked.
      if (route.config?.public === true) throw new Error(`${route.url} answers strangers: its answers cannot be kept`)
      for (const table of rule.tables) watched.add(table)
      const failed = (error: unknown) => {
        const reason = String(error instanceof Error ? (error.cause ?? error) : error)
        app.log.warn({ route: route.url, reason }, 'the cache failed; the database answers')
      }
      const { lookUp, keep, giveUp } = new CachedRoute(rule, { store, changes, failed })
      route.onRequest = [route.onRequest ?? [], lookUp].flat()
      route.onSend = [route.onSend ?? [], keep].flat()
      route.onResponse = [route.onResponse ?? [], giveUp].flat()
    })
  },
  { name: 'cache', dependencies: ['config', 'changes', 'access', 'conditional'] },
)
