import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  ConstraintError,
  DatabaseError,
  TransactionMisuse,
  type Database,
  type Transaction,
} from '../../db/database.ts'
import { openDatabase } from '../../db/open.ts'
import { drivers, type TestDatabase } from '../support/databases.ts'
import { eventually } from '../support/eventually.ts'
import { countOf, insertAuditLog, insertClaim, insertEvent, insertInterviewer, insertUser } from '../support/rows.ts'

const COUNT_UP = `UPDATE row_counts SET total = total + 1 WHERE table_name = 'events'`
const READ_COUNT = `SELECT total FROM row_counts WHERE table_name = 'events'`

describe('DATABASE_URL', () => {
  it('refuses a scheme no driver serves, with a sentence that does not repeat the rest of the URL', async () => {
    const attempt = openDatabase('mysql://root:secret@host/db')
    await expect(attempt).rejects.toThrow('DATABASE_URL must begin with file: or postgres://, not mysql:')
  })
})

describe.each(drivers)('the database port on $name', driver => {
  let opened: TestDatabase
  let db: Database

  beforeEach(async () => {
    opened = await driver.open()
    db = opened.database
  })
  afterEach(() => opened.close())

  describe('statements', () => {
    it('answers one row as a plain object with the column names of the statement', async () => {
      await insertUser(db, 'u1')
      const row = await db.one('SELECT id, email AS "emailAddress", last_login_at AS "lastLoginAt" FROM users')
      expect(row).toEqual({ id: 'u1', emailAddress: 'u1@example.com', lastLoginAt: null })
    })

    it('answers undefined for a row that is not there, and no rows as an empty list', async () => {
      expect(await db.one('SELECT id FROM users WHERE id = :id', { id: 'nobody' })).toBeUndefined()
      expect(await db.many('SELECT id FROM users WHERE id = :id', { id: 'nobody' })).toEqual([])
    })

    it('answers many rows in the order of the statement', async () => {
      for (const id of ['b', 'c', 'a']) await insertUser(db, id)
      expect(await db.many('SELECT id FROM users ORDER BY id')).toEqual([{ id: 'a' }, { id: 'b' }, { id: 'c' }])
    })

    it('counts the rows a statement changed itself, not those its triggers changed', async () => {
      for (const id of ['a', 'b', 'c']) await insertUser(db, id)
      expect(await db.run(`UPDATE users SET name = 'x' WHERE id <> :id`, { id: 'a' })).toEqual({ changes: 2 })
      expect(await db.run('DELETE FROM users WHERE id = :id', { id: 'nobody' })).toEqual({ changes: 0 })
    })

    it('binds a parameter wherever it is named and ignores parameters the statement does not name', async () => {
      const row = await db.one('SELECT :word AS "first", :word AS "second"', { word: 'é;--', unused: 1 })
      expect(row).toEqual({ first: 'é;--', second: 'é;--' })
    })

    it('rejects a statement that is no SQL, as a fault of the statement', async () => {
      await expect(db.one('SELEKT 1')).rejects.toMatchObject({ name: 'DatabaseError', unavailable: false })
    })

    it('finds members of a list of any length with one text', async () => {
      for (const id of ['a', 'b', 'c']) await insertUser(db, id)
      const text = `SELECT id FROM users WHERE id ${db.dialect.inList('ids')} ORDER BY id`
      expect(await db.many(text, { ids: '["c","a"]' })).toEqual([{ id: 'a' }, { id: 'c' }])
      expect(await db.many(text, { ids: '[]' })).toEqual([])
    })
  })

  describe('a transaction', () => {
    it('commits everything and resolves with what the work returned', async () => {
      const result = await db.transaction(async tx => {
        await insertUser(tx, 'a')
        await insertUser(tx, 'b')
        return 'both'
      })
      expect(result).toBe('both')
      expect(await countOf(db, 'users')).toBe(2)
    })

    it('rejects with what the work threw and leaves no trace of it', async () => {
      const refusal = new Error('changed my mind')
      const attempt = db.transaction(async tx => {
        await insertUser(tx, 'a')
        throw refusal
      })
      await expect(attempt).rejects.toBe(refusal)
      expect(await countOf(db, 'users')).toBe(0)
    })

    it('is undone by work that throws before it awaits anything, or throws something that is no Error', async () => {
      const attempts = [
        db.transaction(() => {
          throw new Error('at once')
        }),
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the bad habit is what is tested
        db.transaction(tx => insertUser(tx, 'a').then(() => Promise.reject(undefined))),
      ]
      const outcomes = await Promise.allSettled(attempts)
      expect(outcomes).toMatchObject([
        { status: 'rejected', reason: new Error('at once') },
        { status: 'rejected', reason: expect.any(Error) },
      ])
      expect(await countOf(db, 'users')).toBe(0)
    })

    it('that fails hurts none of those that run beside it', async () => {
      const attempts = Array.from({ length: 30 }, (_, index) =>
        db.transaction(async tx => {
          await insertUser(tx, `u${index}`)
          if (index % 3 === 0) throw new Error('refused')
          if (index % 3 === 1) await insertUser(tx, `u${index}-again`, `u${index}@example.com`)
        }),
      )
      const outcomes = await Promise.allSettled(attempts)
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
      const ids = await db.many<{ id: string }>('SELECT id FROM users ORDER BY id')
      const kept = outcomes.flatMap(({ status }, index) => (status === 'fulfilled' ? [`u${index}`] : []))
      expect(ids.map(({ id }) => id)).toEqual(kept.sort())
    })

    it('is undone once one of its statements was refused, even when its work caught that and went on', async () => {
      await insertUser(db, 'a')
      const attempt = db.transaction(async tx => {
        await insertUser(tx, 'b')
        const refusal: unknown = await insertUser(tx, 'a').catch((error: unknown) => error)
        await expect(insertUser(tx, 'c')).rejects.toBe(refusal)
      })
      await expect(attempt).rejects.toBeInstanceOf(ConstraintError)
      expect(await countOf(db, 'users')).toBe(1)
    })

    it('sees its own rows, which nobody outside sees before it has committed', async () => {
      const { database: other } = await openDatabase(opened.url)
      let outside: Promise<number> | undefined
      await db.transaction(async tx => {
        await insertUser(tx, 'a')
        const told = { yet: false }
        outside = countOf(other, 'users').finally(() => (told.yet = true))
        // Stays open until the other one has its answer, however late that comes.
        do expect(await countOf(tx, 'users')).toBe(1)
        while (!told.yet)
      })
      expect(await outside).toBe(0)
      expect([await countOf(db, 'users'), await countOf(other, 'users')]).toEqual([1, 1])
      await other.close()
    })

    it('is seen by its writer as soon as it has resolved', async () => {
      for (let round = 0; round < 50; round += 1) {
        await insertUser(db, `u${round}`)
        expect(await countOf(db, 'users')).toBe(round + 1)
      }
    })

    it('lets 1,000 parallel ones count to 1,000', async () => {
      const increment = async (tx: Transaction) => {
        const before = await tx.one<{ total: number }>(READ_COUNT)
        const total = (before?.total ?? 0) + 1
        await tx.run(`UPDATE row_counts SET total = :total WHERE table_name = 'events'`, { total })
      }
      await Promise.all(Array.from({ length: 1_000 }, () => db.transaction(increment)))
      expect(await db.one(READ_COUNT)).toEqual({ total: 1_000 })
    })

    it('runs in the async context of its caller, so that a request keeps its own', async () => {
      const request = new AsyncLocalStorage<number>()
      const seen = await Promise.all(
        [1, 2, 3].map(id => request.run(id, () => db.transaction(async () => request.getStore()))),
      )
      expect(seen).toEqual([1, 2, 3])
    })
  })

  describe('misuse', () => {
    it.each<[string, (db: Database) => Promise<unknown>]>([
      ['one', its => its.one('SELECT 1')],
      ['many', its => its.many('SELECT 1')],
      ['run', its => its.run(COUNT_UP)],
      ['transaction', its => its.transaction(async () => 1)],
    ])('refuses %s of the database inside its own transaction, with a sentence', async (_method, use) => {
      const attempt = db.transaction(async tx => {
        await tx.run(COUNT_UP)
        await use(db)
      })
      await expect(attempt).rejects.toThrow(
        new TransactionMisuse('inside a transaction use the tx it was given, not the database it came from'),
      )
      expect(await db.one(READ_COUNT)).toEqual({ total: 0 })
    })

    it('refuses a tx that was kept and used afterwards', async () => {
      const leaked = await db.transaction(async tx => ({ tx }))
      for (const use of [leaked.tx.one('SELECT 1'), leaked.tx.many('SELECT 1'), leaked.tx.run(COUNT_UP)]) {
        await expect(use).rejects.toThrow(/^this transaction is over/)
      }
      await expect(leaked.tx.script('SELECT 1')).rejects.toBeInstanceOf(TransactionMisuse)
    })

    it('lets what a transaction has started use the database once the transaction is over', async () => {
      const started = await db.transaction(async () => ({
        later: new Promise(resolve => setTimeout(resolve, 5)).then(() => db.one(READ_COUNT)),
      }))
      expect(await started.later).toEqual({ total: 0 })
    })
  })

  describe('a refused row', () => {
    const refused: [string, string, string, (tx: Transaction) => Promise<unknown>][] = [
      ['unique', 'users_email', 'a taken address in other letters', tx => insertUser(tx, 'b', 'A@Example.com')],
      [
        'unique',
        'interviewers_user_id',
        'a second interviewer of one user',
        async tx => {
          await insertInterviewer(tx, 'i1', 'a')
          await insertInterviewer(tx, 'i2', 'a')
        },
      ],
      ['foreign-key', expect.any(String), 'an unknown user', tx => insertInterviewer(tx, 'i1', 'nobody')],
      [
        'not-null',
        'users_name',
        'a user without a name',
        tx => tx.run(`INSERT INTO users (id, email) VALUES ('b', 'b@example.com')`),
      ],
      ['check', expect.any(String), 'an unknown role', tx => tx.run(`UPDATE users SET role = 'god'`)],
      [
        'rule',
        'claims_no_overlap',
        'an overlapping claim',
        async tx => {
          await insertEvent(tx, 'e1')
          await insertEvent(tx, 'e2')
          await insertClaim(tx, claimOf('e1', '09:00', '10:00'))
          await insertClaim(tx, claimOf('e2', '09:59', '11:00'))
        },
      ],
      [
        'rule',
        'audit_logs_append_only',
        'a changed audit row',
        async tx => {
          await insertAuditLog(tx, 'x')
          await tx.run(`UPDATE audit_logs SET actor_name = 'somebody else'`)
        },
      ],
    ]

    it.each(refused)('is a ConstraintError of kind %s called %s: %s', async (kind, constraint, _what, write) => {
      await insertUser(db, 'a')
      const refusal: unknown = await db.transaction(write).catch((error: unknown) => error)
      expect(refusal).toBeInstanceOf(ConstraintError)
      expect(refusal).toMatchObject({ kind, constraint })
      expect(await countOf(db, 'users')).toBe(1)
    })
  })

  describe('changedTables', () => {
    it('names the tables a transaction has changed, once', async () => {
      await insertUser(db, 'a')
      expect([...db.changedTables()].sort()).toEqual(['user_stats', 'users'])
      expect(db.changedTables()).toEqual([])
    })

    it('names nothing for a transaction that was undone', async () => {
      db.changedTables()
      await db.transaction(tx => insertUser(tx, 'a').then(() => Promise.reject(new Error('no')))).catch(() => undefined)
      expect(db.changedTables()).toEqual([])
    })

    it('names what another program has changed', async () => {
      const other = (await openDatabase(opened.url)).database
      await insertInterviewer(other, 'i1')
      await eventually(() => expect(db.changedTables()).toEqual(['interviewers']))
      await other.close()
    })
  })

  describe('closing', () => {
    it('waits for what was asked before and refuses what comes later', async () => {
      const asked = Array.from({ length: 40 }, (_, index) => insertUser(db, `u${index}`))
      const closing = db.close()
      await expect(insertUser(db, 'late')).rejects.toMatchObject({ name: 'DatabaseError', unavailable: true })
      await closing
      expect(await Promise.all(asked)).toHaveLength(40)

      const again = (await openDatabase(opened.url)).database
      expect(await countOf(again, 'users')).toBe(40)
      await again.close()
    })

    it('may be asked for twice, and refuses reads and writes afterwards', async () => {
      await Promise.all([db.close(), db.close()])
      await db.close()
      await expect(db.one('SELECT 1')).rejects.toBeInstanceOf(DatabaseError)
      await expect(insertUser(db, 'late')).rejects.toBeInstanceOf(DatabaseError)
    })
  })

  it('is healthy and tells how well transactions share commits', async () => {
    await Promise.all(
      [insertUser(db, 'a'), insertUser(db, 'b'), insertUser(db, 'b')].map(write => write.catch(() => 0)),
    )
    expect(db.health()).toEqual({ writable: true })
    expect(db.stats()).toMatchObject({ transactions: 2, queued: 0 })
  })
})

function claimOf(eventId: string, from: string, to: string) {
  const at = (time: string) => `2026-03-02T${time}:00.000Z`
  return { subject: 'interviewer:a', startsAt: at(from), endsAt: at(to), eventId }
}
