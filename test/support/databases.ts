// Fresh, migrated databases for tests: one a test, of every driver, removed afterwards.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from '../../db/database.ts'
import { migrate } from '../../db/migrate.ts'
import { openDatabase } from '../../db/open.ts'
import { openSqlite, type SqliteOptions } from '../../db/sqlite.ts'

export interface TestDatabase {
  readonly database: Database
  readonly url: string
  /** The file, for drivers that have one. */
  readonly path?: string
  /** Closes the database and deletes it. */
  close(): Promise<void>
}

export interface SqliteTestDatabase extends TestDatabase {
  readonly path: string
}

export interface TestDriver {
  readonly name: string
  open(): Promise<TestDatabase>
}

/** Every driver there is to test on, for `describe.each(drivers)('… on $name', …)`. */
export const drivers: TestDriver[] = [{ name: 'sqlite', open: () => openSqliteForTest() }]

/** A migrated SQLite database, with the driver's own options where a test needs them. */
export async function openSqliteForTest(options: SqliteOptions = {}): Promise<SqliteTestDatabase> {
  const folder = temporaryFolder()
  const path = join(folder, 'panelist.db')
  writeFileSync(path, await template())
  const database = openSqlite(path, options)
  return {
    database,
    url: `file:${path}`,
    path,
    close: async () => {
      await database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** An empty folder of its own; the caller removes it. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'panelist-test-'))
}

/** The folder of the real SQLite migrations. */
export const sqliteMigrations = join(import.meta.dirname, '../../db/migrations/sqlite')

let migrated: Promise<Buffer> | undefined

/** The bytes of a migrated file. Migrating takes longer than writing them: done once a process. */
function template(): Promise<Buffer> {
  return (migrated ??= makeTemplate())
}

async function makeTemplate(): Promise<Buffer> {
  const folder = temporaryFolder()
  const path = join(folder, 'template.db')
  const { database, migrations } = openDatabase(`file:${path}`)
  await migrate(database, migrations)
  await database.close()
  const bytes = readFileSync(path)
  rmSync(folder, { recursive: true, force: true })
  return bytes
}
