import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import type { Transaction } from '../../db/database.ts'
import type { AuditLogger } from '../../plugins/audit-logger.ts'
import type { Principal } from '../../plugins/auth.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import { found } from '../../plugins/errors.ts'
import { endAccess } from '../../domain/accounts/access.ts'
import { profileRepository, type PasswordSwap } from './repository.ts'
import type { PasswordChange, Profile, ProfileChanges } from './schemas.ts'

/** No 401, at which clients would sign in again. */
const WrongPassword = createError('WRONG_PASSWORD', 'The current password is wrong', 403)
const NoPassword = createError(
  'NO_PASSWORD',
  'This account has no password that could be changed: it signs in with Google',
  403,
)

const ENTITY = 'user'

type Parts = Pick<FastifyInstance, 'db' | 'audit' | 'passwords'>

export const profileService = (parts: Parts) => ({
  find: async ({ id }: Principal): Promise<Profile> => found(await profileRepository(parts.db).find(id), ENTITY),

  /** Changes the fields that are sent, and of the notifications those that are. */
  update: (actor: Principal, changes: ProfileChanges, expected: ExpectedVersions): Promise<Profile> =>
    parts.db.transaction(async tx => {
      const profiles = profileRepository(tx)
      const before = found(await profiles.find(actor.id), ENTITY)
      assertVersion(before.version, expected)
      const notifications = { ...before.notifications, ...changes.notifications }
      await profiles.update({ ...before, ...changes, notifications })
      const after = found(await profiles.find(actor.id), ENTITY)
      await parts.audit.record(tx, actor, { action: 'update', entityType: ENTITY, entityId: actor.id, before, after })
      return after
    }),

  changePassword: (actor: Principal, change: PasswordChange): Promise<void> => changePassword(parts, actor, change),
})

/** Ends all access of the actor but the session that asks. */
async function changePassword(parts: Parts, actor: Principal, change: PasswordChange): Promise<void> {
  const { db, audit, passwords } = parts
  const { id } = actor
  const { email, name, passwordHash: verified } = found(await profileRepository(db).credentials(id), ENTITY)
  if (verified === null) throw new NoPassword()
  if (!(await passwords.verify(change.current, verified))) throw new WrongPassword()
  await passwords.assertStrong(change.new, { email, name }, '/new')
  const passwordHash = await passwords.hash(change.new)
  const swapped = await db.transaction(tx => swap(tx, audit, actor, { id, verified, passwordHash }))
  // The password changed during the check, or a sign-in renewed its hash: check again.
  if (!swapped) return changePassword(parts, actor, change)
}

/** The journal learns that there is a new password, and nothing of it. */
async function swap(tx: Transaction, audit: AuditLogger, actor: Principal, wanted: PasswordSwap): Promise<boolean> {
  const { changes } = await profileRepository(tx).swapPassword(wanted)
  if (changes === 0) return false
  await endAccess(tx, actor.id, actor.sessionId)
  const after = { password: 'changed' }
  await audit.record(tx, actor, { action: 'password', entityType: ENTITY, entityId: actor.id, after })
  return true
}
