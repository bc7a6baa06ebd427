import { chmodSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as nextLoop, setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { TransactionMisuse, type Transaction } from '../../db/database.ts'
import { openSqlite, type SqliteOptions } from '../../db/sqlite.ts'
import { openSqliteForTest, temporaryFolder, type SqliteTestDatabase } from '../support/databases.ts'
import { eventually } from '../support/eventually.ts'
import { lockHolder, run, type Program } from '../support/programs.ts'
import { countOf, insertUser } from '../support/rows.ts'

describe('SQLite behind the port', () => {
  let opened: SqliteTestDatabase | undefined
  let folder: string
  const open = async (options?: SqliteOptions) => (opened = await openSqliteForTest(options))

  beforeEach(() => {
    folder = temporaryFolder()
  })
  afterEach(async () => {
    await opened?.close()
    opened = undefined
    rmSync(folder, { recursive: true, force: true })
  })

  describe('group commit', () => {
    // A batch ends after 10 ms: by a clock that stands still, it holds what a test puts into it.
    beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
    afterEach(() => void vi.useRealTimers())

    it('lets transactions that wait share one commit', async () => {
      const { database } = await open()
      const before = database.stats()
      await Promise.all(Array.from({ length: 50 }, (_, index) => insertUser(database, `u${index}`)))
      const after = database.stats()
      expect(after.transactions - before.transactions).toBe(50)
      expect(after.commits - before.commits).toBeLessThanOrEqual(5)
    })

    it('takes no more than 500 transactions into one commit', async () => {
      const { database } = await open()
      await Promise.all(Array.from({ length: 1_200 }, () => database.run('UPDATE row_counts SET total = total + 1')))
      expect(database.stats().commits).toBeGreaterThanOrEqual(3)
    })

    it.each<[string, () => Promise<unknown>]>([
      ['the next tick', () => new Promise<void>(resolve => process.nextTick(resolve))],
      ['a timer', () => sleep(0)],
      ['the next turn of the event loop', () => nextLoop()],
      ['a file', () => readFile(import.meta.filename)],
    ])('refuses a transaction that awaits %s, with a sentence, and goes on with the others', async (_what, wait) => {
      const { database } = await open()
      const waits = async (tx: Transaction) => {
        await insertUser(tx, 'waits')
        await wait()
        await insertUser(tx, 'after')
      }
      const [before, waiting, after] = await Promise.allSettled([
        insertUser(database, 'a'),
        database.transaction(waits),
        insertUser(database, 'b'),
      ])
      expect([before.status, after.status]).toEqual(['fulfilled', 'fulfilled'])
      expect(waiting).toEqual({
        status: 'rejected',
        reason: new TransactionMisuse('inside a transaction await nothing but its tx: no file, no network, no timer'),
      })
      await sleep(5) // what was still awaited comes back, and finds its tx dead
      expect(await database.many('SELECT id FROM users ORDER BY id')).toEqual([{ id: 'a' }, { id: 'b' }])
    })

    it('refuses a transaction that awaits another transaction, instead of waiting for ever', async () => {
      const { database } = await open()
      let second: Promise<unknown> = Promise.resolve()
      const first = database.transaction(async () => second)
      second = database.transaction(async () => first)
      const outcomes = await Promise.allSettled([first, second])
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    })

    it('takes on 10,000 waiting transactions and refuses the next as unavailable', async () => {
      const { database } = await open()
      const waiting = Array.from({ length: 10_000 }, () => database.transaction(async () => 1))
      await expect(insertUser(database, 'one-too-many')).rejects.toMatchObject({
        name: 'DatabaseError',
        unavailable: true,
      })
      expect(await Promise.all(waiting)).toHaveLength(10_000)
      await insertUser(database, 'later')
      expect(await countOf(database, 'users')).toBe(1)
    })

    it('rejects every transaction of a batch whose transaction SQL has ended, and goes on with the next batch', async () => {
      const { database } = await open()
      const beside = insertUser(database, 'beside')
      const ends = database.transaction(async tx => {
        await tx.script('ROLLBACK').catch(() => undefined)
        await insertUser(tx, 'alone').catch(() => undefined) // would commit by itself
      })
      const outcomes = await Promise.allSettled([beside, ends])
      expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
      expect(await countOf(database, 'users')).toBe(0)
      await insertUser(database, 'next')
      expect(await countOf(database, 'users')).toBe(1)
    })
  })

  describe('the file', () => {
    it('is made with its folder, readable by its owner alone', () => {
      const path = join(folder, 'data/panelist.db')
      const database = openSqlite(path)
      expect(modeOf(join(folder, 'data'))).toBe('700')
      expect([path, `${path}-wal`, `${path}-shm`].map(modeOf)).toEqual(['600', '600', '600'])
      return database.close()
    })

    it('is closed to others even when it was open to them before', async () => {
      const path = join(folder, 'panelist.db')
      writeFileSync(path, '')
      chmodSync(path, 0o644)
      const database = openSqlite(path)
      expect(modeOf(path)).toBe('600')
      await database.close()
    })

    it('is refused with a sentence when it is no database', () => {
      const path = join(folder, 'panelist.db')
      writeFileSync(path, 'Dear diary, '.repeat(1_000))
      expect(() => openSqlite(path)).toThrow(`${path} cannot be opened: file is not a database`)
    })

    it('is refused with a sentence when it is a folder', () => {
      const path = join(folder, 'panelist.db')
      mkdirSync(path)
      expect(() => openSqlite(path)).toThrow(`${path} cannot be opened: `)
    })

    it('is refused with a sentence when a page of it is damaged', async () => {
      const { database, path } = await open()
      await insertManyUsers(database)
      await database.close()
      await damage(path)
      expect(() => openSqlite(path)).toThrow(/cannot be opened: (the file is damaged|database disk image is malformed)/)
    })

    it('found damaged while open is told once, makes the database unhealthy and ends writing', async () => {
      const faults: string[] = []
      const { database, path } = await open({ onFault: reason => faults.push(reason) })
      await insertManyUsers(database)
      await database.close()

      const reopened = openSqlite(path, { onFault: reason => faults.push(reason) })
      await reopened.run(`UPDATE row_counts SET total = 1 WHERE table_name = 'events'`) // drops what its reader has cached
      await damage(path)
      await expect(reopened.many('SELECT * FROM users ORDER BY id')).rejects.toMatchObject({ unavailable: true })
      await expect(reopened.many('SELECT * FROM users ORDER BY id')).rejects.toMatchObject({ unavailable: true })
      expect(reopened.health()).toEqual({ writable: false, reason: 'the database file is damaged' })
      await expect(insertUser(reopened, 'late')).rejects.toMatchObject({ name: 'DatabaseError', unavailable: true })
      expect(faults).toEqual(['the database file is damaged'])
      await reopened.close()
    })
  })

  describe('another process that holds the lock', () => {
    let holder: Program | undefined
    const lock = async (path: string) => {
      const started = await lockHolder(path)
      holder = started
      return started
    }
    afterEach(async () => {
      holder?.process.kill('SIGKILL')
      await holder?.finished
      holder = undefined
    })

    it('is waited for without blocking the event loop or reads, and then the write succeeds', async () => {
      const { database, path } = await open()
      const { letGo } = await lock(path)
      let written = false
      const write = insertUser(database, 'a').then(() => (written = true))
      for (let turn = 0; turn < 100; turn += 1) {
        await sleep(1)
        expect(await countOf(database, 'users')).toBe(0)
      }
      expect(written).toBe(false)
      await letGo()
      await write
      expect(await countOf(database, 'users')).toBe(1)
    })

    it('beyond patience makes everything that waited unavailable, and writing goes on once it is gone', async () => {
      const { database, path } = await open({ lockPatienceMs: 50 })
      const { letGo } = await lock(path)
      const waiting = Array.from({ length: 600 }, (_, index) => insertUser(database, `u${index}`))
      const outcomes = await Promise.allSettled(waiting)
      const refusal = { status: 'rejected', reason: { name: 'DatabaseError', unavailable: true } }
      expect(outcomes).toMatchObject(outcomes.map(() => refusal))
      expect(database.health()).toEqual({ writable: true })
      await letGo()
      await insertUser(database, 'a')
      expect(await database.many('SELECT id FROM users')).toEqual([{ id: 'a' }])
    })
  })

  describe('the log', () => {
    it('is folded back into the file when it has grown beyond its limit, while writing goes on, and nothing is lost', async () => {
      const { database, path } = await open({ checkpointBytes: 200_000 })
      let largest = 0
      for (let round = 0; round < 40; round += 1) {
        await Promise.all(Array.from({ length: 50 }, (_, index) => insertUser(database, `u${round}-${index}`)))
        largest = Math.max(largest, logSize(path))
      }
      expect(largest).toBeGreaterThan(200_000)
      await eventually(async () => {
        await database.run(`UPDATE row_counts SET total = total + 1 WHERE table_name = 'events'`)
        expect(logSize(path)).toBeLessThan(200_000)
      })
      expect(await countOf(database, 'users')).toBe(2_000)
      expect(await database.one('SELECT total_users FROM user_stats')).toEqual({ total_users: 2_000 })
      expect(await database.one('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' })
    })

    it('is finished being folded back before closing ends, whenever closing begins', async () => {
      for (let round = 0; round < 10; round += 1) {
        const { database } = await open({ checkpointBytes: 20_000 })
        await Promise.all(Array.from({ length: 40 }, (_, index) => insertUser(database, `u${round}-${index}`)))
        await sleep(round * 10)
        await opened?.close()
        expect(database.health()).toEqual({ writable: true })
      }
    })
  })
})

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8)
}

function logSize(path: string): number {
  return statSync(`${path}-wal`).size
}

async function insertManyUsers(database: SqliteTestDatabase['database']): Promise<void> {
  await database.transaction(async tx => {
    for (let index = 0; index < 2_000; index += 1) await insertUser(tx, `user-${index}`)
  })
}

/** Fakes a disk that has lost the second half of the file. In a process of its own: see makeFile() in db/sqlite.ts. */
async function damage(path: string): Promise<void> {
  const half = Math.floor(statSync(path).size / 8192) * 4096
  const program = `const fs = require('fs'); const file = fs.openSync(process.argv[1], 'r+')
    fs.writeSync(file, Buffer.alloc(${half}, 0xff), 0, ${half}, ${half}); fs.closeSync(file)`
  expect(await run(process.execPath, ['-e', program, path])).toMatchObject({ end: 0 })
}
