import type { Database } from '../../db/database.ts'
import { accountsRepository, type User } from '../../domain/accounts/account.ts'
import type { Interviewer } from '../../features/interviewers/schemas.ts'
import { interviewersService } from '../../features/interviewers/service.ts'
import { passwords } from '../../plugins/passwords.ts'
import { userCountService } from '../../features/usercount/service.ts'
import { usersService } from '../../features/users/service.ts'
import { commandLine } from '../../plugins/actor.ts'
import { auditLogger } from '../../plugins/audit-logger.ts'
import { idempotency } from '../../plugins/idempotency.ts'
import { keptPassword, newPassword } from './sign-in.ts'
import { handOutTasks } from './tasks.ts'

/** Whom one can sign in as. The admin comes last: once there is one, the others are there. */
export const DEMO_ACCOUNTS = {
  interviewer: 'interviewer@demo.example',
  talent: 'talent@demo.example',
  admin: 'admin@demo.example',
} as const
const ADDRESSES: readonly string[] = Object.values(DEMO_ACCOUNTS)

/** Whether the demo accounts are to be made: on a database without users, or where making them was interrupted. */
export async function wantsDemoAccounts(database: Database, databaseFile: string): Promise<boolean> {
  const { totalUsers } = await userCountService({ db: database, audit: auditLogger }).read()
  if (totalUsers === 0) return true
  const present = await presentAccounts(database)
  const begun = present.length === totalUsers && present.length < ADDRESSES.length
  return begun && keptPassword(databaseFile) !== undefined
}

/** The password to sign in with on this database; undefined when it has users, but not the demo accounts. */
export async function demoPassword(database: Database, databaseFile: string): Promise<string | undefined> {
  const present = await presentAccounts(database)
  return present.length > 0 ? keptPassword(databaseFile) : undefined
}

/** Makes those demo accounts that are missing, one of them for `interviewer`, all with one password; gives them work. */
export async function makeDemoAccounts(database: Database, file: string, interviewer: Interviewer): Promise<void> {
  const present = await presentAccounts(database)
  // Kept before the first account is made: nobody shall have an account with a password that is lost.
  const password = (present.length > 0 ? keptPassword(file) : undefined) ?? newPassword(file)
  const parts = { db: database, audit: auditLogger, idempotency: idempotency(database), passwords: passwords() }
  const users = usersService(parts)
  const account = async (role: User['role'], name: string) => {
    const email = DEMO_ACCOUNTS[role]
    const there = present.find(user => user.email === email)
    return there ?? (await users.create(commandLine, { email, name, role, password }))
  }
  const { id: userId } = await account('interviewer', interviewer.name)
  const interviewers = interviewersService(parts)
  if (interviewer.userId === null) await interviewers.update(commandLine, interviewer.id, { userId }, undefined)
  await account('talent', 'Robin Talent')
  await account('admin', 'Alex Admin')
  await handOutTasks(database, await presentAccounts(database))
}

/** Those demo accounts that are there. */
export async function presentAccounts(database: Database): Promise<User[]> {
  const accounts = accountsRepository(database)
  const found = await Promise.all(ADDRESSES.map(email => accounts.findByEmail(email)))
  return found.flatMap(user => user ?? [])
}
