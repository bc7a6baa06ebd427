import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteForTest, type TestDatabase } from '../support/databases.ts'
import { countOf } from '../support/rows.ts'
import { runScript } from '../support/scripts.ts'

const PEOPLE = `SELECT name, email, title, department, skills, timezone, status FROM interviewers ORDER BY email LIMIT 1000`
const CONTENT = `SELECT external_id AS n, title, type, candidate_name AS name, candidate_email AS email, position, starts_at AS "at"
  FROM events ORDER BY external_id LIMIT 1000`
const TASKS = `SELECT external_id AS n, tasks.title, description, priority, due_at IS NULL AS whenever
  FROM tasks LEFT JOIN events ON events.id = event_id ORDER BY external_id, tasks.title LIMIT 1000`
const PORTFOLIOS = `SELECT headline, summary, location, languages, links, group_concat(skill || level || years, ', ') AS skills
  FROM portfolio_biodata JOIN interviewers ON id = portfolio_biodata.interviewer_id
    JOIN (SELECT interviewer_id, name AS skill, level, years FROM portfolio_skills ORDER BY position) AS skilled
      ON skilled.interviewer_id = id
  GROUP BY id ORDER BY email LIMIT 100`

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
    const told =
      /^Made 30 interviewers, 300 interviews, (\d+) tasks and 10 portfolios\.\nIt took [\d.]+ s and (\d+) commits\.\n$/
    const [tasks = 0, commits] = (told.exec(stdout) ?? []).slice(1).map(Number)
    expect(tasks).toBeGreaterThan(100)
    expect(commits).toBeLessThan(30 + 300 + tasks) // a busy machine shares fewer
    expect(await one(`SELECT total FROM row_counts WHERE table_name = 'events'`)).toEqual({ total: 300 })
    expect(await one(`SELECT total FROM row_counts WHERE table_name = 'interviewers'`)).toEqual({ total: 30 })
    expect(await one(`SELECT total FROM row_counts WHERE table_name = 'tasks'`)).toEqual({ total: tasks })
    const created = await opened.database.many<{ type: string; n: number }>(
      `SELECT entity_type AS type, count(*) AS n FROM audit_logs WHERE action = 'create' GROUP BY 1 LIMIT 20`,
    )
    expect(Object.fromEntries(created.map(({ type, n }) => [type, n]))).toEqual({
      interviewer: 30,
      event: 300,
      task: tasks,
      portfolio_biodata: 10,
      portfolio_experience: await countOf(opened.database, 'portfolio_experience'),
      portfolio_education: 10,
      portfolio_skill: 30,
      portfolio_project: 10,
    })
    const { least, most } = (await one<{ least: number; most: number }>(
      `SELECT min(n) AS least, max(n) AS most
       FROM (SELECT count(*) AS n FROM portfolio_experience GROUP BY interviewer_id) AS counted`,
    )) ?? { least: 0, most: 0 }
    expect([least, most]).toEqual([1, 2])
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
    const tasks = await opened.database.many<{ status: string; past: number | null; about: number }>(
      `SELECT DISTINCT status, due_at <= :now AS past, event_id IS NOT NULL AS about FROM tasks LIMIT 20`,
      { now },
    )
    const states = tasks.filter(({ about }) => about === 1).map(({ status, past }) => `${status} ${past}`)
    expect(states).toEqual(expect.arrayContaining(['DONE 1', 'IN_PROGRESS 0', 'TODO 0']))
    expect(states).not.toContain('DONE 0')
    expect(tasks.some(({ about, past }) => about === 0 && past === null)).toBe(true)
  })

  it('gives the same for the same --seed, and other people for another', async () => {
    const other = await openSqliteForTest()
    await seed('--interviewers', '10', '--events', '60')
    await runScript(other.url, 'seed', ['--interviewers', '10', '--events', '60'])
    expect(await other.database.many(PEOPLE)).toEqual(await opened.database.many(PEOPLE))
    for (const content of [CONTENT, TASKS, PORTFOLIOS]) {
      const made = await opened.database.many(content)
      expect(made.length).toBeGreaterThan(5)
      expect(await other.database.many(content)).toEqual(made)
    }
    await runScript(other.url, 'seed', ['--interviewers', '10', '--events', '5', '--seed', '2'])
    expect(await countOf(other.database, 'interviewers')).toBe(20)
    await other.close()
  })

  it('makes nothing twice, and with greater counts only what is missing; accounts of the demo get the work', async () => {
    await seed('--interviewers', '5', '--events', '40')
    const tasks = await countOf(opened.database, 'tasks')
    const again = await seed('--interviewers', '5', '--events', '40')
    expect(again.stdout).toContain(
      'Made 0 interviewers, 0 interviews, 0 tasks and 0 portfolios.\n' +
        `Kept 5 interviewers, 40 interviews, ${tasks} tasks and 5 portfolios that were there.\n`,
    )
    await opened.database.transaction(async tx => {
      await tx.run(`INSERT INTO users (id, email, name, role) VALUES ('i', 'interviewer@demo.example', 'I', 'interviewer'),
        ('t', 'talent@demo.example', 'T', 'talent'), ('a', 'admin@demo.example', 'A', 'admin'), ('x', 'x@x.example', 'X', 'talent')`)
      await tx.run(`UPDATE interviewers SET user_id = 'i' WHERE email LIKE '%.1@team1.example'`)
      await tx.run(`UPDATE tasks SET title = 'Of somebody' WHERE title = 'Tidy up the exercises for pairing'`)
    })
    await seed('--interviewers', '7', '--events', '50')
    expect(await countOf(opened.database, 'interviewers')).toBe(7)
    expect(await countOf(opened.database, 'events')).toBe(50)
    expect(await countOf(opened.database, 'portfolio_biodata')).toBe(7)
    expect(await countOf(opened.database, 'tasks')).toBeGreaterThan(tasks + 1)
    const doubles = 'SELECT title FROM tasks GROUP BY event_id, title HAVING count(*) > 1'
    expect(await opened.database.many(doubles)).toEqual([])
    const has = await opened.database.many<{ who: string | null; title: string; sits: number | null }>(
      `SELECT assignee_id AS who, title, event_id IS NULL OR EXISTS (SELECT 1 FROM event_panel JOIN interviewers
         ON interviewers.id = interviewer_id WHERE event_panel.event_id = tasks.event_id AND user_id = 'i') AS sits
       FROM tasks LIMIT 1000`,
    )
    const work = (who: string | null) => has.filter(task => task.who === who)
    for (const who of ['i', 't', 'a']) expect(work(who).length).toBeGreaterThan(0)
    expect(work('x')).toEqual([])
    expect(work('i').every(({ sits }) => sits === 1)).toBe(true)
    expect(work(null).map(({ title }) => title)).toContain('Of somebody')
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
