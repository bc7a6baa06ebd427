import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Database, DatabaseOptions, Snapshots } from './database.ts'
import { whereItLeads } from './paths.ts'
import type { Shell, ShellOptions } from './shell.ts'

/** An opened database with the folder that holds its migrations. */
export interface OpenedDatabase {
  readonly database: Database
  readonly migrations: string
}

type Driver = 'sqlite' | 'postgres'

/**
 * Opens the database that a URL names: `file:./data/panelist.db`, relative to the working directory, or an absolute
 * path, which is made when it does not exist; or `postgres://user:password@host:5432/name`, which somebody must have
 * created. Loads the driver that serves it, and no other. Rejects with a sentence when that cannot be.
 */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<OpenedDatabase> {
  return { database: await open(url, options), migrations: migrationsFor(url) }
}

async function open(url: string, options: DatabaseOptions): Promise<Database> {
  if (driverOf(url) === 'postgres') {
    const { openPostgres } = await import('./postgres.ts')
    return openPostgres(url, options)
  }
  const { openSqlite } = await import('./sqlite.ts')
  return openSqlite(fileOf(url), options)
}

/** Whether there is a database at a URL already, as far as that can be seen without opening it. */
export function databaseExists(url: string): boolean {
  return driverOf(url) === 'postgres' || existsSync(fileOf(url))
}

/** The folder of the migrations that a database at this URL needs, whether or not it is there. */
export function migrationsFor(url: string): string {
  return fileURLToPath(new URL(`./migrations/${driverOf(url)}/`, import.meta.url))
}

/** Opens a database that is there for somebody who types SQL. Rejects with a sentence when there is none. */
export async function openShell(url: string, options: ShellOptions = {}): Promise<Shell> {
  if (driverOf(url) === 'postgres') {
    throw new Error('This shell is for a database in a file; PostgreSQL brings its own: psql "$DATABASE_URL"')
  }
  if (!databaseExists(url)) throw new Error(`There is no database at ${fileOf(url)}; "npm run migrate" makes it`)
  const { openSqliteShell } = await import('./sqlite/shell.ts')
  return openSqliteShell(fileOf(url), options)
}

/** What makes copies of the database of a URL, which it need not be able to write to. */
export interface OpenedSnapshots {
  readonly snapshots: Snapshots
  readonly close: () => void
}

/** Opens a database in a file to be copied and nothing else. Rejects with a sentence when there is none. */
export async function openSnapshots(url: string): Promise<OpenedSnapshots> {
  if (driverOf(url) === 'postgres') throw new Error('PostgreSQL is backed up by its own means: pg_dump "$DATABASE_URL"')
  if (!databaseExists(url)) throw new Error(`There is no database at ${fileOf(url)}`)
  const [{ readableFile }, { FileSnapshots }] = await Promise.all([
    import('./sqlite/readable.ts'),
    import('./sqlite/snapshots.ts'),
  ])
  const { path, release } = readableFile(fileOf(url))
  return { snapshots: new FileSnapshots(path), close: release }
}

/** See db/sqlite/replacement.ts. */
export interface Replacer {
  assertNotOpen(path: string): void
  replaceFile(path: string, replacement: string, kept: string): void
}

/** What puts another file in the place of the database of a URL. Rejects with a sentence when it is in no file. */
export async function replacerOf(url: string): Promise<Replacer> {
  fileOf(url)
  return import('./sqlite/replacement.ts')
}

/** The file of the database that a URL names, with every link followed: its log is beside it. Throws a sentence when it is in no file. */
export function fileOf(url: string): string {
  if (driverOf(url) !== 'sqlite') throw new Error('DATABASE_URL must begin with file: for this; it names a server')
  return whereItLeads(resolve(url.slice('file:'.length)))
}

function driverOf(url: string): Driver {
  if (url.startsWith('file:')) return 'sqlite'
  if (/^postgres(ql)?:\/\//.test(url)) return 'postgres'
  throw new Error(`DATABASE_URL must begin with file: or postgres://, not ${url.split(':')[0] ?? ''}:`)
}
