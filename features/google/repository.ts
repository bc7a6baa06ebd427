import type { Queryable } from '../../db/database.ts'
import { accountsRepository, type User } from '../../domain/accounts/account.ts'
import { addressKey } from '../../domain/sql.ts'

const PROVIDER = 'google'

const COLUMNS = `users.id, users.name, users.status, users.email_verified AS "emailVerified", identities.subject`
const BY_SUBJECT = `SELECT ${COLUMNS} FROM identities JOIN users ON users.id = identities.user_id
  WHERE identities.provider = :provider AND identities.subject = :subject`
const BY_ADDRESS = `SELECT ${COLUMNS} FROM users
  LEFT JOIN identities ON identities.user_id = users.id AND identities.provider = :provider
  WHERE lower(users.email) = :email`
const LINK = 'INSERT INTO identities (provider, subject, user_id) VALUES (:provider, :subject, :userId)'
const PROVE = 'UPDATE users SET password_hash = NULL, email_verified = 1 WHERE id = :userId'

/** An account that somebody may be signing in to. */
export interface KnownAccount extends Pick<User, 'id' | 'name' | 'status'> {
  /** 0 as long as whoever registered has not shown that the address is theirs. */
  readonly emailVerified: 0 | 1
  /** Who it is linked with at Google; null when with nobody. */
  readonly subject: string | null
}

export const googleRepository = (sql: Queryable) => ({
  ...accountsRepository(sql),
  bySubject: (subject: string) => sql.one<KnownAccount>(BY_SUBJECT, { provider: PROVIDER, subject }),
  /** Finds an account without regard to case. */
  byAddress: (email: string) => sql.one<KnownAccount>(BY_ADDRESS, { provider: PROVIDER, email: addressKey(email) }),
  /** Breaks a unique constraint when either of the two is linked already. */
  link: (subject: string, userId: string) => sql.run(LINK, { provider: PROVIDER, subject, userId }),
  /** The address is theirs, and the password of whoever registered with it is gone. */
  prove: (userId: string) => sql.run(PROVE, { userId }),
})
