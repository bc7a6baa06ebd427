// What only a server can do to the program: conflicts with other programs, lost connections, and commits out of order.
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { ConstraintError, type Database } from '../../db/database.ts'
import { openDatabase } from '../../db/open.ts'
import { postgres, type TestDatabase } from '../support/databases.ts'
import { eventually } from '../support/eventually.ts'
import { createDatabase, dropDatabase, withName } from '../support/postgres-server.ts'
import { countOf, insertAuditLog, insertEvent, insertInterviewer, insertUser } from '../support/rows.ts'

const OWN_CONNECTIONS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'panelist'`
const LISTENERS = `${OWN_CONNECTIONS} AND query LIKE '%table_versions%'`

let opened: TestDatabase
let db: Database
/** Another program, which writes by itself. */
let foreign: pg.Client

beforeEach(async () => {
  opened = await postgres.open()
  db = opened.database
  foreign = new pg.Client(opened.url)
  foreign.on('error', () => undefined)
  await foreign.connect()
})
afterEach(async () => {
  await foreign.end()
  await opened.close()
})

const journal = (after: number) =>
  db.many<{ id: number; entity: string }>(
    'SELECT id, entity_id AS entity FROM audit_logs WHERE id > :after ORDER BY id',
    { after },
  )
const foreignRow = (entity: string) =>
  `INSERT INTO audit_logs (actor_name, action, entity_type, entity_id) VALUES ('psql', 'create', 'user', '${entity}')`

describe('the number of a journal row is a cursor', () => {
  it('that misses nothing while one transaction is held open and others commit', async () => {
    await foreign.query('BEGIN')
    await foreign.query(`INSERT INTO users (id, email, name) VALUES ('early', 'early@example.com', 'Early')`)
    await db.transaction(tx => insertAuditLog(tx, 'first'))
    const seen = await journal(0)
    expect(seen.map(({ entity }) => entity)).toEqual(['first'])
    await foreign.query(foreignRow('begun before all'))
    // It has drawn its number and not committed: whoever comes now waits for it, and gets a later one.
    const waiting = db.transaction(tx => insertAuditLog(tx, 'waited'))
    expect(await journal(seen[0]?.id ?? 0)).toEqual([])
    await foreign.query('COMMIT')
    await waiting
    const later = await journal(seen[0]?.id ?? 0)
    expect(later).toEqual([
      { id: 2, entity: 'begun before all' },
      { id: 3, entity: 'waited' },
    ])
  })

  it('that a reader follows through parallel writers, some of whom are undone: each row once, in order, no gap', async () => {
    let byHand: Promise<unknown> = Promise.resolve()
    const writers = Array.from({ length: 60 }, async (_, number) => {
      if (number % 6 === 0) return (byHand = byHand.then(() => foreign.query(foreignRow(`row ${number}`))))
      return db
        .transaction(async tx => {
          await insertAuditLog(tx, `row ${number}`)
          if (number % 6 === 1) throw new Error('changed my mind')
        })
        .catch(() => undefined)
    })
    const read: { id: number; entity: string }[] = []
    const follow = async () => read.push(...(await journal(read.at(-1)?.id ?? 0)))
    const all = Promise.all(writers)
    while (read.length < 50) await follow()
    await all
    await follow()
    expect(read.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
    expect(new Set(read.map(({ entity }) => entity)).size).toBe(50)
  })

  it('that cannot be moved: rows are neither changed, nor removed, nor replaced, nor truncated', async () => {
    await insertAuditLog(db, 'x')
    for (const statement of [
      `UPDATE audit_logs SET reason = 'other'`,
      'DELETE FROM audit_logs',
      'TRUNCATE audit_logs',
      `INSERT INTO audit_logs SELECT * FROM audit_logs ON CONFLICT (id) DO UPDATE SET reason = 'other'`,
    ]) {
      await expect(foreign.query(statement)).rejects.toThrow('audit_logs_append_only')
    }
    expect(await countOf(db, 'audit_logs')).toBe(1)
  })
})

describe('a program that writes by itself', () => {
  it('and gets into a deadlock with a transaction has it tried again, unseen', async () => {
    for (const id of ['a', 'b']) await insertUser(db, id)
    const lock = (id: string) => `SELECT id FROM users WHERE id = '${id}' FOR UPDATE`
    await foreign.query(`SET deadlock_timeout = '1h'`) // so that it is ours which is undone
    await foreign.query('BEGIN')
    await foreign.query(lock('b'))
    let theirs: Promise<unknown> = Promise.resolve()
    let attempts = 0
    await db.transaction(async tx => {
      attempts += 1
      await insertUser(tx, 'c')
      await tx.one(lock('a'))
      if (attempts === 1) theirs = foreign.query(lock('a')).then(() => foreign.query('COMMIT'))
      await tx.one(lock('b'))
    })
    await theirs
    expect(attempts).toBeGreaterThan(1) // once more when ours is the first to lock again
    expect(await countOf(db, 'users')).toBe(3)
  })

  it('cannot book somebody twice either', async () => {
    for (const id of ['e1', 'e2']) await insertEvent(db, id)
    const claim = (event: string, from: string, to: string) =>
      foreign.query(
        `INSERT INTO claims (subject, starts_at, ends_at, event_id)
         VALUES ('interviewer:a', '2026-03-02T${from}:00.000Z', '2026-03-02T${to}:00.000Z', '${event}')`,
      )
    await claim('e1', '09:00', '10:00')
    await expect(claim('e2', '09:59', '11:00')).rejects.toThrow('claims_no_overlap')
    await claim('e2', '10:00', '11:00')
  })

  it('and holds a lock too long makes writes unavailable, not the reads, until it lets go', async () => {
    await foreign.query('BEGIN')
    await foreign.query(foreignRow('holds'))
    await expect(insertUser(db, 'a')).rejects.toMatchObject({ name: 'DatabaseError', unavailable: true })
    expect(await countOf(db, 'users')).toBe(0)
    await foreign.query('ROLLBACK')
    await insertUser(db, 'a')
  })

  it('cannot empty a table past the triggers that count its rows', async () => {
    await insertUser(db, 'a')
    await expect(foreign.query('TRUNCATE users CASCADE')).rejects.toThrow('no_truncate')
  })
})

describe('change signals', () => {
  it('of other programs arrive, and the own ones are told once', async () => {
    await foreign.query(`INSERT INTO interviewers (id, name, email) VALUES ('i', 'Ada', 'ada@example.com')`)
    await eventually(() => expect(db.changedTables()).toEqual(['interviewers']))
    await insertInterviewer(db, 'own')
    expect(db.changedTables()).toEqual(['interviewers'])
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(db.changedTables()).toEqual([])
  })

  it('count every table as changed while nobody listens, once more when somebody does again, and then none', async () => {
    const watched = await db.many<{ name: string }>('SELECT table_name AS name FROM table_versions ORDER BY table_name')
    const names = watched.map(({ name }) => name)
    expect(db.changedTables()).toEqual([])
    await foreign.query(LISTENERS)
    await eventually(() => expect([...db.changedTables()].sort()).toEqual(names))
    await eventually(() => expect(db.changedTables()).toEqual([]))
    await foreign.query(
      `UPDATE users SET name = 'nobody'; INSERT INTO users (id, email, name) VALUES ('u', 'u@x.y', 'U')`,
    )
    await eventually(() => expect(db.changedTables()).toContain('users'))
  })
})

describe('a connection', () => {
  it('that was cut is made anew, for reads and for writes', async () => {
    await insertUser(db, 'a')
    await foreign.query(OWN_CONNECTIONS)
    await eventually(() => insertUser(db, 'b'))
    await eventually(async () => expect(await countOf(db, 'users')).toBe(2))
  })

  it('cut in the middle of a transaction refuses it as unavailable and leaves nothing of it', async () => {
    const attempt = db.transaction(async tx => {
      await insertUser(tx, 'a')
      await foreign.query(OWN_CONNECTIONS)
      await insertUser(tx, 'b')
    })
    await expect(attempt).rejects.toMatchObject({ name: 'DatabaseError', unavailable: true })
    await eventually(async () => expect(await countOf(db, 'users')).toBe(0))
  })

  it('for reads refuses to write, whatever the statement says', async () => {
    const attempt = db.one(`INSERT INTO users (id, email, name) VALUES ('a', 'a@b.c', 'A') RETURNING id`)
    await expect(attempt).rejects.toThrow()
    expect(await countOf(db, 'users')).toBe(0)
  })

  it('gives values in the shape SQLite gives them', async () => {
    const row = await db.one(`SELECT count(*) AS "count", sum(n) AS "sum", avg(n) AS "average", max(n) > 1 AS "more",
      CAST(NULL AS text) AS "none" FROM (VALUES (1), (2)) AS numbers (n)`)
    expect(row).toEqual({ count: 2, sum: 3, average: 1.5, more: 1, none: null })
  })

  it('names a statement that refused a row like the other database does', async () => {
    await insertUser(db, 'a')
    const again: unknown = await insertUser(db, 'a').catch((error: unknown) => error)
    expect(again).toBeInstanceOf(ConstraintError)
    expect(again).toMatchObject({ kind: 'unique', constraint: 'users_id' })
  })
})

describe('F32 a server whose disk is full', () => {
  it('is told of while writes fail, and by itself when there is room again', async () => {
    // The server's own error, raised where it would be.
    await foreign.query(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$;
      CREATE TRIGGER fails BEFORE UPDATE ON row_counts FOR EACH ROW EXECUTE FUNCTION fail()`)
    const writing = db.transaction(tx => insertAuditLog(tx, 'a'))
    await expect(writing).rejects.toMatchObject({ unavailable: true })
    expect(db.health()).toEqual({ writable: false, reason: 'the disk is full' })
    expect(await countOf(db, 'audit_logs')).toBe(0)
    await foreign.query('DROP TRIGGER fails ON row_counts')
    await expect.poll(() => db.health(), { timeout: 10_000 }).toEqual({ writable: true })
  })
})

describe('a server that will not do', () => {
  it.each([
    [
      'is not there',
      'postgres://nobody:secret@127.0.0.1:1/panelist',
      /127\.0\.0\.1:1\/panelist cannot be opened: .*ECONNREFUSED/,
    ],
    ['has no such database', 'nowhere', /nowhere cannot be opened: database "nowhere" does not exist/],
  ])('as it %s is told of with a sentence without the password', async (_what, where, sentence) => {
    const url = where.startsWith('postgres:') ? where : withName(inject('postgres').url, where)
    const refusal: unknown = await openDatabase(url).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ message: expect.stringMatching(sentence) })
    expect(String(refusal)).not.toContain('secret')
  })

  it('as its encoding is another is told of with a sentence', async () => {
    const { url } = inject('postgres')
    const name = await createDatabase(url, `template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'`)
    await expect(openDatabase(withName(url, name))).rejects.toThrow(/its encoding is LATIN1; create the database with/)
    await dropDatabase(url, name)
  })
})
