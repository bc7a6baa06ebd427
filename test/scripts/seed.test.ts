import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteForTest, type TestDatabase } from '../support/databases.ts'
import { countOf } from '../support/rows.ts'
import { runScript } from '../support/scripts.ts'

const PEOPLE = `SELECT name, email, title, department, skills, timezone, status FROM interviewers ORDER BY email LIMIT 1000`
const CONTENT = `SELECT external_id AS n, title, type, candidate_name AS name, candidate_email AS email, position, starts_at AS "at"
  FROM events ORDER BY external_id LIMIT 1000`

describe('seed', () => {
  let opened: TestDatabase
  const seed = (...args: string[]) => runScript(opened.url, 'seed', args)
  const one = <Row>(sql: string) => opened.database.one<Row>(sql)

  beforeEach(async () => {
    opened = await openSqliteForTest()
  })
  afterEach(() => opened.close())

  it('makes what it was asked for, with claims, counters and a journal that are right, in shared commits', async () => {
    const { end, stdout, stderr } = await seed('--interviewers', '30', '--events', '300')
    expect({ end, stderr }).toEqual({ end: 0, stderr: '' })
    expect(stdout).toMatch(/^Made 30 interviewers and 300 interviews\.\nIt took [\d.]+ s and \d+ commits\.\n$/)
    expect(Number(/(\d+) commits/.exec(stdout)?.[1])).toBeLessThan(300)
    expect(await one(`SELECT total FROM row_counts WHERE table_name = 'events'`)).toEqual({ total: 300 })
    expect(await one(`SELECT total FROM row_counts WHERE table_name = 'interviewers'`)).toEqual({ total: 30 })
    expect(await one(`SELECT count(*) AS n FROM audit_logs WHERE action = 'create'`)).toEqual({ n: 330 })
    expect(await one(`SELECT count(*) AS n FROM audit_logs WHERE actor_name <> 'command line'`)).toEqual({ n: 0 })
    // Everybody in an interview that was not cancelled holds their time: the panel, and the candidate.
    const { held } = (await one<{ held: number }>(
      `SELECT count(*) + (SELECT count(*) FROM events WHERE status <> 'cancelled') AS held
       FROM event_panel JOIN events ON id = event_id WHERE status <> 'cancelled'`,
    )) ?? { held: -1 }
    expect(await countOf(opened.database, 'claims')).toBe(held)
  })

  it('spreads interviews over time zones and over past and coming weeks, and ends what is over', async () => {
    await seed('--interviewers', '30', '--events', '300')
    const now = new Date().toISOString()
    const { zones } = (await one<{ zones: number }>('SELECT count(DISTINCT timezone) AS zones FROM events')) ?? {
      zones: 0,
    }
    expect(zones).toBeGreaterThan(5)
    const rows = await opened.database.many<{ status: string; past: number; n: number }>(
      `SELECT status, ends_at <= :now AS past, count(*) AS n FROM events GROUP BY 1, 2 LIMIT 20`,
      { now },
    )
    const found = (status: string, past: number) => rows.find(row => row.status === status && row.past === past)?.n ?? 0
    expect(found('completed', 1)).toBeGreaterThan(50)
    expect(found('scheduled', 0)).toBeGreaterThan(50)
    expect(found('cancelled', 1) + found('cancelled', 0)).toBeGreaterThan(0)
    expect([found('completed', 0), found('no_show', 0)]).toEqual([0, 0])
  })

  it('gives the same for the same --seed, and other people for another', async () => {
    const other = await openSqliteForTest()
    await seed('--interviewers', '10', '--events', '60')
    await runScript(other.url, 'seed', ['--interviewers', '10', '--events', '60'])
    expect(await other.database.many(PEOPLE)).toEqual(await opened.database.many(PEOPLE))
    expect(await other.database.many(CONTENT)).toEqual(await opened.database.many(CONTENT))
    await runScript(other.url, 'seed', ['--interviewers', '10', '--events', '5', '--seed', '2'])
    expect(await countOf(other.database, 'interviewers')).toBe(20)
    await other.close()
  })

  it('makes nothing twice, and with greater counts only what is missing', async () => {
    await seed('--interviewers', '5', '--events', '40')
    const again = await seed('--interviewers', '5', '--events', '40')
    expect(again.stdout).toContain(
      'Made 0 interviewers and 0 interviews.\nKept 5 interviewers and 40 interviews that were there.\n',
    )
    await seed('--interviewers', '7', '--events', '50')
    expect(await countOf(opened.database, 'interviewers')).toBe(7)
    expect(await countOf(opened.database, 'events')).toBe(50)
  })

  it('finds another time for an interview whose people were booked by somebody else', async () => {
    await seed('--interviewers', '4', '--events', '0')
    // Everybody is away on every Monday and Tuesday of two years.
    await opened.database.transaction(async tx => {
      await tx.run(`INSERT INTO events (id, title, type, starts_at, ends_at)
        VALUES ('away', 'Away', 'other', '2020-01-01T00:00:00.000Z', '2020-01-01T01:00:00.000Z')`)
      await tx.run('DROP INDEX claims_event_id_subject') // so that one event can stand for all of it
      await tx.run(`WITH RECURSIVE mondays (day) AS (
          SELECT date('now', '-371 days', 'weekday 1') UNION ALL SELECT date(day, '+7 days') FROM mondays LIMIT 106
        )
        INSERT INTO claims (subject, starts_at, ends_at, event_id)
        SELECT 'interviewer:' || id, day || 'T00:00:00.000Z', date(day, '+2 days') || 'T00:00:00.000Z', 'away'
        FROM mondays, interviewers`)
    })
    const { end, stdout } = await seed('--interviewers', '4', '--events', '50')
    expect(end).toBe(0)
    expect(stdout).toMatch(/For \d+ interviews another time was found, as somebody was busy\./)
    expect(await countOf(opened.database, 'events')).toBe(51)
  })

  it.each([
    ['a count that is none', ['--events', 'many'], /--events <count>.*whole number/],
    ['no interviewers', ['--interviewers', '0'], /--interviewers <count>.*whole number/],
  ])('refuses %s with a sentence', async (_, args, sentence) => {
    expect(await seed(...args)).toMatchObject({ end: 1, stdout: '', stderr: expect.stringMatching(sentence) })
  })

  it('leaves production alone, unless it is told --yes', async () => {
    const env = { NODE_ENV: 'production', JWT_SECRET: 'a secret for tests alone, long enough to be taken' }
    const few = ['--interviewers', '2', '--events', '2']
    expect(await runScript(opened.url, 'seed', few, { env })).toMatchObject({
      end: 1,
      stderr: expect.stringContaining('This is production'),
    })
    expect(await countOf(opened.database, 'interviewers')).toBe(0)
    expect((await runScript(opened.url, 'seed', [...few, '--yes'], { env })).end).toBe(0)
  })

  it('explains itself', async () => {
    expect(await seed('--help')).toMatchObject({ end: 0, stdout: expect.stringContaining('--interviewers') })
  })
})
