// Fresh, migrated databases for tests: one a test, of every driver, removed afterwards.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from '../../db/database.ts'
import { inject } from 'vitest'
import { migrate } from '../../db/migrate.ts'
import { openDatabase } from '../../db/open.ts'
import { openSqlite, type SqliteOptions } from '../../db/sqlite.ts'
import { createDatabase, dropDatabase, withName, type ProvidedPostgres } from './postgres-server.ts'

export interface TestDatabase {
  readonly database: Database
  readonly url: string
  /** Closes the database and deletes it. */
  close(): Promise<void>
}

/** Where a database of a test is, with a folder for the files beside it. */
export interface TestPlace {
  readonly url: string
  readonly folder: string
  /** Deletes both. */
  remove(): Promise<void>
}

export interface SqliteTestDatabase extends TestDatabase {
  readonly path: string
}

export interface TestDriver {
  readonly name: 'sqlite' | 'postgres'
  /** A migrated database that nobody has opened, or one that is empty still. */
  place(state?: 'migrated' | 'empty'): Promise<TestPlace>
  /** A migrated database, opened. */
  open(): Promise<TestDatabase>
}

export const sqlite: TestDriver = {
  name: 'sqlite',
  place: async (state = 'migrated') => {
    const folder = temporaryFolder()
    const path = join(folder, 'panelist.db')
    if (state === 'migrated') writeFileSync(path, await template())
    const remove = async () => rmSync(folder, { recursive: true, force: true })
    return { url: `file:${path}`, folder, remove }
  },
  open: () => openPlace(sqlite),
}

export const postgres = postgresOn(() => inject('postgres'))

/** Databases on a server of PostgreSQL that has a migrated one to copy. */
export function postgresOn(server: () => ProvidedPostgres): TestDriver {
  const driver: TestDriver = {
    name: 'postgres',
    place: async (state = 'migrated') => {
      const { url, template } = server()
      const folder = temporaryFolder()
      const name = await createDatabase(url, state === 'migrated' ? template : undefined)
      const remove = async () => {
        await dropDatabase(url, name)
        rmSync(folder, { recursive: true, force: true })
      }
      return { url: withName(url, name), folder, remove }
    },
    open: () => openPlace(driver),
  }
  return driver
}

/** Every driver there is to test on, for `describe.each(drivers)('… on $name', …)`. */
export const drivers: TestDriver[] = [sqlite, postgres]

async function openPlace(driver: TestDriver): Promise<TestDatabase> {
  const { url, remove } = await driver.place()
  const { database } = await openDatabase(url)
  return {
    database,
    url,
    close: async () => {
      await database.close()
      await remove()
    },
  }
}

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
  const { database, migrations } = await openDatabase(`file:${path}`)
  await migrate(database, migrations)
  await database.close()
  const bytes = readFileSync(path)
  rmSync(folder, { recursive: true, force: true })
  return bytes
}
