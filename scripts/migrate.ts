// `npm run migrate`: brings the database that DATABASE_URL names up to date, or with --dry-run says what that would take.
import { Command } from 'commander'
import type { Database } from '../db/database.ts'
import { migrate, pendingMigrations } from '../db/migrate.ts'
import { databaseExists, migrationsFor, openDatabase } from '../db/open.ts'
import { loadConfig } from '../plugins/config.ts'
import { runProgram } from './command-line.ts'

const program = new Command('migrate')
  .description('Applies the migrations that the database (DATABASE_URL) has not had yet.')
  .option('--dry-run', 'list what is pending and change nothing')
  .action(async ({ dryRun = false }: { dryRun?: boolean }) => {
    const { DATABASE_URL } = loadConfig()
    await (dryRun ? listPending(DATABASE_URL) : applyPending(DATABASE_URL))
  })

async function applyPending(url: string): Promise<void> {
  const { database, migrations } = await openDatabase(url)
  await closing(database, async () => {
    const applied = await migrate(database, migrations, name => say(`applied  ${name}`))
    say(applied.length === 0 ? 'The database is up to date.' : `${counted(applied)} applied.`)
  })
}

/** Opening a database creates it, so a missing one is left alone. */
async function listPending(url: string): Promise<void> {
  const database = databaseExists(url) ? (await openDatabase(url)).database : undefined
  await closing(database, async () => {
    const pending = await pendingMigrations(database, migrationsFor(url))
    for (const name of pending) say(`pending  ${name}`)
    say(pending.length === 0 ? 'The database is up to date.' : `${counted(pending)} pending; nothing was changed.`)
  })
}

async function closing(database: Database | undefined, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } finally {
    await database?.close()
  }
}

function counted(names: readonly string[]): string {
  return names.length === 1 ? '1 migration is' : `${names.length} migrations are`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

await runProgram(program)
