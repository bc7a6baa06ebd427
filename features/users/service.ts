import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import type { Database, Transaction } from '../../db/database.ts'
import type { Actor } from '../../plugins/actor.ts'
import type { Principal } from '../../plugins/auth.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import { found } from '../../plugins/errors.ts'
import { EmailTaken, type User } from '../../domain/accounts/account.ts'
import { onUnique } from '../../domain/sql.ts'
import { newId } from '../../domain/lists/fields.ts'
import type { Passwords } from '../../plugins/passwords.ts'
import { endAccess } from '../../domain/accounts/access.ts'
import { usersRepository } from './repository.ts'
import type { NewUser, UserChanges, UserQuery } from './schemas.ts'

const LastAdmin = createError('LAST_ADMIN', 'This is the last active admin; make someone else an admin first', 409)

const ENTITY = 'user'

type Parts = Pick<FastifyInstance, 'db' | 'audit' | 'idempotency' | 'passwords'>

export const usersService = ({ db, audit, idempotency, passwords }: Parts) => ({
  list: (query: UserQuery) => usersRepository(db).list(query),

  find: async (actor: Principal, id: string) => found(shownTo(actor, await usersRepository(db).find(id)), ENTITY),

  findByEmail: async (actor: Principal, email: string) =>
    found(shownTo(actor, await usersRepository(db).findByEmail(email)), ENTITY),

  async create(actor: Actor, { password, ...body }: NewUser): Promise<User> {
    await passwords.assertStrong(password, body)
    const passwordHash = await passwords.hash(password)
    return idempotency.once(actor, async tx => {
      const id = newId()
      const users = usersRepository(tx)
      await users
        .insert({ role: 'interviewer', ...body, id, lastLoginAt: null, passwordHash })
        .catch(onUnique(() => new EmailTaken(body.email)))
      const after = found(await users.find(id), ENTITY)
      await audit.record(tx, actor, { action: 'create', entityType: ENTITY, entityId: id, after })
      return after
    })
  },

  /** Changes the fields that are sent. A new password, or being disabled, ends all access of the user. */
  async update(actor: Actor, id: string, changes: UserChanges, expected: ExpectedVersions): Promise<User> {
    const { password, ...fields } = changes
    const passwordHash = password === undefined ? null : await hashFor(db, passwords, { id, password, ...fields })
    return db.transaction(async tx => {
      const before = found(await usersRepository(tx).find(id), ENTITY)
      assertVersion(before.version, expected)
      const after = await change(tx, before, fields, passwordHash)
      await audit.record(tx, actor, { ...entryOf(changes, after), entityType: ENTITY, entityId: id, before })
      return after
    })
  },

  delete: (actor: Actor, id: string, expected: ExpectedVersions): Promise<void> =>
    db.transaction(async tx => {
      const users = usersRepository(tx)
      const before = found(await users.find(id), ENTITY)
      assertVersion(before.version, expected)
      await assertAnotherAdmin(tx, before)
      await users.delete(id)
      await audit.record(tx, actor, { action: 'delete', entityType: ENTITY, entityId: id, before })
    }),
})

async function change(tx: Transaction, before: User, fields: UserChanges, passwordHash: string | null): Promise<User> {
  const users = usersRepository(tx)
  const wanted = { ...before, ...fields }
  if (!isActiveAdmin(wanted)) await assertAnotherAdmin(tx, before)
  await users.update(wanted, passwordHash).catch(onUnique(() => new EmailTaken(wanted.email)))
  if (passwordHash !== null || wanted.status === 'disabled') {
    await endAccess(tx, before.id)
  }
  return found(await users.find(before.id), ENTITY)
}

/** Only admins see accounts other than their own. */
function shownTo(actor: Principal, user: User | undefined): User | undefined {
  return actor.role === 'admin' || user?.id === actor.id ? user : undefined
}

/** Outside the transaction, because hashing takes its time; the name and address are those the account will have. */
async function hashFor(
  db: Database,
  passwords: Passwords,
  { id, password, ...fields }: UserChanges & { id: string; password: string },
): Promise<string> {
  const user = found(await usersRepository(db).find(id), ENTITY)
  await passwords.assertStrong(password, { ...user, ...fields })
  return passwords.hash(password)
}

function isActiveAdmin({ role, status }: User): boolean {
  return role === 'admin' && status === 'active'
}

/** Transactions run one after the other, so two last admins cannot go at the same time. */
async function assertAnotherAdmin(tx: Transaction, leaving: User): Promise<void> {
  if (isActiveAdmin(leaving) && (await usersRepository(tx).countOtherAdmins(leaving.id)) === 0) throw new LastAdmin()
}

/** The journal learns that the password is new, but nothing of the password itself. */
function entryOf({ password, ...fields }: UserChanges, after: User): { action: string; after: object } {
  if (password === undefined) return { action: 'update', after }
  return { action: Object.keys(fields).length === 0 ? 'password' : 'update', after: { ...after, password: 'changed' } }
}
