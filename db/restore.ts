import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { Database } from './database.ts'
import { pendingMigrations } from './migrate.ts'
import { fileOf, migrationsFor, openDatabase, replacerOf } from './open.ts'
import { whereItLeads } from './paths.ts'

/** The tables whose rows are counted. A backup of an older release may lack some of them. */
const COUNTED_TABLES = ['users', 'interviewers', 'events', 'tasks', 'audit_logs']
const TABLES = `SELECT name FROM sqlite_schema WHERE type = 'table'`
const LAST_CHANGE = 'SELECT occurred_at AS "at" FROM audit_logs ORDER BY id DESC LIMIT 1'
/** What lets somebody in, and how it ends in a backup: sessions stay as a memory of where each account was used. */
const END_CREDENTIALS: Readonly<Record<string, string>> = {
  sessions: 'UPDATE sessions SET ended_at = :now WHERE ended_at IS NULL',
  api_tokens: 'DELETE FROM api_tokens',
  feeds: 'DELETE FROM feeds',
  email_confirmations: 'DELETE FROM email_confirmations',
}
const CHECK = 'PRAGMA integrity_check(1)'

export interface Contents {
  readonly counts: readonly { readonly table: string; readonly rows: number }[]
  /** When the journal was last written to, as RFC 3339. */
  readonly lastChange: string | undefined
  /** What the next start of the program will add. */
  readonly pending: readonly string[]
}

export interface Restore {
  /** The file whose place is taken. */
  readonly path: string
  readonly contents: Contents
  /** Puts it in place; returns under which name the old file is kept, if there was one. */
  commit(): Promise<string | undefined>
  /** Leaves everything as it was. */
  giveUp(): Promise<void>
}

export interface RestoreOptions {
  /** Hears how many of how many bytes of the backup are read. */
  readonly onProgress?: (done: number, total: number) => void
  /** Lets sessions, API tokens and feeds of the backup live, also those that were ended after it was made. */
  readonly keepCredentials?: boolean
}

/**
 * Unpacks a backup beside the database of a URL and reads it through: it must be whole, sound, and of this program or an
 * older release of it. What let somebody in ends in it. Rejects with a sentence when it is not, or when a program has the database open.
 */
export async function prepareRestore(given: string, url: string, options: RestoreOptions = {}): Promise<Restore> {
  const path = fileOf(url)
  const replacer = await replacerOf(url)
  replacer.assertNotOpen(path)
  if (!existsSync(given)) throw new Error(`There is no file ${given}`)
  const backup = whereItLeads(resolve(given)) // its checksum is beside it
  await assertWhole(backup)
  const unpacked = `${path}.restore`
  const giveUp = async () => {
    for (const end of ['', '-wal', '-shm', '-journal']) await rm(unpacked + end, { force: true })
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await giveUp() // what one before left behind that was killed
  try {
    await unpack(backup, unpacked, options)
    const contents = await contentsOf(`file:${unpacked}`, options)
    await syncToDisk(unpacked)
    const commit = async () => {
      const kept = `${path}.before-restore-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
      const isThere = existsSync(path)
      replacer.replaceFile(path, unpacked, kept)
      await syncToDisk(dirname(path))
      return isThere ? kept : undefined
    }
    return { path, contents, commit, giveUp }
  } catch (error) {
    await giveUp()
    throw error
  }
}

/** Compares it with the checksum beside it, if there is one. */
async function assertWhole(backup: string): Promise<void> {
  const log = await stat(`${backup}-wal`).catch(() => undefined)
  if (log && log.size > 0) throw new Error(`${backup} has a log beside it, so it is not a backup`)
  if (!existsSync(`${backup}.sha256`)) return
  const [expected] = (await readFile(`${backup}.sha256`, 'utf8')).split(' ')
  const hash = createHash('sha256')
  await pipeline(createReadStream(backup), hash)
  if (hash.digest('hex') !== expected) throw new Error(`${basename(backup)} is not what its checksum was made of`)
}

async function unpack(backup: string, target: string, { onProgress }: RestoreOptions): Promise<void> {
  const { size } = await stat(backup)
  let done = 0
  async function* counted(chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      done += chunk.length
      onProgress?.(done, size)
      yield chunk
    }
  }
  const source = createReadStream(backup)
  const file = createWriteStream(target, { flags: 'wx', mode: 0o600 })
  const isPacked = await startsAsGzip(backup)
  const unpacking = isPacked ? pipeline(source, counted, createGunzip(), file) : pipeline(source, counted, file)
  await unpacking.catch((error: unknown) => {
    throw new Error(`${basename(backup)} cannot be unpacked`, { cause: error })
  })
}

/** RFC 1952, section 2.3.1. */
async function startsAsGzip(backup: string): Promise<boolean> {
  const file = await open(backup)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0).finally(() => file.close())
  return bytesRead === 2 && buffer.readUInt16BE() === 0x1f_8b
}

async function contentsOf(url: string, { keepCredentials = false }: RestoreOptions): Promise<Contents> {
  const { database, migrations } = await openDatabase(url)
  try {
    const found = await database.one<{ integrity_check: string }>(CHECK)
    if (found?.integrity_check !== 'ok') throw new Error(`The backup is damaged: ${String(found?.integrity_check)}`)
    const pending = await pendingMigrations(database, migrations)
    const all = await pendingMigrations(undefined, migrationsFor(url))
    if (pending.length === all.length) throw new Error('The backup is not one of Panelist')
    if (!keepCredentials) await endCredentials(database)
    return { pending, ...(await countsOf(database)) }
  } finally {
    await database.close()
  }
}

/** A backup knows nothing of what was revoked after it. Passwords are left as they are. */
async function endCredentials(database: Database): Promise<void> {
  const tables = await tablesOf(database)
  const now = new Date().toISOString()
  await database.transaction(async tx => {
    for (const [table, end] of Object.entries(END_CREDENTIALS)) {
      if (tables.has(table)) await tx.run(end, end.includes(':now') ? { now } : {})
    }
  })
}

async function tablesOf(database: Database): Promise<Set<string>> {
  return new Set((await database.many<{ name: string }>(TABLES)).map(({ name }) => name))
}

async function countsOf(database: Database): Promise<Pick<Contents, 'counts' | 'lastChange'>> {
  const tables = await tablesOf(database)
  const counts: { table: string; rows: number }[] = []
  for (const table of COUNTED_TABLES.filter(name => tables.has(name))) {
    const row = await database.one<{ rows: number }>(`SELECT count(*) AS rows FROM ${table}`)
    counts.push({ table, rows: row?.rows ?? 0 })
  }
  const last = tables.has('audit_logs') ? await database.one<{ at: string }>(LAST_CHANGE) : undefined
  return { counts, lastChange: last?.at }
}

async function syncToDisk(path: string): Promise<void> {
  const file = await open(path)
  await file.sync().finally(() => file.close())
}
