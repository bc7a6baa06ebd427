import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConstraintError, type Database, type Queryable } from '../../db/database.ts'
import { drivers, type TestDatabase } from '../support/databases.ts'
import { countOf, insertAuditLog, insertClaim, insertEvent, insertInterviewer, insertUser } from '../support/rows.ts'

const LONG_AGO = '2020-01-01T00:00:00.000Z'

describe.each(drivers)('what the database keeps true by itself on $name', driver => {
  let opened: TestDatabase
  let db: Database

  beforeEach(async () => {
    opened = await driver.open()
    db = opened.database
  })
  afterEach(() => opened.close())

  describe('versions', () => {
    it.each<[string, (sql: Queryable) => Promise<unknown>, string]>([
      ['users', sql => insertUser(sql, 'x'), 'name'],
      ['interviewers', sql => insertInterviewer(sql, 'x'), 'title'],
      ['events', sql => insertEvent(sql, 'x'), 'title'],
    ])('raises version once and sets updated_at with every UPDATE of %s', async (table, insert, column) => {
      await insert(db)
      await db.run(`UPDATE ${table} SET updated_at = '${LONG_AGO}', version = 7`)
      expect(await db.one(`SELECT version FROM ${table}`)).toEqual({ version: 7 })

      await db.run(`UPDATE ${table} SET ${column} = 'changed'`)
      const row = await db.one<{ version: number; updated_at: string }>(`SELECT version, updated_at FROM ${table}`)
      expect(row?.version).toBe(8)
      expect(row?.updated_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      expect(row?.updated_at).not.toBe(LONG_AGO)

      await db.run(`UPDATE ${table} SET ${column} = 'changed'`)
      expect(await db.one(`SELECT version FROM ${table}`)).toEqual({ version: 9 })
    })

    it('raises the version of exactly the events an interviewer sits in when their name or address changes', async () => {
      await insertInterviewer(db, 'i1')
      await insertInterviewer(db, 'i2')
      for (const id of ['e1', 'e2']) await insertEvent(db, id)
      await db.run(`INSERT INTO event_panel (event_id, interviewer_id, seat) VALUES ('e1', 'i1', 0), ('e2', 'i2', 0)`)
      const versions = async () => {
        const rows = await db.many<{ id: string; version: number }>('SELECT id, version FROM events')
        return Object.fromEntries(rows.map(({ id, version }) => [id, version]))
      }

      await db.run(`UPDATE interviewers SET title = 'Lead' WHERE id = 'i1'`)
      expect(await versions()).toEqual({ e1: 1, e2: 1 })
      await db.run(`UPDATE interviewers SET name = 'Ada' WHERE id = 'i1'`)
      expect(await versions()).toEqual({ e1: 2, e2: 1 })
      await db.run(`UPDATE interviewers SET email = 'ada@example.com' WHERE id = 'i1'`)
      expect(await versions()).toEqual({ e1: 3, e2: 1 })
      expect(await db.one(`SELECT version FROM interviewers WHERE id = 'i1'`)).toEqual({ version: 4 })
    })
  })

  describe('counts', () => {
    it('keeps user_stats equal to the number of users through inserts, deletes and what is undone', async () => {
      const total = async () => (await db.one<{ total: number }>('SELECT total_users AS total FROM user_stats'))?.total
      expect(await total()).toBe(0)
      for (const id of ['a', 'b', 'c']) await insertUser(db, id)
      await insertUser(db, 'a').catch(() => undefined)
      await db.transaction(tx => insertUser(tx, 'd').then(() => Promise.reject(new Error('no')))).catch(() => undefined)
      expect(await total()).toBe(3)
      await db.run(`UPDATE users SET name = 'x'`)
      await db.run(`DELETE FROM users WHERE id IN ('a', 'b')`)
      expect(await total()).toBe(1)
      await db.run('DELETE FROM users')
      expect(await total()).toBe(0)
    })

    it('keeps row_counts equal to the number of interviewers, events and audit rows', async () => {
      for (const id of ['x', 'y', 'z']) {
        await insertInterviewer(db, id)
        await insertEvent(db, id)
        await insertAuditLog(db, id)
      }
      await db.run(`DELETE FROM interviewers WHERE id = 'x'`)
      await db.run(`DELETE FROM events WHERE id <> 'z'`)
      const counts = await db.many(
        'SELECT table_name AS name, total FROM row_counts WHERE total > 0 ORDER BY table_name',
      )
      expect(counts).toEqual([
        { name: 'audit_logs', total: 3 },
        { name: 'events', total: 1 },
        { name: 'interviewers', total: 2 },
        { name: 'staff_audit_logs', total: 3 },
      ])
    })
  })

  describe('change signals', () => {
    const versions = async () => {
      const rows = await db.many<{ name: string; version: number }>(
        'SELECT table_name AS name, version FROM table_versions',
      )
      return new Map(rows.map(({ name, version }) => [name, version]))
    }
    /** By how much each table's version was raised. */
    const raisedBy = async (write: () => Promise<unknown>) => {
      const before = await versions()
      await write()
      const after = await versions()
      return Object.fromEntries(
        [...after].flatMap(([name, version]) => {
          const raised = version - (before.get(name) ?? 0)
          return raised === 0 ? [] : [[name, raised]]
        }),
      )
    }

    it('are raised once for each row written, for the tables that changed and no other', async () => {
      expect(await raisedBy(() => insertUser(db, 'u'))).toEqual({ users: 1, user_stats: 1 })
      expect(await raisedBy(() => db.run(`UPDATE users SET name = 'x'`))).toEqual({ users: 1 })
      expect(await raisedBy(() => db.run(`UPDATE users SET name = 'x', version = version + 1`))).toEqual({ users: 1 })
      expect(await raisedBy(() => insertInterviewer(db, 'i'))).toEqual({ interviewers: 1 })
      expect(await raisedBy(() => db.run(`UPDATE interviewers SET title = 'x'`))).toEqual({ interviewers: 1 })
      expect(await raisedBy(() => insertEvent(db, 'e'))).toEqual({ events: 1 })
      expect(await raisedBy(() => db.run(`UPDATE events SET title = 'x'`))).toEqual({ events: 1 })
      const seat = `INSERT INTO event_panel (event_id, interviewer_id, seat) VALUES ('e', 'i', 0)`
      expect(await raisedBy(() => db.run(seat))).toEqual({ event_panel: 1 })
      const renamed = await raisedBy(() => db.run(`UPDATE interviewers SET name = 'x'`))
      expect(renamed).toEqual({ interviewers: 1, events: 1 })
      expect(await raisedBy(() => db.run('DELETE FROM events'))).toEqual({ events: 1, event_panel: 1 })
      expect(await raisedBy(() => db.run('DELETE FROM interviewers'))).toEqual({ interviewers: 1 })
      expect(await raisedBy(() => db.run('DELETE FROM users'))).toEqual({ users: 1, user_stats: 1 })
    })

    it('are not raised by a read, by a statement that hits no row, or by what is undone', async () => {
      expect(await raisedBy(() => db.many('SELECT * FROM users'))).toEqual({})
      expect(await raisedBy(() => db.run(`UPDATE users SET name = 'x'`))).toEqual({})
      const undone = () =>
        db.transaction(tx => insertUser(tx, 'u').then(() => Promise.reject(new Error('no')))).catch(() => undefined)
      expect(await raisedBy(undone)).toEqual({})
    })
  })

  describe('the journal', () => {
    it.each([
      ['UPDATE', `UPDATE audit_logs SET reason = 'forged'`],
      ['UPDATE of the key', 'UPDATE audit_logs SET id = id + 100'],
      ['DELETE', 'DELETE FROM audit_logs'],
      [
        'INSERT with the number of a row that is there',
        `INSERT INTO audit_logs (id, actor_name, action, entity_type) VALUES (1, 'forger', 'x', 'x')`,
      ],
    ])('refuses %s, and keeps its rows', async (_what, statement) => {
      await insertAuditLog(db, 'a')
      await insertAuditLog(db, 'b')
      const before = await db.many('SELECT * FROM audit_logs ORDER BY id')
      await expect(db.run(statement)).rejects.toBeInstanceOf(ConstraintError)
      expect(await db.many('SELECT * FROM audit_logs ORDER BY id')).toEqual(before)
    })
  })

  describe('claims', () => {
    it('of one person may touch, and those of two may overlap', async () => {
      for (const id of ['e1', 'e2', 'e3', 'e4']) await insertEvent(db, id)
      await insertClaim(db, claimOf('a', 'e1', 10, 20))
      await insertClaim(db, claimOf('a', 'e2', 20, 30))
      await insertClaim(db, claimOf('a', 'e3', 0, 10))
      await insertClaim(db, claimOf('b', 'e4', 5, 25))
      expect(await countOf(db, 'claims')).toBe(4)
    })

    it.each([
      ['the same time', 10, 20],
      ['a time inside', 12, 18],
      ['a time around', 5, 25],
      ['a time that begins before and ends inside', 5, 11],
      ['a time that begins inside and ends after', 19, 25],
      ['the same beginning and an earlier end', 10, 15],
      ['the same beginning and a later end', 10, 25],
    ])('of one person are refused for %s', async (_what, from, to) => {
      for (const id of ['e1', 'e2']) await insertEvent(db, id)
      await insertClaim(db, claimOf('a', 'e1', 10, 20))
      const refusal = { name: 'ConstraintError', kind: 'rule', constraint: 'claims_no_overlap' }
      await expect(insertClaim(db, claimOf('a', 'e2', from, to))).rejects.toMatchObject(refusal)
      expect(await countOf(db, 'claims')).toBe(1)
    })

    it.each([
      ['an end before its beginning', claimOf('a', 'e1', 20, 10)],
      ['no length', claimOf('a', 'e1', 10, 10)],
      ['a local time', { ...claimOf('a', 'e1', 10, 20), startsAt: '2026-03-02T10:00:00+01:00' }],
      ['no milliseconds', { ...claimOf('a', 'e1', 10, 20), endsAt: '2026-03-03T10:00:00Z' }],
    ])('with %s are refused', async (_what, claim) => {
      await insertEvent(db, 'e1')
      await expect(insertClaim(db, claim)).rejects.toMatchObject({ name: 'ConstraintError', kind: 'check' })
    })

    it('vanish with their event', async () => {
      await insertEvent(db, 'e1')
      await insertClaim(db, claimOf('a', 'e1', 10, 20))
      await db.run('DELETE FROM events')
      expect(await countOf(db, 'claims')).toBe(0)
    })

    it('never overlap, and are refused only when they would, whatever is inserted, moved and deleted', async () => {
      for (let index = 0; index < EVENTS; index += 1) await insertEvent(db, `e${index}`)
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async steps => {
          await db.run('DELETE FROM claims')
          let kept: Claim[] = []
          for (const { kind, claim } of steps) {
            const next = afterStep(kept, kind, claim)
            const accepted = await take(db, kind, claim)
            expect(accepted, `${kind} ${JSON.stringify(claim)}`).toBe(next !== undefined)
            kept = next ?? kept
          }
          expect(await claimsIn(db)).toEqual(inOrder(kept))
        }),
        { numRuns: 60 },
      )
    })
  })
})

