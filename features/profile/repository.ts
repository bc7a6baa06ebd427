import type { Queryable } from '../../db/database.ts'
import { notificationsFrom } from '../../domain/accounts/notifications.ts'
import type { Profile } from './schemas.ts'

const FIND = `SELECT id, email, name, role, timezone, notifications, version, created_at AS "createdAt",
  updated_at AS "updatedAt" FROM users WHERE id = :id`
const UPDATE = `UPDATE users SET name = :name, timezone = :timezone, notifications = :notifications
  WHERE id = :id AND version = :version`
const CREDENTIALS = `SELECT email, name, password_hash AS "passwordHash" FROM users
  WHERE id = :id AND status = 'active'`
const SWAP_PASSWORD = `UPDATE users SET password_hash = :passwordHash
  WHERE id = :id AND status = 'active' AND password_hash = :verified`

type Row = Omit<Profile, 'notifications'> & { readonly notifications: string }

/** What a password is checked against; the hash goes no further than that. */
interface CredentialsRow {
  readonly email: string
  readonly name: string
  readonly passwordHash: string | null
}

export interface PasswordSwap {
  readonly id: string
  /** The hash of the present password, as it was when that was found to be right. */
  readonly verified: string
  readonly passwordHash: string
}

export const profileRepository = (sql: Queryable) => ({
  find: async (id: string): Promise<Profile | undefined> => {
    const row = await sql.one<Row>(FIND, { id })
    return row && { ...row, notifications: notificationsFrom(row.notifications) }
  },
  /** Writes over the version it was read with; 0 changes when that is gone. */
  update: (profile: Profile) => sql.run(UPDATE, { ...profile, notifications: JSON.stringify(profile.notifications) }),
  /** The password hash of an account that may sign in. */
  credentials: (id: string) => sql.one<CredentialsRow>(CREDENTIALS, { id }),
  /** 0 changes when the password has changed since, or the account may not sign in any more. */
  swapPassword: (swap: PasswordSwap) => sql.run(SWAP_PASSWORD, { ...swap }),
})
