import type { Queryable } from '../../db/database.ts'
import { accountsRepository, type User } from '../../domain/accounts/account.ts'
import { IS_SOMEBODY } from '../../domain/accounts/access.ts'
import { addressKey } from '../../domain/sql.ts'

const CREDENTIALS = `SELECT id, name, status, password_hash AS "passwordHash" FROM users WHERE lower(email) = :email`

const KNOWN_AT = `SELECT 1 AS known FROM users JOIN sessions ON sessions.user_id = users.id
  WHERE lower(users.email) = :email AND sessions.network = :network AND sessions.last_used_at > :since LIMIT 1`

const FAILURES = `SELECT count(*) AS anywhere, max(failed_at) AS "lastAnywhere",
    coalesce(sum(CASE WHEN network = :network THEN 1 ELSE 0 END), 0) AS here,
    max(CASE WHEN network = :network THEN failed_at END) AS "lastHere"
  FROM login_failures WHERE account = :account AND failed_at > :since`
const FAIL = 'INSERT INTO login_failures (account, network, failed_at) VALUES (:account, :network, :now)'
const FORGET_FAILURES = 'DELETE FROM login_failures WHERE failed_at <= :before'
const CLEAR_FAILURES = 'DELETE FROM login_failures WHERE account = :account AND network = :network'
/** A clock was set back: what has not happened yet has happened now. */
const BRING_BACK = 'UPDATE login_failures SET failed_at = :now WHERE account = :account AND failed_at > :now'

const BY_TOKEN = `SELECT sessions.id, sessions.user_id AS "userId", sessions.created_at AS "createdAt",
    refresh_tokens.used_at AS "usedAt",
    CASE WHEN sessions.ended_at IS NULL AND sessions.expires_at > :now AND ${IS_SOMEBODY} THEN 1 ELSE 0 END AS live
  FROM refresh_tokens
  JOIN sessions ON sessions.id = refresh_tokens.session_id
  JOIN users ON users.id = sessions.user_id
  WHERE refresh_tokens.hash = :hash`
const USE_TOKEN = 'UPDATE refresh_tokens SET used_at = :now WHERE hash = :hash AND used_at IS NULL'
const PROLONG = `UPDATE sessions SET last_used_at = :now, expires_at = :expiresAt, user_agent = :userAgent, ip = :ip,
    network = :network
  WHERE id = :id`

/** What a sign-in is checked against; the hash goes no further than that. */
export interface CredentialsRow extends Pick<User, 'id' | 'name' | 'status'> {
  readonly passwordHash: string | null
}

/** The account that somebody wants to sign in to, in lower case, and the network they come from. */
export interface Door {
  readonly account: string
  readonly network: string
}

interface Counted {
  readonly count: number
  readonly lastAt: string | null
}

/** Failed attempts to sign in to one account: from one network, and from all. */
export interface Failures {
  readonly here: Counted
  readonly anywhere: Counted
}

interface FailuresRow {
  readonly here: number
  readonly lastHere: string | null
  readonly anywhere: number
  readonly lastAnywhere: string | null
}

/** The session a refresh token belongs to, whether or not it is over. */
export interface TokenSession {
  readonly id: string
  readonly userId: string
  readonly createdAt: string
  readonly usedAt: string | null
  readonly live: 0 | 1
}

export interface Prolonged {
  readonly id: string
  readonly now: string
  readonly expiresAt: string
  readonly userAgent: string | null
  readonly ip: string | null
  readonly network: string | null
}

export const authRepository = (sql: Queryable) => ({
  ...accountsRepository(sql),
  credentials: (email: string) => sql.one<CredentialsRow>(CREDENTIALS, { email: addressKey(email) }),

  /** Whether an account was signed in to from that network, or a session used there, since then. */
  isKnownAt: async (email: string, network: string, since: string): Promise<boolean> =>
    (await sql.one(KNOWN_AT, { email: addressKey(email), network, since })) !== undefined,

  failuresSince: async (door: Door, since: string): Promise<Failures> => {
    const row = await sql.one<FailuresRow>(FAILURES, { ...door, since })
    return {
      here: { count: row?.here ?? 0, lastAt: row?.lastHere ?? null },
      anywhere: { count: row?.anywhere ?? 0, lastAt: row?.lastAnywhere ?? null },
    }
  },
  fail: (door: Door, now: string) => sql.run(FAIL, { ...door, now }),
  forgetFailures: (before: string) => sql.run(FORGET_FAILURES, { before }),
  clearFailures: (door: Door) => sql.run(CLEAR_FAILURES, { ...door }),
  bringBack: ({ account }: Door, now: string) => sql.run(BRING_BACK, { account, now }),

  findByToken: (hash: string, now: string) => sql.one<TokenSession>(BY_TOKEN, { hash, now }),
  /** 0 changes for a token that was used before. */
  useToken: (hash: string, now: string) => sql.run(USE_TOKEN, { hash, now }),
  prolong: (session: Prolonged) => sql.run(PROLONG, { ...session }),
})
