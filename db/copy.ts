/** Copies all that one database holds into another one, whichever engines serve them. Knows SQL and the port alone. */
import { existsSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs'
import type { Database, Queryable, Transaction } from './database.ts'
import { migrate, pendingMigrations } from './migrate.ts'
import { databaseExists, fileOf, migrationsFor, openDatabase } from './open.ts'
import { digestOf, insert, pagesOf, valuesOf, type CopiedTable, type Row } from './table-rows.ts'
import { tablesToCopy, type Table } from './tables.ts'

const COUNTERS = new Map([
  ['row_counts', 'SELECT table_name, total FROM row_counts ORDER BY table_name LIMIT 100'],
  ['user_stats', 'SELECT id, total_users, last_updated FROM user_stats LIMIT 2'],
])
const LAST_UPDATED = 'SELECT last_updated AS "lastUpdated" FROM user_stats WHERE id = 1'
const SET_LAST_UPDATED = 'UPDATE user_stats SET last_updated = :lastUpdated WHERE id = 1'

const COUNTS = 'SELECT table_name AS "table" FROM row_counts LIMIT 100'
const VERSIONS = 'SELECT table_name AS "table", version FROM table_versions LIMIT 100'
const SET_COUNT = (table: string) =>
  `INSERT INTO row_counts (table_name, total) VALUES (:table, (SELECT count(*) FROM ${table}))`
const SET_VERSION = 'INSERT INTO table_versions (table_name, version) VALUES (:table, :version)'

/** Runs work that writes: each in a transaction of its own, or all in one. */
type Write = (work: (tx: Transaction) => Promise<void>) => Promise<void>

export interface CopyProgress {
  readonly step: string
  readonly done: number
  readonly total: number
}

export type { CopiedTable }

/**
 * Copies the database at one URL into an empty one, or none, at another; all of it or nothing. Compares both sides at
 * the end, so nothing is kept of a source that was written to meanwhile. Rejects with a sentence when it cannot.
 */
export async function copyDatabase(
  from: string,
  to: string,
  onProgress: (progress: CopyProgress) => void = () => undefined,
): Promise<CopiedTable[]> {
  if (identityOf(from) === identityOf(to)) throw new Error('--from and --to name the same database')
  if (!databaseExists(from)) throw new Error(`There is no database at ${fileOf(from)}`)
  return opened(from, async source => {
    if ((await pendingMigrations(source, migrationsFor(from))).length > 0) {
      throw new Error('The source has not had all migrations of this program: run npm run migrate on it first')
    }
    const copy = new Copy(source, await tablesToCopy(source), onProgress)
    return isFile(to) ? intoFile(copy, realPath(to)) : intoServer(copy, to)
  })
}

/** Into a file beside the one that is asked for, which takes its name once all is well. */
async function intoFile(copy: Copy, file: string): Promise<CopiedTable[]> {
  const draft = `${file}.copying`
  await assertFree(file)
  removeDatabase(draft)
  try {
    const copied = await opened(`file:${draft}`, async target => {
      await migrate(target, migrationsFor(`file:${draft}`))
      await copy.rows(work => target.transaction(work))
      return copy.compare(target)
    })
    await assertFree(file) // still
    removeDatabase(file)
    renameSync(draft, file)
    return copied
  } finally {
    removeDatabase(draft)
  }
}

/** Into a database of a server, in one transaction. */
async function intoServer(copy: Copy, url: string): Promise<CopiedTable[]> {
  return opened(url, async target => {
    await isNew(target, url) // or up to date, lest rows of an older release are migrated
    await migrate(target, migrationsFor(url))
    return target.transaction(async tx => {
      await assertEmpty(tx)
      await copy.rows(work => work(tx))
      return copy.compare(tx)
    })
  })
}

class Copy {
  readonly #source: Database
  readonly #tables: readonly Table[]
  readonly #onProgress: (progress: CopyProgress) => void

  constructor(source: Database, tables: readonly Table[], onProgress: (progress: CopyProgress) => void) {
    this.#source = source
    this.#tables = tables
    this.#onProgress = onProgress
  }

  /** Reads each page before the transaction that writes it: in one of SQLite nothing else may be waited for. */
  async rows(write: Write): Promise<void> {
    const total = await this.#total()
    let done = 0
    const restore = await setAside(write)
    for (const table of this.#tables) {
      this.#onProgress({ step: `copying ${table.name}`, done, total })
      for await (const page of pagesOf(this.#source, table)) {
        await write(tx => insert(tx, table.name, page))
        done += page.length
        this.#onProgress({ step: `copying ${table.name}`, done, total })
      }
    }
    const stats = await this.#source.one<{ lastUpdated: string }>(LAST_UPDATED)
    await write(async tx => {
      await tx.run(SET_LAST_UPDATED, { ...stats })
      await restore(tx)
    })
  }

  /** Reads both sides once more. Throws when they differ in anything. */
  async compare(target: Queryable): Promise<CopiedTable[]> {
    const total = await this.#total()
    const copied: CopiedTable[] = []
    for (const table of this.#tables) {
      this.#onProgress({ step: `comparing ${table.name}`, done: total, total })
      const [theirs, ours] = [await digestOf(this.#source, table), await digestOf(target, table)]
      if (theirs.rows !== ours.rows || theirs.checksum !== ours.checksum) throw differing(table.name)
      copied.push(ours)
    }
    for (const [name, sql] of COUNTERS) {
      const [theirs, ours] = [await this.#source.many<Row>(sql), await target.many<Row>(sql)]
      if (JSON.stringify(theirs.map(valuesOf)) !== JSON.stringify(ours.map(valuesOf))) throw differing(name)
    }
    return copied
  }

  async #total(): Promise<number> {
    let total = 0
    for (const { name } of this.#tables) {
      total += (await this.#source.one<{ total: number }>(`SELECT count(*) AS total FROM ${name}`))?.total ?? 0
    }
    return total
  }
}

/**
 * Takes the counters away, in which every row that is written updates the same row: PostgreSQL steps over each version
 * that a transaction has left of it, which makes the square of the rows. What it returns puts them back, with the rows counted again.
 */
async function setAside(write: Write): Promise<(tx: Transaction) => Promise<void>> {
  let counts: { table: string }[] = []
  let versions: { table: string; version: number }[] = []
  await write(async tx => {
    counts = await tx.many(COUNTS)
    versions = await tx.many(VERSIONS)
    await tx.run('DELETE FROM row_counts')
    await tx.run('DELETE FROM table_versions')
  })
  return async tx => {
    for (const { table } of counts) await tx.run(SET_COUNT(table), { table })
    for (const { table, version } of versions) await tx.run(SET_VERSION, { table, version: version + 1 })
  }
}

function differing(table: string): Error {
  const counter = table === 'user_stats' ? ' (or it had miscounted before: npm run usercount:recalculate)' : ''
  return new Error(
    `${table} is not the same on both sides${counter}: the source was written to during the copy, or the copy is ` +
      'wrong. Nothing was kept; stop the program and copy again',
  )
}

/** Throws a sentence unless a file does not exist, or is a database of this program without a row. */
async function assertFree(file: string): Promise<void> {
  if (!existsSync(file) || statSync(file).size === 0) return
  const url = `file:${file}`
  await opened(url, async target => {
    if (!(await isNew(target, url))) return assertEmpty(target)
    throw new Error(`${file} exists and is not a database of this program; move it away, or name another file`)
  })
  // The last to close a database removes its log.
  if (existsSync(`${file}-wal`)) throw new Error(`${file} is in use by another program; stop that first`)
}

/** Whether a database has had no migration yet. Throws a sentence when it has had some, but not all. */
async function isNew(target: Database, url: string): Promise<boolean> {
  const pending = await pendingMigrations(target, migrationsFor(url))
  const all = await pendingMigrations(undefined, migrationsFor(url))
  if (pending.length === all.length) return true
  if (pending.length === 0) return false
  throw new Error('The target has had some migrations of this program, but not all: run npm run migrate on it first')
}

async function assertEmpty(target: Queryable): Promise<void> {
  for (const { name } of await tablesToCopy(target)) {
    if (!(await target.one(`SELECT 1 AS found FROM ${name} LIMIT 1`))) continue
    throw new Error(`The target is not empty: there are rows in ${name}. Name a new database, or one without rows`)
  }
}

async function opened<Result>(url: string, work: (database: Database) => Promise<Result>): Promise<Result> {
  const { database } = await openDatabase(url)
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

function removeDatabase(file: string): void {
  for (const path of [file, `${file}-wal`, `${file}-shm`]) rmSync(path, { force: true })
}

function isFile(url: string): boolean {
  return url.startsWith('file:')
}

function realPath(url: string): string {
  const file = fileOf(url)
  return existsSync(file) ? realpathSync(file) : file
}

/** The same for two URLs that differ only in how they sign in. */
function identityOf(url: string): string {
  if (isFile(url)) return realPath(url)
  migrationsFor(url) // throws a sentence when it names no database
  const { hostname, port, pathname } = new URL(url)
  return `${hostname}:${port || '5432'}${pathname}`
}
