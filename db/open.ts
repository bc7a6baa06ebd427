import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Database, DatabaseOptions } from './database.ts'
import type { Shell, ShellOptions } from './shell.ts'
import { openSqlite } from './sqlite.ts'
import { openSqliteShell } from './sqlite/shell.ts'

/** An opened database with the folder that holds its migrations. */
export interface OpenedDatabase {
  readonly database: Database
  readonly migrations: string
}

/**
 * Opens the database that a URL names: `file:./data/panelist.db`, relative to the working directory, or an absolute
 * path; makes it when there is none. Throws a sentence when no driver serves the URL.
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): OpenedDatabase {
  return { database: openSqlite(fileOf(url), options), migrations: migrationsFor(url) }
}

/** Whether there is a database at a URL already. */
export function databaseExists(url: string): boolean {
  return existsSync(fileOf(url))
}

/** The folder of the migrations that a database at this URL needs, whether or not it is there. */
export function migrationsFor(url: string): string {
  fileOf(url)
  return fileURLToPath(new URL('./migrations/sqlite/', import.meta.url))
}

/** Opens a database that is there for somebody who types SQL. Throws a sentence when there is none. */
export function openShell(url: string, options: ShellOptions = {}): Shell {
  if (!databaseExists(url)) throw new Error(`There is no database at ${fileOf(url)}; "npm run migrate" makes it`)
  return openSqliteShell(fileOf(url), options)
}

/** The file of the database that a URL names. Throws a sentence when no driver serves the URL. */
export function fileOf(url: string): string {
  if (!url.startsWith('file:')) throw new Error(`DATABASE_URL must begin with file:, not ${url.split(':')[0] ?? ''}:`)
  return resolve(url.slice('file:'.length))
}
