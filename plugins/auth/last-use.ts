import type { Database } from '../../db/database.ts'
import type { ApiTokenInUse } from './identity.ts'

const EVERY_MS = 60_000
const NOTE = `UPDATE api_tokens SET last_used_at = :now
  WHERE id = :id AND (last_used_at IS NULL OR last_used_at <= :before OR last_used_at > :now)`

/**
 * Notes when an API token was last used, at most once a minute, whichever process it is used at. Nobody waits for it,
 * and one that fails is noted by a later use.
 */
export function lastUseOf(db: Database, failed: (error: unknown) => void): (token: ApiTokenInUse) => void {
  const underWay = new Set<string>()
  return ({ id, lastUsedAt }) => {
    const now = Date.now()
    const age = now - Date.parse(lastUsedAt ?? '')
    if ((age >= 0 && age < EVERY_MS) || underWay.has(id)) return
    underWay.add(id)
    const params = { id, now: new Date(now).toISOString(), before: new Date(now - EVERY_MS).toISOString() }
    void db
      .run(NOTE, params)
      .catch(failed)
      .finally(() => underWay.delete(id))
  }
}
