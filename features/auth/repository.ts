import type { Queryable } from '../../db/database.ts'
import { accountsRepository, type User } from '../../domain/accounts/account.ts'
import { folded } from '../../domain/sql.ts'

const CREDENTIALS = `SELECT id, name, status, password_hash AS "passwordHash" FROM users WHERE lower(email) = :email`

const FAILURES = `SELECT count(*) AS failures, max(failed_at) AS "lastFailedAt" FROM login_failures
  WHERE account = :account AND failed_at > :since`
const FAIL = 'INSERT INTO login_failures (account, failed_at) VALUES (:account, :now)'
const FORGET_FAILURES = 'DELETE FROM login_failures WHERE failed_at <= :before'
const CLEAR_FAILURES = 'DELETE FROM login_failures WHERE account = :account'

const BY_TOKEN = `SELECT sessions.id, sessions.user_id AS "userId", sessions.created_at AS "createdAt",
    refresh_tokens.used_at AS "usedAt",
    CASE WHEN sessions.ended_at IS NULL AND sessions.expires_at > :now AND users.status = 'active' THEN 1 ELSE 0 END AS live
  FROM refresh_tokens
  JOIN sessions ON sessions.id = refresh_tokens.session_id
  JOIN users ON users.id = sessions.user_id
  WHERE refresh_tokens.hash = :hash`
const USE_TOKEN = 'UPDATE refresh_tokens SET used_at = :now WHERE hash = :hash AND used_at IS NULL'
const PROLONG = `UPDATE sessions SET last_used_at = :now, expires_at = :expiresAt, user_agent = :userAgent, ip = :ip
  WHERE id = :id`

/** What a sign-in is checked against; the hash goes no further than that. */
export interface CredentialsRow extends Pick<User, 'id' | 'name' | 'status'> {
  readonly passwordHash: string | null
}

export interface Failures {
  readonly failures: number
  readonly lastFailedAt: string | null
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
}

export const authRepository = (sql: Queryable) => ({
  ...accountsRepository(sql),
  credentials: (email: string) => sql.one<CredentialsRow>(CREDENTIALS, { email: folded(email) }),

  failuresSince: async (account: string, since: string): Promise<Failures> =>
    (await sql.one<Failures>(FAILURES, { account, since })) ?? { failures: 0, lastFailedAt: null },
  fail: (account: string, now: string) => sql.run(FAIL, { account, now }),
  forgetFailures: (before: string) => sql.run(FORGET_FAILURES, { before }),
  clearFailures: (account: string) => sql.run(CLEAR_FAILURES, { account }),

  findByToken: (hash: string, now: string) => sql.one<TokenSession>(BY_TOKEN, { hash, now }),
  /** 0 changes for a token that was used before. */
  useToken: (hash: string, now: string) => sql.run(USE_TOKEN, { hash, now }),
  prolong: (session: Prolonged) => sql.run(PROLONG, { ...session }),
})
