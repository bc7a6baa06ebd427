import type { FastifyInstance } from 'fastify'
import { LRUCache } from 'lru-cache'
import { IDENTITY_TABLES, type Identity } from './identity.ts'

/** How many credentials are remembered with whose they are. */
const IDENTITIES_KEPT = 10_000

export interface RememberedIdentities {
  /** Asks what has changed, for this and for the cache; then whose these credentials are, if that is known and true. */
  recall(authorization: string): Identity | null
  /** How often the tables had changed before they were read. */
  readonly moment: () => number
  remember(authorization: string, identity: Identity, moment: number): void
}

/**
 * Whose credentials are, as long as none of the tables that say so has changed. Only where the database tells of every
 * commit at once: elsewhere each request asks anew, so that nothing outlives its revocation. A memory that fails is
 * none; only a database that does not answer is an error.
 */
export function rememberedIdentities({ db, changes, log }: FastifyInstance): RememberedIdentities {
  const known = new LRUCache<string, { readonly identity: Identity; readonly at: number }>({ max: IDENTITIES_KEPT })
  const moment = () => changes.countOf(IDENTITY_TABLES)
  const guarded = <Result>(work: () => Result): Result | undefined => {
    try {
      return work()
    } catch (error) {
      log.warn({ reason: String(error) }, 'whose credentials are could not be remembered; the database answers')
      return undefined
    }
  }
  return {
    moment,
    recall(authorization) {
      changes.refresh()
      if (!db.changesAreExact) return null
      const found = guarded(() => known.get(authorization))
      return found?.at === moment() && found.identity.expiresAt > Date.now() ? found.identity : null
    },
    remember(authorization, identity, at) {
      if (db.changesAreExact) guarded(() => known.set(authorization, { identity, at }))
    },
  }
}
