import type { Queryable } from '../../db/database.ts'
import { hashOfSecret } from '../../plugins/secrets.ts'
import { IS_SOMEBODY } from './access.ts'

const FORGET = 'DELETE FROM email_confirmations WHERE expires_at <= :now'
const INSERT = 'INSERT INTO email_confirmations (hash, user_id, expires_at) VALUES (:hash, :userId, :expiresAt)'
const FIND = `SELECT users.id, users.name FROM email_confirmations JOIN users ON users.id = email_confirmations.user_id
  WHERE email_confirmations.hash = :hash AND email_confirmations.expires_at > :now AND ${IS_SOMEBODY}`
const END = 'DELETE FROM email_confirmations WHERE user_id = :userId'
const PROVE = 'UPDATE users SET email_verified = 1 WHERE id = :userId'

/** Codes that were mailed to the address of an account. Whoever sends one back reads the mails of that address. */
export const confirmationStore = (sql: Queryable) => ({
  keep: async (code: string, userId: string, { now, expiresAt }: { now: string; expiresAt: string }): Promise<void> => {
    await sql.run(FORGET, { now })
    await sql.run(INSERT, { hash: hashOfSecret(code), userId, expiresAt })
  },
  /** Whose address a code proves; undefined when it is none, was used or has expired. */
  accountOf: (code: string, now: string) =>
    sql.one<{ id: string; name: string }>(FIND, { hash: hashOfSecret(code), now }),
  /** The address is theirs, and every code of the account is used. */
  prove: async (userId: string): Promise<void> => {
    await sql.run(END, { userId })
    await sql.run(PROVE, { userId })
  },
})