const EVENTS = 12

interface Claim {
  readonly subject: string
  readonly event: string
  readonly from: number
  readonly to: number
}

type Kind = 'insert' | 'move' | 'delete'

const step = fc.record({
  kind: fc.constantFrom<Kind>('insert', 'insert', 'insert', 'move', 'move', 'delete'),
  claim: fc
    .record({
      subject: fc.constantFrom('a', 'b'),
      event: fc.integer({ min: 0, max: EVENTS - 1 }).map(index => `e${index}`),
      from: fc.integer({ min: 0, max: 24 }),
      length: fc.integer({ min: 1, max: 8 }),
    })
    .map(({ length, ...claim }) => ({ ...claim, to: claim.from + length })),
})

/** The slow, obvious reference: what is kept after the step, or undefined when the step must be refused. */
function afterStep(kept: readonly Claim[], kind: Kind, claim: Claim): Claim[] | undefined {
  const others = kept.filter(({ event }) => event !== claim.event)
  if (kind === 'delete') return others
  if (kind === 'insert' && others.length < kept.length) return undefined // one claim an event in this test
  if (kind === 'move' && others.length === kept.length) return [...kept] // there is nothing to move
  const minutesOf = ({ from, to }: Claim) => Array.from({ length: to - from }, (_, index) => from + index)
  const taken = new Set(others.filter(({ subject }) => subject === claim.subject).flatMap(minutesOf))
  return minutesOf(claim).some(minute => taken.has(minute)) ? undefined : [...others, claim]
}

