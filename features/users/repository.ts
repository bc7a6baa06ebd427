import type { Queryable } from '../../db/database.ts'
import { accountsRepository, USER_COLUMNS, type User } from '../../domain/accounts/account.ts'
import { when, type Filter, type Listing } from '../../domain/lists/keyset.ts'
import { page } from '../../domain/lists/page.ts'
import type { UserQuery } from './schemas.ts'

/** A new address counts as verified, because only admins set one. Cast, as PostgreSQL takes one type. */
const UPDATE = `UPDATE users SET email = CAST(:email AS TEXT), name = :name, role = :role, status = :status,
    password_hash = coalesce(:passwordHash, password_hash),
    email_verified = CASE WHEN email = CAST(:email AS TEXT) THEN email_verified ELSE 1 END
  WHERE id = :id AND version = :version`
const DELETE = 'DELETE FROM users WHERE id = :id'
const OTHER_ADMINS = `SELECT count(*) AS admins FROM users WHERE role = 'admin' AND status = 'active' AND id <> :id`

const LISTING: Listing = {
  columns: USER_COLUMNS,
  from: 'users',
  id: 'id',
  sorts: { name: 'lower(name)', email: 'lower(email)', createdAt: 'created_at' },
  defaultSort: 'name',
  total: 'SELECT total_users AS total FROM user_stats WHERE id = 1',
}

export const usersRepository = (sql: Queryable) => ({
  ...accountsRepository(sql),
  /** Writes over the version it was read with, and over the password when there is a new one. */
  update: (user: User, passwordHash: string | null) => sql.run(UPDATE, { ...user, passwordHash }),
  /** Sessions go with the account; interviewers and events that named it name nobody. */
  delete: (id: string) => sql.run(DELETE, { id }),
  /** How many active admins there are besides this user. */
  countOtherAdmins: async (id: string) => (await sql.one<{ admins: number }>(OTHER_ADMINS, { id }))?.admins ?? 0,
  list: (query: UserQuery) => page<User>(sql, LISTING, query, filtersOf(query)),
})

function filtersOf({ role, status }: UserQuery): Filter[] {
  return [...when(role, 'role = :role', 'role'), ...when(status, 'status = :status', 'status')]
}
