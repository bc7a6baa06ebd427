import { fileURLToPath } from 'node:url'
import { resolve } from 'node:path'
import type { Database, DatabaseOptions } from './database.ts'
import { openSqlite } from './sqlite.ts'

/** An opened database with the folder that holds its migrations. */
export interface OpenedDatabase {
  readonly database: Database
  readonly migrations: string
}

/**
 * Opens the database that a URL names: `file:./data/panelist.db`, relative to the working directory, or an absolute
 * path. Throws a sentence when no driver serves the URL.
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): OpenedDatabase {
  if (!url.startsWith('file:')) throw new Error(`DATABASE_URL must begin with file:, not ${url.split(':')[0] ?? ''}:`)
  const database = openSqlite(resolve(url.slice('file:'.length)), options)
  return { database, migrations: fileURLToPath(new URL('./migrations/sqlite/', import.meta.url)) }
}
