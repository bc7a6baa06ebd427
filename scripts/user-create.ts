// `npm run user:create`: makes an account, the first admin above all, or resets one.
import { text } from 'node:stream/consumers'
import { Command, Option } from 'commander'
import type { Database } from '../db/database.ts'
import { accountsRepository } from '../domain/accounts/account.ts'
import { passwords } from '../plugins/passwords.ts'
import { NewUser, UserChanges } from '../features/users/schemas.ts'
import { usersService } from '../features/users/service.ts'
import { ROLES, type Role } from '../plugins/auth/identity.ts'
import { commandLine } from '../plugins/actor.ts'
import { auditLogger } from '../plugins/audit-logger.ts'
import { loadConfig } from '../plugins/config.ts'
import { found } from '../plugins/errors.ts'
import { idempotency } from '../plugins/idempotency.ts'
import { assertBody } from '../plugins/validation.ts'
import { runProgram, withDatabase } from './command-line.ts'
import { hiddenPrompt } from './hidden-prompt.ts'

interface Options {
  readonly email: string
  readonly name?: string
  readonly role?: Role
  readonly passwordStdin?: true
  readonly reset?: true
}

const program = new Command('user-create')
  .description('Makes an account in the database that DATABASE_URL names. The password is never an argument.')
  .requiredOption('--email <address>', 'the address to sign in with')
  .option('--name <name>', 'the name of the person')
  .addOption(new Option('--role <role>', 'the role of the account (default: interviewer)').choices(ROLES))
  .option('--password-stdin', 'read the password from standard input instead of asking for it')
  .option(
    '--reset',
    'give an existing account a new password, and the role and name if given; ends its sessions, API tokens and feeds',
  )
  .action(async (options: Options) => {
    const { DATABASE_URL } = loadConfig()
    const password = await readPassword(options)
    await withDatabase(DATABASE_URL, async database => {
      const users = usersService({
        db: database,
        audit: auditLogger,
        idempotency: idempotency(database),
        passwords: passwords(),
      })
      const done = options.reset ? reset(users, database, options, password) : create(users, options, password)
      process.stdout.write(`${await done}\n`)
    })
  })

type Users = ReturnType<typeof usersService>

async function create(users: Users, { email, name, role }: Options, password: string): Promise<string> {
  if (name === undefined) throw new Error('A new account needs a name: --name "Ada Lovelace"')
  const body = { email, name, password, ...(role && { role }) }
  assertBody(NewUser, body)
  const user = await users.create(commandLine, body)
  return `${user.name} <${user.email}> can sign in as ${user.role}.`
}

async function reset(users: Users, database: Database, options: Options, password: string): Promise<string> {
  const { email, name, role } = options
  const { id } = found(await accountsRepository(database).findByEmail(email), `account as ${email}`)
  const changes = { password, ...(name !== undefined && { name }), ...(role && { role }) }
  assertBody(UserChanges, changes)
  const user = await users.update(commandLine, id, changes, undefined)
  const able = user.status === 'active' ? `can sign in as ${user.role}` : 'is disabled, which an admin can change'
  return `${user.name} <${user.email}> has a new password and ${able}.`
}

async function readPassword({ passwordStdin }: Options): Promise<string> {
  if (passwordStdin) return (await text(process.stdin)).replace(/\r?\n$/, '')
  if (!process.stdin.isTTY) throw new Error('There is no terminal to ask for the password on; use --password-stdin')
  const password = await hiddenPrompt('Password: ')
  if ((await hiddenPrompt('Once more: ')) !== password) throw new Error('The two passwords differ; nothing was changed')
  return password
}

await runProgram(program)
