import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '../db/migrate.ts'
import { openDatabase } from '../db/open.ts'
import Sqlite from '../db/sqlite/driver.mjs'

const KEPT = join(tmpdir(), 'panelist-benchmark')
const MIGRATIONS = join(import.meta.dirname, '../db/migrations/sqlite')
/** Opening a database gathers statistics, and how decides what plans its queries get. */
const DRIVER = join(import.meta.dirname, '../db/sqlite.ts')
const BATCH = 5_000
const FIRST_MOMENT = Date.parse('2026-01-01T00:00:00.000Z')

/** The one who signs in: made straight in the database, as the benchmark measures requests and not signing in. */
export const BENCHMARK_USER = { id: idOf(0, 'f'), sessionId: idOf(1, 'f'), role: 'admin' } as const

/**
 * A database file with so many interviewers and users, made once and kept in the system's folder for temporary files
 * under a name that says by which migrations. It is to be read or copied, not written to. `tell` hears of progress, 0–1.
 */
export async function preparedDatabase(rows: number, tell: (share: number) => void = () => undefined): Promise<string> {
  const key = checksum()
  const file = join(KEPT, `${key}-${rows}.db`)
  if (existsSync(file)) return file
  mkdirSync(KEPT, { recursive: true, mode: 0o700 })
  for (const old of readdirSync(KEPT)) if (!old.startsWith(key)) rmSync(join(KEPT, old), { force: true })
  const unfinished = join(KEPT, `${key}-${rows}-${process.pid}.unfinished`)
  try {
    await inProgram(unfinished)
    await fill(unfinished, rows, tell)
    await inProgram(unfinished) // gathers the statistics its first start would
    renameSync(unfinished, file)
  } finally {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${unfinished}${suffix}`, { force: true })
  }
  return file
}

/** A copy for a server that writes. */
export function copyOf(prepared: string, target: string): string {
  copyFileSync(prepared, target)
  return target
}

/** A copy for the Express program: the same tables and indexes, without the triggers only Panelist has use for. */
export function copyWithoutTriggers(prepared: string, target: string): string {
  copyFileSync(prepared, target)
  const sqlite = new Sqlite(target)
  const names = sqlite.prepare<[], string>(`SELECT name FROM sqlite_master WHERE type = 'trigger'`).pluck().all()
  for (const name of names) sqlite.exec(`DROP TRIGGER "${name}"`)
  // What ANALYZE gathered for Panelist; such a program runs without.
  const statistics = sqlite
    .prepare<[], string>(`SELECT name FROM sqlite_master WHERE name LIKE 'sqlite_stat_'`)
    .pluck()
    .all()
  for (const name of statistics) sqlite.exec(`DROP TABLE "${name}"`)
  sqlite.close()
  return target
}

/** Ids spread evenly over a prepared database, in an order that jumps about. */
export function someIds(rows: number, count: number): string[] {
  const step = Math.max(1, Math.floor(rows / count))
  return Array.from({ length: Math.min(rows, count) }, (_, index) => idOf(jump(index, count) * step, 'a'))
}

function checksum(): string {
  const hash = createHash('sha256')
  for (const file of [import.meta.filename, DRIVER]) hash.update(readFileSync(file))
  for (const name of readdirSync(MIGRATIONS).sort()) hash.update(readFileSync(join(MIGRATIONS, name)))
  return hash.digest('hex').slice(0, 16)
}

async function inProgram(file: string): Promise<void> {
  const { database, migrations } = await openDatabase(`file:${file}`)
  await migrate(database, migrations)
  await database.close()
}

async function fill(file: string, rows: number, tell: (share: number) => void): Promise<void> {
  const sqlite = new Sqlite(file)
  for (const pragma of ['synchronous = OFF', 'cache_size = -1000000', 'temp_store = MEMORY']) sqlite.pragma(pragma)
  signIn(sqlite)
  const insertUser = sqlite.prepare<[object]>(
    `INSERT INTO users (id, email, name, created_at) VALUES (@id, @email, @name, @createdAt)`,
  )
  const insertInterviewer = sqlite.prepare<[object]>(
    `INSERT INTO interviewers (id, name, email, title, department, skills, interview_types, timezone,
       buffer_after_minutes, max_per_day, created_at, updated_at)
     VALUES (@id, @name, @email, 'Staff Engineer', 'Platform', '["TypeScript","SQL"]', '["technical","system_design"]',
       'Europe/Berlin', 15, 3, @createdAt, @createdAt)`,
  )
  const batch = sqlite.transaction((from: number, to: number) => {
    for (let row = from; row < to; row++) {
      // Names in another order than ids, so that the pages of the list lie all over the table, as they would.
      const name = `Interviewer ${String(jump(row, rows)).padStart(7, '0')}`
      const createdAt = new Date(FIRST_MOMENT + row * 1000).toISOString()
      insertUser.run({ id: idOf(row, 'b'), email: `user.${row}@example.com`, name, createdAt })
      insertInterviewer.run({ id: idOf(row, 'a'), email: `interviewer.${row}@example.com`, name, createdAt })
    }
  })
  for (let row = 0; row < rows; row += BATCH) {
    batch(row, Math.min(rows, row + BATCH))
    tell(Math.min(rows, row + BATCH) / rows)
    await new Promise(resolve => setImmediate(resolve))
  }
  sqlite.pragma('wal_checkpoint(TRUNCATE)')
  sqlite.close()
}

function signIn(sqlite: Sqlite.Database): void {
  const { id, sessionId, role } = BENCHMARK_USER
  sqlite
    .prepare<[object]>(
      `INSERT INTO users (id, email, name, role) VALUES (@id, 'benchmark@example.com', 'Benchmark', @role)`,
    )
    .run({ id, role })
  sqlite
    .prepare<[object]>(
      `INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at)
       VALUES (@sessionId, @id, @now, @now, '2099-01-01T00:00:00.000Z')`,
    )
    .run({ sessionId, id, now: new Date().toISOString() })
}

/** A permutation of 0 … count − 1, as the factor is a prime greater than any count here. */
function jump(index: number, count: number): number {
  return (index * 7_368_787) % count
}

/** In the form of a UUID version 7, rising with `row`; `family` keeps the ids of different tables apart. */
function idOf(row: number, family: 'a' | 'b' | 'f'): string {
  const moment = (FIRST_MOMENT + row * 1000).toString(16).padStart(12, '0')
  return `${moment.slice(0, 8)}-${moment.slice(8)}-7000-8000-${family}${row.toString(16).padStart(11, '0')}`
}
