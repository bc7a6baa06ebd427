import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseError, type Database, type Transaction } from './database.ts'

const MAKE_LEDGER = `CREATE TABLE IF NOT EXISTS schema_migrations (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL)`
const APPLIED = 'SELECT number, name, checksum FROM schema_migrations ORDER BY number'
const ENTER = `INSERT INTO schema_migrations (number, name, checksum, applied_at)
  VALUES (:number, :name, :checksum, :appliedAt)`

interface Applied {
  readonly number: number
  readonly name: string
  readonly checksum: string
}

interface Migration extends Applied {
  readonly sql: string
}

/** The database and the program do not belong together. The message says why and what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

/**
 * Applies the migrations of a folder (`001_users.sql`, …) that the database has not had yet, in order, each in one
 * transaction, and returns their names. Refuses a database that is newer than the program or whose migrations were
 * applied from other texts. Any number of processes may call it at once. `onApplied` hears of each as it is done.
 */
export async function migrate(
  database: Database,
  folder: string,
  onApplied: (name: string) => void = () => undefined,
): Promise<string[]> {
  const migrations = await readMigrations(folder)
  if ((await pendingOf(database, migrations)).length === 0) return []
  await database.run(MAKE_LEDGER)
  const done: string[] = []
  for (const migration of migrations) {
    if (!(await database.transaction(tx => apply(tx, migration, migrations)))) continue
    done.push(migration.name)
    onApplied(migration.name)
  }
  return done
}

/** The names of the migrations that are still to be applied: all of them without a database. Changes nothing. */
export async function pendingMigrations(database: Database | undefined, folder: string): Promise<string[]> {
  return (await pendingOf(database, await readMigrations(folder))).map(({ name }) => name)
}

/** Only reads: a database that needs nothing is not written to. */
async function pendingOf(database: Database | undefined, migrations: readonly Migration[]): Promise<Migration[]> {
  const ledger = database ? await database.many<Applied>(APPLIED).catch(whenFresh) : []
  assertSameHistory(ledger, migrations)
  return migrations.slice(ledger.length)
}

/** There is no ledger to read before the first migration. */
function whenFresh(error: unknown): Applied[] {
  if (error instanceof DatabaseError && !error.unavailable) return []
  throw error
}

async function apply(tx: Transaction, migration: Migration, all: readonly Migration[]): Promise<boolean> {
  const ledger = await tx.many<Applied>(APPLIED)
  assertSameHistory(ledger, all)
  if (ledger.some(({ number }) => number === migration.number)) return false
  await tx.script(migration.sql)
  const { number, name, checksum } = migration
  await tx.run(ENTER, { number, name, checksum, appliedAt: new Date().toISOString() })
  return true
}

function assertSameHistory(ledger: readonly Applied[], migrations: readonly Migration[]): void {
  const known = new Map(migrations.map(migration => [migration.number, migration]))
  for (const { number, name, checksum } of ledger) {
    const own = known.get(number)
    if (!own) {
      throw new MigrationError(
        `This database is newer than this program: it has had migration ${name}. Start the release that made it.`,
      )
    }
    if (own.checksum !== checksum) {
      throw new MigrationError(
        `Migration ${name} was applied from another text than this program carries. Applied migrations never change.`,
      )
    }
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.sql')).sort()
  return Promise.all(
    names.map(async (name, index) => {
      const number = index + 1
      // Without gaps and doubles what a database has had is always the beginning of what the program carries.
      if (!name.startsWith(`${String(number).padStart(3, '0')}_`)) {
        throw new MigrationError(`Migrations are numbered without gaps: number ${number} should be there, not ${name}.`)
      }
      const sql = await readFile(join(folder, name), 'utf8')
      return { number, name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}
