import { once } from 'node:events'
import { get as request, type ClientRequest, type IncomingMessage } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { DatabaseError } from '../../../db/database.ts'
import '../../../plugins/exports/pdf.ts' // loads for long here, in which no request would be answered
import { invalid, refusal } from '../../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../../support/app.ts'
import { drivers } from '../../support/databases.ts'
import { eventually } from '../../support/eventually.ts'

const LISTS = ['interviewers', 'events', 'tasks', 'audit-logs'] as const
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
/** Eleven pages, as an export reads them. */
const TASKS = 2_200
const TASKS_AT_ONCE = 200

describe.each(drivers)('exports on $name', driver => {
  let t: TestApp
  let boss: SignedIn
  let own: SignedIn
  let address: string

  beforeAll(async () => {
    t = await testApp({}, driver)
    boss = await t.signedIn('admin')
    own = await t.signedIn('interviewer')
    await furnish()
    address = await t.app.listen({ host: '127.0.0.1', port: 0 })
  })
  afterAll(() => t.close())
  const downloads: IncomingMessage[] = []
  afterEach(() => {
    vi.restoreAllMocks()
    for (const response of downloads.splice(0)) response.destroy()
  })

  const post = async (url: string, payload: object, as = boss) => (await t.post(url, payload, as)).body
  const get = (url: string, as = boss): Promise<Answer> => t.get(url, as)
  const rowsOf = ({ body }: Answer) => parse<Record<string, string>>(body, { bom: true, columns: true })
  const lastRow = async () => (await get('/api/audit-logs?limit=1')).body.data[0]

  /** Interviews of two people, their tasks, and many more tasks that are as long as they may be. */
  async function furnish(): Promise<void> {
    for (const { name, userId, startsAt } of [
      { name: 'Łukasz', userId: own.id, startsAt: '2030-03-04T09:00:00Z' },
      { name: '=HYPERLINK("http://evil.example")', userId: null, startsAt: '2030-03-04T11:00:00Z' },
    ]) {
      const email = `person.${name.length}@example.com`
      const skills = ['TypeScript', 'a;b']
      const person = { name, email, userId, skills, title: '+49 170 1', department: 'R&D' }
      const panel = [{ interviewerId: (await post('/api/interviewers', person)).id }]
      await post('/api/events', { title: name, type: 'other', startsAt, durationMinutes: 30, panel })
    }
    const task = { title: 'Mine', description: 'Two\r\nlines, "quoted"', dueAt: '2030-01-01T00:00:00Z' }
    await post('/api/tasks', task, own)
    for (let from = 1; from <= TASKS; from += TASKS_AT_ONCE) {
      await t.db.run(
        `WITH RECURSIVE numbers (n) AS (SELECT CAST(:from AS INTEGER) UNION ALL SELECT n + 1 FROM numbers WHERE n < :to)
         INSERT INTO tasks (id, title, description, created_by)
         SELECT 'many-' || CAST(10000 + n AS TEXT), 'Task ' || CAST(n AS TEXT), :description, :by FROM numbers`,
        { from, to: from + TASKS_AT_ONCE - 1, description: 'x'.repeat(2_500), by: boss.id },
      )
    }
  }

  /** Calls `between` each time a page of tasks has been read, with how many there were. */
  function afterEachPage(between: (pages: number) => Promise<void> | void): { pages: number } {
    const count = { pages: 0 }
    const many = t.db.many.bind(t.db)
    vi.spyOn(t.db, 'many').mockImplementation(async (sql, params) => {
      const rows = await many(sql, params)
      if (!sql.includes('FROM tasks')) return rows
      count.pages += 1
      await between(count.pages)
      return rows
    })
    return count
  }

  async function turns(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) await nextTurn()
  }

  async function download(path: string): Promise<IncomingMessage> {
    const [response] = await once(request(`${address}${path}`, { headers: boss.headers, agent: false }), 'response')
    downloads.push(response as IncomingMessage)
    return response as IncomingMessage
  }

  describe('refusals', () => {
    it.each(LISTS)('refuses a stranger: %s', async list => {
      expect(await t.get(`/api/${list}/export`)).toMatchObject(refusal(401, 'UNAUTHORIZED'))
    })

    it('refuses the journal to an interviewer, as its list does', async () => {
      expect(await get('/api/audit-logs/export', own)).toMatchObject(refusal(403, 'FORBIDDEN'))
    })

    it.each([
      ['an unknown format', '/api/tasks/export?format=docx', '/format'],
      ['a limit', '/api/tasks/export?limit=5', '/limit'],
      ['an offset', '/api/events/export?offset=5', '/offset'],
      ['a cursor', '/api/interviewers/export?cursor=abc', '/cursor'],
      ['a sort that the list has not', '/api/tasks/export?sort=title', '/sort'],
      ['a filter that the list has not', '/api/interviewers/export?assigneeId=1', '/assigneeId'],
    ])('refuses %s', async (_what, url, path) => {
      expect(await get(url)).toMatchObject(invalid(path))
    })

    it('answers an error, and no part of a file, when the first page cannot be read', async () => {
      const before = await lastRow()
      afterEachPage(() => {
        throw new DatabaseError('read', new Error('gone'), true)
      })
      const answer = await get('/api/tasks/export')
      vi.restoreAllMocks()
      expect(answer).toMatchObject(refusal(503, 'DATABASE_UNAVAILABLE'))
      expect(answer.headers).not.toHaveProperty('content-disposition')
      expect(await lastRow()).toEqual(before)
    })

    it('refuses a third at a time to one user, and to nobody else; and takes it when one has ended', async () => {
      const two = [await download('/api/tasks/export'), await download('/api/tasks/export')]
      const third = await get('/api/interviewers/export')
      expect(third).toMatchObject({ status: 429, body: { code: 'EXPORTS_RUNNING' }, headers: { 'retry-after': '5' } })
      expect((await get('/api/interviewers/export', own)).status).toBe(200)
      for (const response of two) await response.toArray()
      await eventually(async () => expect((await get('/api/interviewers/export')).status).toBe(200))
    })
  })

  it('has the rows and the order of the list, with its filters and for the same person', async () => {
    for (const [list, query] of [
      ['interviewers', 'q=lukas'],
      ['interviewers', 'skill=typescript&sort=-email'],
      ['events', 'sort=-createdAt&type=other'],
      ['tasks', 'dueBefore=2031-01-01T00:00:00Z'],
      ['tasks', 'sort=-priority&q=mine'],
      ['audit-logs', 'entityType=interviewer&action=create&sort=id'],
    ] as const) {
      for (const as of list === 'audit-logs' ? [boss] : [boss, own]) {
        const listed = (await get(`/api/${list}?${query}`, as)).body.data
        const exported = rowsOf(await get(`/api/${list}/export?${query}`, as))
        expect(listed.length, `${list} ${query}`).toBeGreaterThan(0)
        const ids = exported.map(({ id }) => id)
        expect(ids).toEqual(listed.map(({ id }: { id: unknown }) => String(id)))
      }
    }
    expect(rowsOf(await get('/api/events/export', own))).toHaveLength(1)
    expect(rowsOf(await get('/api/events/export'))).toHaveLength(2)
  })

  it('writes CSV that is read back, with nothing that a spreadsheet would run', async () => {
    const before = new Date()
    const answer = await get('/api/interviewers/export?sort=-name')
    const days = [before, new Date()].map(instant => instant.toISOString().slice(0, 10)) // midnight may come between
    const names = days.map(day => `attachment; filename="interviewers-${day}.csv"`)
    expect(names).toContain(answer.headers['content-disposition'])
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    expect(answer.headers).not.toHaveProperty('x-cache')
    expect(answer.body).toMatch(/^\uFEFFid,name,email,/)
    expect(answer.body.endsWith('\r\n')).toBe(true)
    const listed = (await get('/api/interviewers?sort=-name')).body.data
    const person = { title: "'+49 170 1", department: 'R&D', skills: 'TypeScript|"a;b"', maxPerDay: '', weight: '100' }
    expect(rowsOf(answer)).toMatchObject([
      { name: 'Łukasz', ...person },
      { name: `'=HYPERLINK("http://evil.example")`, createdAt: listed[1].createdAt, userId: '' },
    ])
    const [mine] = rowsOf(await get('/api/tasks/export', own))
    expect(mine).toMatchObject({ description: 'Two\r\nlines, "quoted"', dueAt: '2030-01-01T00:00:00.000Z' })
  })

  it.each([
    ['xlsx', XLSX, 'PK'],
    ['pdf', 'application/pdf', '%PDF'],
  ])('sends %s as a file that says what it is', async (format, type, start) => {
    const filters = { interviewers: '', events: '', tasks: '&q=mine', 'audit-logs': '&action=create' }
    for (const list of LISTS) {
      const answer = await get(`/api/${list}/export?format=${format}${filters[list]}`)
      expect(answer, list).toMatchObject({ status: 200, headers: { 'content-type': type } })
      expect(answer.body.startsWith(start), list).toBe(true)
    }
  })

  it('is one row of the journal, which says what was asked for', async () => {
    await get('/api/tasks/export?q=mine&sort=-dueAt&format=xlsx')
    const row = await lastRow()
    expect(row).toMatchObject({ action: 'export', entityType: 'task', entityId: null, actorId: boss.id })
    expect(row.changes).toEqual({
      format: { from: null, to: 'xlsx' },
      q: { from: null, to: 'mine' },
      sort: { from: null, to: '-dueAt' },
    })
  })

  it('A46: has every row once, whatever is added and removed while it is read', async () => {
    const before = (await t.db.many<{ id: string }>('SELECT id FROM tasks')).map(({ id }) => id)
    const added = 'INSERT INTO tasks (id, title, created_by) VALUES (:id, :title, :by)'
    afterEachPage(async page => {
      for (const end of ['aaa', 'zzz']) await t.db.run(added, { id: `${end}-${page}`, title: 'Late', by: boss.id })
      if (page === 1) await t.db.run(`DELETE FROM tasks WHERE id = 'many-10001' OR id = 'many-${10_000 + TASKS}'`)
    })
    const exported = rowsOf(await get('/api/tasks/export')).map(({ id = '' }) => id)
    expect(new Set(exported).size).toBe(exported.length)
    const gone = ['many-10001', `many-${10_000 + TASKS}`]
    expect(exported).toEqual(expect.arrayContaining(before.filter(id => !gone.includes(id))))
  })

  it('is read no further when the client has left', async () => {
    const left = new Promise<void>(resolve => {
      t.app.server.once('connection', socket => socket.once('close', () => resolve()))
    })
    const count = afterEachPage(page => (page === 2 ? left : undefined))
    const response = await download('/api/tasks/export')
    response.destroy()
    await left
    for (let time = 0; time < 5; time += 1) await turns() // long enough for all of the eleven pages
    expect(count.pages).toBeLessThanOrEqual(2)
  })

  it('does not count those whose client had left before they began', async () => {
    const hasty = await t.signedIn('interviewer')
    const reads = { begun: 0, ended: 0 }
    let goOn: (() => void) | undefined
    const gone = new Promise<void>(resolve => (goOn = resolve))
    const one = t.db.one.bind(t.db)
    vi.spyOn(t.db, 'one').mockImplementation(async (sql, params) => {
      reads.begun += 1
      await gone
      const row = await one(sql, params)
      reads.ended += 1
      return row
    })
    /** Asks until the server is not too busy to listen. */
    const ask = (asking: { now?: ClientRequest } = {}) => {
      asking.now = request(`${address}/api/interviewers/export`, { headers: hasty.headers, agent: false })
      asking.now.on('error', () => undefined)
      asking.now.on('response', response => response.statusCode === 503 && ask(asking))
      return asking
    }
    for (let count = 1; count <= 2; count += 1) {
      const asking = ask()
      await eventually(() => expect(reads.begun).toBe(count)) // the database is asked who it is
      asking.now?.destroy()
    }
    await turns()
    goOn?.()
    await eventually(() => expect(reads.ended).toBe(2))
    vi.restoreAllMocks()
    await turns()
    expect((await get('/api/interviewers/export', hasty)).status).toBe(200)
  })

  it('cuts the connection when the database fails on the way: no part looks like the whole', async () => {
    for (const format of ['csv', 'xlsx']) {
      afterEachPage(page => {
        if (page === 2) throw new DatabaseError('read', new Error('gone'), true)
      })
      const response = await download(`/api/tasks/export?format=${format}`)
      expect(response.statusCode).toBe(200)
      await expect(response.toArray()).rejects.toThrow(/aborted/)
      vi.restoreAllMocks()
    }
  })
})

it('refuses a PDF of more rows than it can have, and writes nothing', async () => {
  const t = await testApp()
  const boss = await t.signedIn('admin')
  for (let row = 0; row < 20_001; row += 2_000) {
    await t.db.run(
      `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :rows)
           INSERT INTO audit_logs (actor_name, action, entity_type, entity_id)
           SELECT 'tester', 'probe', 'thing', CAST(n AS TEXT) FROM numbers`,
      { rows: Math.min(2_000, 20_001 - row) },
    )
  }
  const answer = await t.get('/api/audit-logs/export?format=pdf&action=probe', boss)
  expect(answer).toMatchObject(invalid('/format'))
  expect(answer.body.message).toContain('20,001')
  const exported = 'SELECT count(*) AS total FROM audit_logs WHERE action = :action'
  expect(await t.db.one(exported, { action: 'export' })).toEqual({ total: 0 })
  await t.close()
})
