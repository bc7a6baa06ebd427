import type { Queryable } from '../../db/database.ts'
import { siteOf } from '../../plugins/client-address.ts'
import { hashOfSecret, randomSecret } from '../../plugins/secrets.ts'
import { newId } from '../lists/fields.ts'

/** A session lives on for this long after each use … */
const SLIDING_MS = 7 * 24 * 60 * 60 * 1000
/** … and never longer than this after signing in. */
const LONGEST_MS = 30 * 24 * 60 * 60 * 1000

const INSERT = `INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at, user_agent, ip, network)
  VALUES (:id, :userId, :now, :now, :expiresAt, :userAgent, :ip, :network)`
const INSERT_TOKEN = 'INSERT INTO refresh_tokens (hash, session_id, created_at) VALUES (:hash, :id, :now)'
const END = 'UPDATE sessions SET ended_at = :now WHERE id = :id AND ended_at IS NULL AND expires_at > :now'
const FORGET_OVER = 'DELETE FROM sessions WHERE user_id = :userId AND (ended_at <= :before OR expires_at <= :before)'
const END_OTHERS = `UPDATE sessions SET ended_at = :now
  WHERE user_id = :userId AND ended_at IS NULL AND expires_at > :now AND id <> coalesce(:kept, '')`

export interface NewSession {
  readonly id: string
  /** Shown once, to the client; the database has only its hash. */
  readonly refreshToken: string
}

export interface Origin {
  readonly ip: string | null
  readonly userAgent: string | null
}

export const newSession = (): NewSession => ({ id: newId(), refreshToken: randomSecret() })

/** When a session that is used at `now` will expire, as RFC 3339. */
export function expiryOf(createdAt: string, now: string): string {
  return new Date(Math.min(Date.parse(now) + SLIDING_MS, Date.parse(createdAt) + LONGEST_MS)).toISOString()
}

/** How sessions begin and end, whichever feature begins or ends them. */
export const sessionStore = (sql: Queryable) => ({
  /** Starts a session for a user; returns when it will expire. */
  start: async ({ id, refreshToken }: NewSession, userId: string, { ip, userAgent }: Origin, now: string) => {
    const expiresAt = expiryOf(now, now)
    await sql.run(INSERT, { id, userId, now, expiresAt, userAgent, ip, network: ip && siteOf(ip) })
    await sql.run(INSERT_TOKEN, { hash: hashOfSecret(refreshToken), id, now })
    return expiresAt
  },
  /** 0 changes when it is over already. */
  end: (id: string, now: string) => sql.run(END, { id, now }),
  /** All but one; all when that is null. */
  endOthersOf: (userId: string, kept: string | null, now: string) => sql.run(END_OTHERS, { userId, kept, now }),
  /** Those that were over by then, with their tokens. */
  forgetOver: (userId: string, before: string) => sql.run(FORGET_OVER, { userId, before }),
  addToken: ({ id, refreshToken }: NewSession, now: string) =>
    sql.run(INSERT_TOKEN, { hash: hashOfSecret(refreshToken), id, now }),
})