async function take(db: Database, kind: Kind, claim: Claim): Promise<boolean> {
  const { subject, event, from, to } = claim
  const row = claimOf(subject, event, from, to)
  try {
    await db.transaction(async tx => {
      if (kind === 'delete') await tx.run('DELETE FROM claims WHERE event_id = :event', { event })
      else if (kind === 'move') await tx.run(MOVE, { ...row })
      else if (await tx.one('SELECT 1 AS found FROM claims WHERE event_id = :event', { event })) throw new Taken()
      else await insertClaim(tx, row)
    })
    return true
  } catch (error) {
    if (error instanceof Taken) return false
    expect(error).toMatchObject({ name: 'ConstraintError', kind: 'rule', constraint: 'claims_no_overlap' })
    return false
  }
}

class Taken extends Error {}

const MOVE = 'UPDATE claims SET subject = :subject, starts_at = :startsAt, ends_at = :endsAt WHERE event_id = :eventId'

/** A claim whose times are so many minutes after midnight. */
function claimOf(person: string, eventId: string, from: number, to: number) {
  return { subject: `interviewer:${person}`, startsAt: at(from), endsAt: at(to), eventId }
}

function at(minute: number): string {
  return new Date(Date.UTC(2026, 2, 2, 0, minute)).toISOString()
}

function claimsIn(db: Database): Promise<unknown[]> {
  return db.many(`SELECT subject, starts_at AS "startsAt", ends_at AS "endsAt", event_id AS "eventId" FROM claims
    ORDER BY event_id`)
}

function inOrder(kept: readonly Claim[]) {
  const rows = kept.map(({ subject, event, from, to }) => claimOf(subject, event, from, to))
  return rows.sort((one, other) => (one.eventId < other.eventId ? -1 : 1))
}
