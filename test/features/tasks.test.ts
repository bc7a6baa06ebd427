import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { invalid, outdated, refusal, unknown } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'

const url = '/api/tasks'

interface Row {
  readonly id: string
  readonly dueAt: string | null
  readonly priority: number
  readonly createdAt: string
}

describe.each(drivers)('tasks on $name', driver => {
  let t: TestApp
  let admin: SignedIn
  let talent: SignedIn
  let maker: SignedIn
  let assignee: SignedIn
  let bystander: SignedIn
  /** An interview that `maker` sits in, and one they do not. */
  let own: string
  let foreign: string

  beforeAll(async () => {
    t = await testApp({}, driver)
    admin = await t.signedIn('admin')
    talent = await t.signedIn('talent', 'Tess Talent')
    maker = await t.signedIn('interviewer')
    assignee = await t.signedIn('interviewer')
    bystander = await t.signedIn('interviewer')
    own = await book(await interviewer(maker.id), 9)
    foreign = await book(await interviewer(null), 12)
  })
  afterAll(() => t.close())

  let made = 0
  const interviewer = async (userId: string | null): Promise<string> => {
    const payload = { name: 'Ada Lovelace', email: `ada${++made}@example.com`, userId }
    return (await t.post('/api/interviewers', payload, admin)).body.id
  }
  const book = async (interviewerId: string, hour: number): Promise<string> => {
    const startsAt = new Date(Date.UTC(2026, 2, 2, hour)).toISOString()
    const payload = { title: 'Interview', type: 'other', startsAt, durationMinutes: 60, panel: [{ interviewerId }] }
    return (await t.post('/api/events', payload, admin)).body.id
  }
  const create = (more: object = {}, as = talent, headers = {}): Promise<Answer> =>
    t.post(url, { title: 'Send the exercise', ...more }, as, headers)
  const put = (id: string, payload: object, as = talent, headers = {}): Promise<Answer> =>
    t.put(`${url}/${id}`, payload, as, headers)
  const get = (path: string, as = talent, headers = {}): Promise<Answer> => t.get(url + path, as, headers)
  const remove = (id: string, as = talent, headers = {}): Promise<Answer> => t.delete(`${url}/${id}`, as, headers)
  const history = async (id: string) => (await get(`/${id}/history?sort=id`)).body.data
  const ids = (answer: Answer): string[] => answer.body.data.map(({ id }: Row) => id)
  const journal = () => t.db.one<{ n: number }>('SELECT count(*) AS n FROM audit_logs')
  /** Made by `maker` and given to `assignee` by staff. */
  const handedOver = async (): Promise<Row> => {
    const { body: task } = await create({}, maker)
    return (await put(task.id, { assigneeId: assignee.id })).body
  }
  const forbidden = (message: unknown = expect.any(String)) => refusal(403, 'FORBIDDEN', { message })

  describe('tasks: refusals', () => {
    it.each([
      ['GET', ''],
      ['POST', ''],
      ['GET', `/${unknown}`],
      ['PUT', `/${unknown}`],
      ['DELETE', `/${unknown}`],
      ['GET', `/${unknown}/history`],
    ] as const)('refuses a stranger: %s %s', async (method, path) => {
      expect(await t.call({ method, url: url + path })).toMatchObject(refusal(401, 'UNAUTHORIZED'))
    })

    it('refuses the history of a task to an interviewer, also to its maker', async () => {
      const { body: task } = await create({}, maker)
      expect(await get(`/${task.id}/history`, maker)).toMatchObject(forbidden())
      expect((await get(`/${task.id}/history`, admin)).status).toBe(200)
    })

    it.each([
      ['GET', undefined],
      ['PUT', { title: 'A' }],
      ['DELETE', undefined],
    ] as const)('answers 404 to %s of what is not there, and in the same words of what is others’', async (...of) => {
      const [method, payload] = of
      const task = await handedOver()
      const ask = async (id: string, as: SignedIn) => {
        const { body } = await t.call({ method, url: `${url}/${id}`, as, ...(payload && { payload }) })
        return { ...body, requestId: '' }
      }
      const never = await ask(unknown, talent)
      expect(never).toMatchObject({ statusCode: 404, code: 'NOT_FOUND' })
      expect(await ask(task.id, bystander)).toEqual(never)
    })

    it.each([
      ['no title', { title: undefined }, '/title'],
      ['an empty title', { title: '' }, '/title'],
      ['a title of 201 characters', { title: 'x'.repeat(201) }, '/title'],
      ['a title of two lines', { title: 'a\nb' }, '/title'],
      ['a description with a control character', { description: 'a\u0000b' }, '/description'],
      ['a description of 5001 characters', { description: 'x'.repeat(5001) }, '/description'],
      ['an unknown status', { status: 'BLOCKED' }, '/status'],
      ['a status of null', { status: null }, '/status'],
      ['priority 0', { priority: 0 }, '/priority'],
      ['priority 6', { priority: 6 }, '/priority'],
      ['priority 2.5', { priority: 2.5 }, '/priority'],
      ['a priority as text', { priority: '1' }, '/priority'],
      ['a due date without an offset', { dueAt: '2026-03-02T09:00:00' }, '/dueAt'],
      ['a day for a due date', { dueAt: '2026-03-02' }, '/dueAt'],
      ['an assignee that is no id', { assigneeId: 'ada' }, '/assigneeId'],
      ['an assignee who is not there', { assigneeId: unknown }, '/assigneeId'],
      ['an interview that is not there', { eventId: unknown }, '/eventId'],
      ['a maker', { createdBy: unknown }, '/createdBy'],
      ['a version', { version: 7 }, '/version'],
      ['an unknown field', { labels: [] }, '/labels'],
    ])('refuses %s and names the field, when it is added and when it is changed', async (_what, more, path) => {
      const { body: task } = await create()
      const before = await journal()
      expect(await create(more)).toMatchObject(invalid(path))
      if (JSON.stringify(more) !== '{}') expect(await put(task.id, more)).toMatchObject(invalid(path))
      expect(await journal()).toEqual(before)
      expect((await get(`/${task.id}`)).body).toEqual(task)
    })

    it.each(['priority=0', 'priority=high', 'status=todo', 'assigneeId=me', 'dueAfter=today', 'sort=title', 'done=1'])(
      'refuses a list with ?%s',
      async query => {
        const path = `/${query.split('=')[0] ?? ''}`
        expect(await get(`?${query}`)).toMatchObject(invalid(path))
      },
    )

    it('refuses an empty change', async () => {
      const { body: task } = await create()
      expect(await put(task.id, {})).toMatchObject(refusal(400, 'VALIDATION'))
    })

    it('refuses a stale version with the current one, and takes the current', async () => {
      const { body: task } = await create()
      expect((await put(task.id, { priority: 1 }, talent, { 'if-match': '"1"' })).headers['etag']).toBe('"2"')
      const stale = outdated(2)
      expect(await put(task.id, { priority: 2 }, talent, { 'if-match': '"1"' })).toMatchObject(stale)
      expect(await remove(task.id, talent, { 'if-match': '"1"' })).toMatchObject(stale)
      expect((await remove(task.id, talent, { 'if-match': '"2"' })).status).toBe(204)
    })

    it('refuses an interviewer who assigns a task to somebody else, whether or not that one exists', async () => {
      const before = await journal()
      const sentence = /^You may assign a task to yourself or to nobody/
      expect(await create({ assigneeId: assignee.id }, maker)).toMatchObject(forbidden(expect.stringMatching(sentence)))
      expect(await create({ assigneeId: unknown }, maker)).toMatchObject(forbidden(expect.stringMatching(sentence)))
      const { body: task } = await create({}, maker)
      expect(await put(task.id, { assigneeId: assignee.id }, maker)).toMatchObject(forbidden())
      expect(await put(task.id, { assigneeId: unknown }, maker)).toMatchObject(forbidden())
      expect((await journal())?.n).toBe((before?.n ?? 0) + 1)
    })

    it('refuses an interviewer every field but the status of what they were only assigned, and names it', async () => {
      const task = await handedOver()
      for (const [changes, named] of [
        [{ title: 'Another' }, 'title'],
        [{ status: 'DONE', priority: 1, dueAt: null }, 'priority, dueAt'],
        [{ assigneeId: null }, 'assigneeId'],
        [{ eventId: null }, 'eventId'],
        [{ description: null }, 'description'],
      ] as const) {
        const message = `You were given this task: you may change its status, but not ${named}`
        expect(await put(task.id, changes, assignee)).toMatchObject(forbidden(message))
      }
      expect(await put(task.id, { title: 'x' }, assignee, { 'if-match': '"99"' })).toMatchObject(forbidden())
      expect((await get(`/${task.id}`)).body).toEqual(task)
    })

    it('refuses an interviewer to remove what they did not make', async () => {
      const task = await handedOver()
      const answer = await remove(task.id, assignee)
      expect(answer).toMatchObject(forbidden('Only the person who made a task, admin or talent may remove it'))
      expect((await remove(task.id, maker)).status).toBe(204)
    })

    it('answers an interviewer of an interview they do not sit in as of one that never was', async () => {
      const { body: task } = await create({}, maker)
      for (const attempt of [
        (eventId: string) => create({ eventId }, maker),
        (eventId: string) => put(task.id, { eventId }, maker),
      ]) {
        const [hidden, never] = [await attempt(foreign), await attempt(unknown)]
        expect(hidden).toMatchObject(invalid('/eventId'))
        expect(hidden.body.message).toBe('there is no such interview')
        expect({ ...hidden.body, requestId: '' }).toEqual({ ...never.body, requestId: '' })
      }
    })
  })

  describe('tasks', () => {
    it('are added with the defaults, read back, and told to the journal', async () => {
      const { status, body: task, headers } = await create()
      expect(status).toBe(201)
      expect(headers).toMatchObject({ location: `${url}/${task.id}`, etag: '"1"' })
      expect(task).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
        title: 'Send the exercise',
        description: null,
        status: 'TODO',
        priority: 3,
        dueAt: null,
        assigneeId: null,
        eventId: null,
        createdBy: talent.id,
        version: 1,
        createdAt: expect.any(String),
        updatedAt: expect.any(String),
      })
      expect((await get(`/${task.id}`)).body).toEqual(task)
      expect((await get(`/${task.id}`, talent, { 'if-none-match': '"1"' })).status).toBe(304)
    })

    it('are journalled row by row, with who made and who was assigned them, also after they are gone', async () => {
      const more = { description: 'a\nb', dueAt: '2026-03-02T10:00:00+01:00', assigneeId: assignee.id, eventId: own }
      const { body: task } = await create(more)
      expect(task.dueAt).toBe('2026-03-02T09:00:00.000Z')
      const changed = await put(task.id, { priority: 1, dueAt: null, assigneeId: maker.id })
      expect(changed.body).toMatchObject({ priority: 1, dueAt: null, assigneeId: maker.id, eventId: own, version: 2 })
      await put(task.id, { status: 'DONE' }, maker)
      expect((await remove(task.id, admin)).status).toBe(204)
      expect((await get(`/${task.id}`)).status).toBe(404)

      const rows = await history(task.id)
      expect(rows.map(({ action }: { action: string }) => action)).toEqual(['create', 'update', 'update', 'delete'])
      const actors = rows.map(({ actorId }: { actorId: string }) => actorId)
      expect(actors).toEqual([talent.id, talent.id, maker.id, admin.id])
      expect(rows[0]).toMatchObject({ entityType: 'task', entityId: task.id, reason: null, actorName: 'Tess Talent' })
      const made = {
        title: 'Send the exercise',
        description: 'a\nb',
        status: 'TODO',
        priority: 3,
        dueAt: task.dueAt,
        assigneeId: assignee.id,
        eventId: own,
        createdBy: talent.id,
      }
      const from = (of: object) => Object.fromEntries(Object.entries(of).map(([key, value]) => [key, [null, value]]))
      const told = (index: number) =>
        Object.fromEntries(
          Object.entries<{ from: unknown; to: unknown }>(rows[index].changes).map(([key, c]) => [key, [c.from, c.to]]),
        )
      expect(told(0)).toEqual(from(made))
      expect(told(1)).toEqual({ priority: [3, 1], dueAt: [task.dueAt, null], assigneeId: [assignee.id, maker.id] })
      expect(told(2)).toEqual({ status: ['TODO', 'DONE'] })
      const { dueAt: _, ...gone } = { ...made, status: 'DONE', priority: 1, assigneeId: maker.id }
      expect(told(3)).toEqual(Object.fromEntries(Object.entries(gone).map(([key, value]) => [key, [value, null]])))
    })

    it('are seen by their maker, their assignee and staff, alone', async () => {
      const task = await handedOver()
      const seen = async (as: SignedIn) => [
        (await get(`/${task.id}`, as)).status,
        ids(await get('?sort=-createdAt', as)).includes(task.id),
      ]
      for (const as of [maker, assignee, talent, admin]) expect(await seen(as), as.role).toEqual([200, true])
      expect(await seen(bystander)).toEqual([404, false])
      await put(task.id, { assigneeId: null })
      expect(await seen(assignee)).toEqual([404, false])
    })

    it('are listed for an interviewer with a total of their own, whatever the filter', async () => {
      const one = await t.signedIn('interviewer')
      const two = await t.signedIn('interviewer')
      const mine = (await create({ title: 'Mine' }, one)).body
      const given = (await create({ title: 'Given', assigneeId: one.id })).body
      await create({ title: 'Theirs', assigneeId: two.id })
      const list = async (query: string, as: SignedIn) => {
        const answer = await get(`?sort=createdAt&${query}`, as)
        return { ids: ids(answer), total: answer.body.pagination.total }
      }
      expect(await list('', one)).toEqual({ ids: [mine.id, given.id], total: 2 })
      expect(await list(`assigneeId=${one.id}`, one)).toEqual({ ids: [given.id], total: 1 })
      expect(await list(`assigneeId=${two.id}`, one)).toEqual({ ids: [], total: 0 })
      expect(await list('q=theirs', one)).toEqual({ ids: [], total: 0 })
      expect(await list('limit=1&offset=50', one)).toEqual({ ids: [], total: 2 })
      const everything = await t.db.one<{ n: number }>('SELECT count(*) AS n FROM tasks')
      expect((await get('?limit=1')).body.pagination.total).toBe(everything?.n)
    })

    it('let an interviewer assign to themselves and to nobody, and leave what staff assigned', async () => {
      const { status, body: task } = await create({ assigneeId: maker.id }, maker)
      expect([status, task.assigneeId]).toEqual([201, maker.id])
      expect((await put(task.id, { assigneeId: null }, maker)).body.assigneeId).toBeNull()
      await put(task.id, { assigneeId: assignee.id })
      const kept = await put(task.id, { title: 'Other', assigneeId: assignee.id }, maker)
      expect(kept).toMatchObject({ status: 200, body: { title: 'Other', assigneeId: assignee.id } })
      expect((await put(task.id, { status: 'IN_PROGRESS' }, assignee)).body.status).toBe('IN_PROGRESS')
      expect((await put(task.id, { assigneeId: maker.id }, maker)).body.assigneeId).toBe(maker.id)
    })

    it('name interviews their maker sits in; staff name any, and an interviewer may leave that as it is', async () => {
      const { status, body: task } = await create({ eventId: own }, maker)
      expect([status, task.eventId]).toEqual([201, own])
      expect((await put(task.id, { eventId: foreign })).body.eventId).toBe(foreign)
      expect((await put(task.id, { eventId: foreign, priority: 5 }, maker)).status).toBe(200)
      expect((await put(task.id, { eventId: null }, maker)).body.eventId).toBeNull()
      expect(await put(task.id, { eventId: foreign }, maker)).toMatchObject(invalid('/eventId'))
    })

    it('outlive their interview, their assignee and their maker, as newer versions without them', async () => {
      const [boss, worker] = [await t.signedIn('talent'), await t.signedIn('interviewer')]
      const eventId = await book(await interviewer(null), 15)
      const { body: task } = await create({ eventId, assigneeId: worker.id }, boss)
      const drop = (path: string) => t.delete(`/api/${path}`, admin)
      expect((await drop(`events/${eventId}`)).status).toBe(204)
      expect((await get(`/${task.id}`)).body).toMatchObject({ eventId: null, assigneeId: worker.id, version: 2 })
      expect((await drop(`users/${worker.id}`)).status).toBe(204)
      expect((await get(`/${task.id}`)).body).toMatchObject({ assigneeId: null, createdBy: boss.id, version: 3 })
      expect((await drop(`users/${boss.id}`)).status).toBe(204)
      expect((await get(`/${task.id}`)).body).toMatchObject({ createdBy: null, title: task.title, version: 4 })
    })

    it('are added once for one Idempotency-Key', async () => {
      const before: number = (await get('?limit=1')).body.pagination.total
      const send = () => create({ title: 'Once' }, maker, { 'idempotency-key': 'once' })
      const [first, again] = [await send(), await send()]
      expect(again.body).toEqual(first.body)
      expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true', location: first.headers['location'] })
      expect((await create({ title: 'Twice' }, maker, { 'idempotency-key': 'once' })).status).toBe(422)
      expect((await get('?limit=1')).body.pagination.total).toBe(before + 1)
      expect(await history(first.body.id)).toHaveLength(1)
    })
  })

  describe('the list of tasks', () => {
    let apart: TestApp
    let boss: SignedIn
    let worker: SignedIn
    const tasks: Row[] = []
    const list = (query: string) => apart.get(`${url}?${query}`, boss)

    beforeAll(async () => {
      apart = await testApp({}, driver)
      boss = await apart.signedIn('admin')
      worker = await apart.signedIn('interviewer')
      await apart.db.run(`INSERT INTO events (id, title, type, starts_at, ends_at)
        VALUES ('${unknown}', 'Interview', 'other', '2026-03-02T09:00:00.000Z', '2026-03-02T10:00:00.000Z')`)
      const day = (date: number) => `2026-03-0${date}T09:00:00Z`
      for (const payload of [
        { title: 'Alpha', priority: 5, dueAt: day(3) },
        { title: 'Beta', priority: 1, dueAt: day(1), status: 'DONE' },
        { title: 'Gamma', priority: 2, assigneeId: worker.id },
        { title: 'Delta 50%_', priority: 2, dueAt: day(3) },
        { title: 'Epsilon', description: 'Ärger with the ALPHABET', dueAt: day(2), eventId: unknown },
        { title: 'Zeta' },
        { title: 'Eta', priority: 5, status: 'IN_PROGRESS' },
      ]) {
        tasks.push((await apart.post(url, payload, boss)).body)
      }
    })
    afterAll(() => apart.close())

    const titles = (answer: Answer) => answer.body.data.map(({ title }: { title: string }) => title)

    it.each([
      ['status=DONE', ['Beta']],
      ['status=IN_PROGRESS', ['Eta']],
      ['priority=2', ['Gamma', 'Delta 50%_']],
      [`eventId=${unknown}`, ['Epsilon']],
      ['dueAfter=2026-03-02T10:00:00%2B01:00', ['Alpha', 'Delta 50%_', 'Epsilon']],
      ['dueBefore=2026-03-03T09:00:00Z', ['Beta', 'Epsilon']],
      ['dueAfter=2026-03-01T09:00:00Z&dueBefore=2026-03-02T09:00:00Z', ['Beta']],
      ['q=alpha', ['Alpha', 'Epsilon']],
      ['q=alphabet+epsi', ['Epsilon']],
      ['q=50%25_', ['Delta 50%_']],
      ['q=%25', []],
      ['q=', ['Alpha', 'Beta', 'Gamma', 'Delta 50%_', 'Epsilon', 'Zeta', 'Eta']],
      ['priority=5&status=TODO', ['Alpha']],
    ])('is filtered by %s, with the right total', async (query, expected) => {
      const answer = await list(`sort=createdAt&${query}`)
      expect(titles(answer)).toEqual(expected)
      expect(answer.body.pagination.total).toBe(expected.length)
      expect((await list(`limit=1&offset=90&${query}`)).body.pagination.total).toBe(expected.length)
    })

    it('is filtered by assignee', async () => {
      expect(titles(await list(`assigneeId=${worker.id}`))).toEqual(['Gamma'])
    })

    it('takes any search', async () => {
      expect(await list(`q=${encodeURIComponent("'%_\\\0* OR")}`)).toMatchObject({ status: 200, body: { data: [] } })
    })

    const byId = (a: Row, b: Row) => (a.id < b.id ? -1 : 1)
    const orders: Record<string, (a: Row, b: Row) => number> = {
      dueAt: (a, b) => (a.dueAt ?? '9999').localeCompare(b.dueAt ?? '9999') || byId(a, b),
      priority: (a, b) => a.priority - b.priority || byId(a, b),
      createdAt: (a, b) => a.createdAt.localeCompare(b.createdAt) || byId(a, b),
    }
    it.each(Object.keys(orders).flatMap(sort => [1, 2, 3, 7].map(limit => ({ sort, limit }))))(
      'is paged by $sort with $limit a page, in both directions, each task once',
      async ({ sort, limit }) => {
        const forward = [...tasks].sort(orders[sort]).map(({ id }) => id)
        const directions = { [sort]: forward, [`-${sort}`]: forward.toReversed() }
        for (const [direction, expected] of Object.entries(directions)) {
          const seen: string[] = []
          let next: string | null = ''
          while (next !== null) {
            const page: Answer = await list(`limit=${limit}&sort=${direction}${next && `&cursor=${next}`}`)
            expect(page.body.pagination).toMatchObject({ total: tasks.length, offset: seen.length })
            seen.push(...ids(page))
            next = page.body.pagination.nextCursor
          }
          expect(seen).toEqual(expected)
        }
      },
    )

    it('begins with what is due first unless told otherwise, and ends with what has no due date', async () => {
      expect(titles(await list(''))).toEqual(['Beta', 'Epsilon', 'Alpha', 'Delta 50%_', 'Gamma', 'Zeta', 'Eta'])
    })

    it('refuses a cursor of another order', async () => {
      const { nextCursor } = (await list('limit=1')).body.pagination
      expect(await list(`limit=1&sort=priority&cursor=${nextCursor}`)).toMatchObject(refusal(400, 'INVALID_CURSOR'))
    })
  })

  describe('the table of tasks', () => {
    it('keeps its count, its version and its rules, whoever writes', async () => {
      const count = () => t.db.one(`SELECT total FROM row_counts WHERE table_name = 'tasks'`)
      const rows = () => t.db.one('SELECT count(*) AS total FROM tasks')
      const changes = async () =>
        (await t.db.one<{ version: number }>(`SELECT version FROM table_versions WHERE table_name = 'tasks'`))?.version
      const before = (await changes()) ?? 0
      await t.db.run(`INSERT INTO tasks (id, title) VALUES ('by hand', 'By hand')`)
      expect(await count()).toEqual(await rows())
      await t.db.run(`UPDATE tasks SET title = 'Changed' WHERE id = 'by hand'`)
      const answer = await t.db.one(`SELECT status, priority, version FROM tasks WHERE id = 'by hand'`)
      expect(answer).toEqual({ status: 'TODO', priority: 3, version: 2 })
      for (const wrong of [`status = 'todo'`, 'priority = 0', 'priority = 6', `due_at = '2026-03-02'`]) {
        const written = t.db.run(`UPDATE tasks SET ${wrong} WHERE id = 'by hand'`)
        await expect(written).rejects.toMatchObject({ kind: 'check' })
      }
      await t.db.run(`DELETE FROM tasks WHERE id = 'by hand'`)
      expect(await count()).toEqual(await rows())
      expect(await changes()).toBe(before + 3)
    })
  })
})
