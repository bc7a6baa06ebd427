import createError from '@fastify/error'
import { Type, type Static } from '@sinclair/typebox'
import type { Queryable } from '../../db/database.ts'
import { ROLES } from '../../plugins/auth/identity.ts'
import { addressKey } from '../../plugins/validation/addresses.ts'
import { Email, Id, Instant, Line, Nullable, OneOf, Version } from '../lists/fields.ts'

/** What signing in and the care of users share: the shape of an account, and its row. */

export const UserName = Line(120, { examples: ['Ada Lovelace'] })
export const UserRole = OneOf(ROLES, 'What somebody may do')
export const UserStatus = OneOf(['active', 'disabled'], 'Only the active can sign in')
/** A password that is being chosen; how hard it is to guess is looked at besides. */
export const NewPassword = Type.String({
  minLength: 10,
  maxLength: 128,
  description: 'It may have any characters, and is refused when it is easy to guess',
  examples: ['violet harbor anchors 42'],
})

export const USER_EXAMPLE = {
  id: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
  email: 'ada@example.com',
  name: 'Ada Lovelace',
  role: 'interviewer',
  status: 'active',
  lastLoginAt: '2026-03-02T08:59:00.000Z',
  version: 2,
  createdAt: '2026-03-01T08:00:00.000Z',
  updatedAt: '2026-03-02T08:59:00.000Z',
}

export const User = Type.Object(
  {
    id: Id,
    email: Email,
    name: UserName,
    role: UserRole,
    status: UserStatus,
    lastLoginAt: Nullable(Instant),
    version: Version,
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'User', description: 'An account', examples: [USER_EXAMPLE] },
)
export type User = Static<typeof User>

export const EmailTaken = createError<[string]>('EMAIL_TAKEN', 'There is already an account with the address %s', 409)

export const RegistrationClosed = createError('REGISTRATION_CLOSED', 'Accounts are made by an admin here; ask one', 403)

/** Every column but the password's. */
export const USER_COLUMNS = `id, email, name, role, status, last_login_at AS "lastLoginAt",
  version, created_at AS "createdAt", updated_at AS "updatedAt"`
const FIND = `SELECT ${USER_COLUMNS} FROM users WHERE id = :id`
const FIND_BY_EMAIL = `SELECT ${USER_COLUMNS} FROM users WHERE lower(email) = :email`
const SIGNED_IN = `UPDATE users SET last_login_at = :now, password_hash = coalesce(:passwordHash, password_hash)
  WHERE id = :id`
const INSERT = `INSERT INTO users (id, email, name, role, password_hash, last_login_at, email_verified)
  VALUES (:id, :email, :name, :role, :passwordHash, :lastLoginAt, :emailVerified)`

export type NewAccount = Pick<User, 'id' | 'email' | 'name' | 'role' | 'lastLoginAt'> & {
  readonly passwordHash: string | null
  /** 0 when nothing but the word of a stranger says that the address is theirs. */
  readonly emailVerified?: 0 | 1
}

export const accountsRepository = (sql: Queryable) => ({
  find: (id: string) => sql.one<User>(FIND, { id }),
  /** Finds an account without regard to case. */
  findByEmail: (email: string) => sql.one<User>(FIND_BY_EMAIL, { email: addressKey(email) }),
  /** Notes a sign-in, and the password's hash when it was renewed. */
  signedIn: (id: string, passwordHash: string | null, now: string) => sql.run(SIGNED_IN, { id, passwordHash, now }),
  insert: (account: NewAccount) => sql.run(INSERT, { emailVerified: 1, ...account }),
})
