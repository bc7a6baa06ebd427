// The files of a database that is open: what becomes of writes when somebody removes or replaces them, or a disk is full.
import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openSqlite, type SqliteOptions } from '../../db/sqlite.ts'
import { openSqliteForTest, temporaryFolder, type SqliteTestDatabase } from '../support/databases.ts'
import { countOf, insertUser } from '../support/rows.ts'

const LOST = 'the database file or its log was removed or replaced while it was in use'

let folder: string
let opened: SqliteTestDatabase
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  await opened.close()
  rmSync(folder, { recursive: true })
})

/** Opens a copy of a file without its log. */
async function usersIn(file: string): Promise<number> {
  const copy = join(folder, 'copy.db')
  copyFileSync(file, copy)
  const database = openSqlite(copy)
  const users = await countOf(database, 'users')
  await database.close()
  return users
}

const open = async (options?: SqliteOptions) => (opened = await openSqliteForTest(options))

describe('F31 a database whose files are no longer those it opened', () => {
  const moved = (path: string) => `${path}.moved`
  it.each<[string, (path: string) => void, (path: string) => string]>([
    ['its file is moved away', path => renameSync(path, moved(path)), moved],
    [
      'its file is replaced by a copy',
      path => {
        renameSync(path, moved(path))
        copyFileSync(moved(path), path)
      },
      moved,
    ],
    ['its log is removed', path => rmSync(`${path}-wal`), path => path],
    ['the index of its log is removed', path => rmSync(`${path}-shm`), () => ''],
  ])('acknowledges no write once %s, and keeps what it had acknowledged', async (_what, take, left) => {
    const faults: string[] = []
    const { database, path } = await open({ onFault: reason => faults.push(reason) })
    for (const id of ['one', 'two', 'three']) await insertUser(database, id)
    expect(database.health()).toEqual({ writable: true })
    take(path)
    await expect(insertUser(database, 'lost')).rejects.toMatchObject({ unavailable: true })
    expect(database.health()).toEqual({ writable: false, reason: LOST })
    expect(faults).toEqual([LOST])
    await expect(insertUser(database, 'later')).rejects.toMatchObject({ unavailable: true })
    expect(await countOf(database, 'users')).toBeGreaterThanOrEqual(3)
    if (left(path) !== '') expect(await usersIn(left(path))).toBeGreaterThanOrEqual(3)
  })

  it('says so also when nobody writes', async () => {
    const fault = new Promise<string>(resolve => {
      void open({ lookMs: 5, onFault: resolve }).then(({ path }) => renameSync(path, moved(path)))
    })
    expect(await fault).toBe(LOST)
  })

  it('leaves alone the log of the database that has taken its place', async () => {
    const { database, path } = await open()
    await insertUser(database, 'one')
    for (const end of ['', '-wal', '-shm']) renameSync(path + end, `${moved(path)}${end}`)
    copyFileSync(moved(path), path)
    const other = openSqlite(path)
    await insertUser(other, 'of the other')
    await expect(insertUser(database, 'lost')).rejects.toThrow()
    await database.close()
    expect(existsSync(`${path}-wal`)).toBe(true)
    expect(await other.one('SELECT id FROM users WHERE id = :id', { id: 'of the other' })).toBeDefined()
    await other.close()
  })
})

it('F31 a copy of the file of a quiet database, without its log, is a whole one', async () => {
  const { database, path } = await open({ lookMs: 5 })
  for (let user = 0; user < 20; user += 1) await insertUser(database, `user-${user}`)
  await expect.poll(() => usersIn(path)).toBe(20)
  await insertUser(database, 'another')
  await expect.poll(() => usersIn(path)).toBe(21)
  expect(database.health()).toEqual({ writable: true })
})

it('F32 a database on a full disk says so while writes fail, and by itself when there is room again', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }) // it looks when the test says so
  const { database } = await open()
  // SQLite takes the limit for the end of the disk.
  await database.transaction(tx => tx.script('PRAGMA max_page_count = 1'))
  const long = { text: 'x'.repeat(100_000) }
  const write = () => database.run(`UPDATE row_counts SET table_name = table_name || :text`, long)
  const then = await write().then(
    () => expect.fail('it was written'),
    () => database.health(),
  )
  expect(then).toEqual({ writable: false, reason: 'the disk is full' })
  expect(await countOf(database, 'users')).toBe(0)
  vi.advanceTimersByTime(1_000)
  vi.useRealTimers()
  await expect.poll(() => database.health()).toEqual({ writable: true })
})
