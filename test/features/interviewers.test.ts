import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { idsOf, invalid, pagesOf, refusal, unknown } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'

const url = '/api/interviewers'

describe.each(drivers)('interviewers on $name', driver => {
  let t: TestApp
  let talent: SignedIn
  let reader: SignedIn

  beforeAll(async () => {
    t = await testApp({}, driver)
    talent = await t.signedIn('talent')
    reader = await t.signedIn('interviewer')
  })
  afterAll(() => t.close())

  let made = 0
  const body = (more: object = {}) => ({ name: 'Ada Lovelace', email: `ada${++made}@example.com`, ...more })
  const create = (more: object = {}, headers = {}): Promise<Answer> => t.post(url, body(more), talent, headers)
  const put = (id: string, payload: object, headers = {}): Promise<Answer> =>
    t.put(`${url}/${id}`, payload, talent, headers)
  const get = (path: string, headers = {}): Promise<Answer> => t.get(url + path, reader, headers)
  const history = async (id: string) => (await t.get(`${url}/${id}/history?sort=id`, talent)).body.data

  describe('interviewers: refusals', () => {
    it.each([
      ['GET', ''],
      ['POST', ''],
      ['GET', `/${unknown}`],
      ['PUT', `/${unknown}`],
      ['DELETE', `/${unknown}`],
      ['GET', `/${unknown}/history`],
    ] as const)('refuses a stranger: %s %s', async (method, path) => {
      expect(await t.call({ method, url: url + path })).toMatchObject({
        status: 401,
        body: { code: 'UNAUTHORIZED' },
        headers: { 'www-authenticate': 'Bearer' },
      })
    })

    it.each([
      ['POST', '', { name: 'A', email: 'a@b.c' }],
      ['PUT', `/${unknown}`, { name: 'A' }],
      ['DELETE', `/${unknown}`, undefined],
      ['GET', `/${unknown}/history`, undefined],
    ] as const)('refuses an interviewer: %s %s', async (method, path, payload) => {
      const answer = await t.call({ method, url: url + path, as: reader, ...(payload && { payload }) })
      expect(answer).toMatchObject(refusal(403, 'FORBIDDEN'))
    })

    it.each([
      ['GET', undefined],
      ['PUT', { name: 'A' }],
      ['DELETE', undefined],
    ] as const)('answers 404 to %s of what is not there', async (method, payload) => {
      const answer = await t.call({ method, url: `${url}/${unknown}`, as: talent, ...(payload && { payload }) })
      expect(answer).toMatchObject(refusal(404, 'NOT_FOUND'))
    })

    it.each([
      ['no name', { name: undefined }, '/name'],
      ['an empty name', { name: '' }, '/name'],
      ['a name of spaces', { name: '   ' }, '/name'],
      ['a name with a line feed', { name: 'Ada\nBcc: all' }, '/name'],
      ['a bad address', { email: 'ada' }, '/email'],
      ['an address with a second one behind it', { email: 'a@b.c\r\nRCPT TO:<e@v.il>' }, '/email'],
      ['an unknown time zone', { timezone: 'Mars/Olympus' }, '/timezone'],
      ['an offset for a zone', { timezone: '+02:00' }, '/timezone'],
      ['a buffer over four hours', { bufferAfterMinutes: 241 }, '/bufferAfterMinutes'],
      ['a buffer below none', { bufferBeforeMinutes: -1 }, '/bufferBeforeMinutes'],
      ['a number as text', { weight: '5' }, '/weight'],
      ['a weight of null', { weight: null }, '/weight'],
      ['fifty-one skills', { skills: Array.from({ length: 51 }, (_, n) => `s${n}`) }, '/skills'],
      ['a skill of 61 characters', { skills: ['x'.repeat(61)] }, '/skills/0'],
      ['an unknown type', { interviewTypes: ['chat'] }, '/interviewTypes/0'],
      ['an unknown field', { salary: 1 }, '/salary'],
      ['a field of the database', { version: 7 }, '/version'],
      ['an account that is not there', { userId: unknown }, '/userId'],
    ])('refuses %s and names the field', async (_what, more, path) => {
      expect(await create(more)).toMatchObject(invalid(path))
    })

    it('refuses a taken address, in whatever case, and leaves no trace of the attempt', async () => {
      const { body: ada } = await create()
      const rows = async () => t.db.one<{ total: number }>('SELECT count(*) AS total FROM audit_logs')
      const before = [await rows(), (await get('')).body.pagination.total]
      const answer = await create({ email: ada.email.toUpperCase() })
      expect(answer).toMatchObject(refusal(409, 'EMAIL_TAKEN'))
      expect([await rows(), (await get('')).body.pagination.total]).toEqual(before)
      const { body: bob } = await create()
      expect(await put(bob.id, { email: ada.email })).toMatchObject(refusal(409, 'EMAIL_TAKEN'))
    })

    it('refuses one account to act as two interviewers', async () => {
      await create({ userId: reader.id })
      expect(await create({ userId: reader.id })).toMatchObject(refusal(409, 'USER_TAKEN'))
    })

    it('refuses a stale version with 412 and the current one, and takes the current', async () => {
      const { body: ada } = await create()
      expect(await put(ada.id, { title: 'CTO' }, { 'if-match': '"1"' })).toMatchObject({
        status: 200,
        headers: { etag: '"2"' },
      })
      const stale = { status: 412, body: { code: 'VERSION_MISMATCH', details: [{ currentVersion: 2 }] } }
      expect(await put(ada.id, { title: 'CEO' }, { 'if-match': '"1"' })).toMatchObject(stale)
      expect(await put(ada.id, { title: 'CEO' }, { 'if-match': 'W/"1"' })).toMatchObject(stale)
      expect(await put(ada.id, { title: 'CEO' }, { 'if-match': 'anything' })).toMatchObject(stale)
      const remove = (tag: string) => t.delete(`${url}/${ada.id}`, talent, { 'if-match': tag })
      expect(await remove('"1"')).toMatchObject(stale)
      expect((await put(ada.id, { title: 'CEO' }, { 'if-match': '"9", "2"' })).status).toBe(200)
      expect((await remove('*')).status).toBe(204)
    })

    it('refuses an empty change', async () => {
      const { body: ada } = await create()
      expect(await put(ada.id, {})).toMatchObject(refusal(400, 'VALIDATION'))
    })
  })

  describe('interviewers', () => {
    it('adds one with the defaults, reads it back and journals it', async () => {
      const { status, body: ada, headers } = await create()
      expect({ status, location: headers['location'], etag: headers['etag'] }).toEqual({
        status: 201,
        location: `${url}/${ada.id}`,
        etag: '"1"',
      })
      expect(ada).toMatchObject({
        title: null,
        department: null,
        skills: [],
        interviewTypes: [],
        timezone: 'UTC',
        status: 'active',
        bufferBeforeMinutes: 0,
        bufferAfterMinutes: 0,
        maxPerDay: null,
        maxPerWeek: null,
        weight: 100,
        userId: null,
        version: 1,
      })
      expect(ada.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
      expect((await get(`/${ada.id}`)).body).toEqual(ada)
      expect(await history(ada.id)).toMatchObject([
        {
          action: 'create',
          actorId: talent.id,
          entityId: ada.id,
          changes: { name: { from: null, to: 'Ada Lovelace' } },
        },
      ])
    })

    it('changes the fields that are sent, clears with null, and journals just the difference', async () => {
      const { body: ada } = await create({ title: 'Engineer', department: 'Platform' })
      const changed = await put(ada.id, { title: null, weight: 50 })
      expect(changed.body).toMatchObject({ title: null, department: 'Platform', weight: 50, version: 2 })
      expect(changed.body).not.toHaveProperty('warnings')
      expect((await history(ada.id)).at(-1)).toMatchObject({
        action: 'update',
        changes: { title: { from: 'Engineer', to: null }, weight: { from: 100, to: 50 } },
      })
      expect(Object.keys((await history(ada.id)).at(-1).changes)).toHaveLength(2)
    })

    it('keeps skills as a set: trimmed, unique without regard to case, the first spelling stays', async () => {
      const { body: ada } = await create({ skills: ['TypeScript ', 'SQL', 'typescript', 'Ärzte'] })
      expect(ada.skills).toEqual(['TypeScript', 'SQL', 'Ärzte'])
    })

    it('answers 304 while the ETag is current', async () => {
      const { body: ada } = await create()
      expect(await get(`/${ada.id}`, { 'if-none-match': '"1"' })).toMatchObject({
        status: 304,
        body: '',
        headers: { etag: '"1"' },
      })
      expect(await get(`/${ada.id}`, { 'if-none-match': 'W/"1"' })).toMatchObject({ status: 304 })
      await put(ada.id, { weight: 70 })
      expect(await get(`/${ada.id}`, { 'if-none-match': '"1"' })).toMatchObject({
        status: 200,
        headers: { etag: '"2"' },
      })
    })

    it('removes one without interviews, and keeps the history', async () => {
      const { body: ada } = await create()
      expect((await t.delete(`${url}/${ada.id}`, talent)).status).toBe(204)
      expect((await get(`/${ada.id}`)).status).toBe(404)
      expect(await history(ada.id)).toMatchObject([
        { action: 'create' },
        { action: 'delete', changes: { name: { to: null } } },
      ])
    })

    it('filters, and finds words in whatever way they are typed', async () => {
      const mine = { department: 'Filters', timezone: 'Asia/Kathmandu' }
      const { body: one } = await create({
        ...mine,
        name: 'Zoë Ångström',
        skills: ['C++ 50%_'],
        interviewTypes: ['onsite'],
      })
      const { body: two } = await create({ ...mine, name: 'Bo', status: 'paused', title: 'Head of "Quotes"' })
      const ids = async (query: string) =>
        (await get(`?department=filters&sort=createdAt&${query}`)).body.data.map(({ id }: { id: string }) => id)
      expect(await ids('')).toEqual([one.id, two.id])
      expect(await ids('status=paused')).toEqual([two.id])
      expect(await ids(`skill=${encodeURIComponent('c++ 50%_')}`)).toEqual([one.id])
      expect(await ids('skill=C')).toEqual([])
      expect(await ids('interviewType=onsite')).toEqual([one.id])
      expect(await ids('timezone=Asia/Kathmandu')).toEqual([one.id, two.id])
      expect(await ids(`q=${encodeURIComponent('"quotes" head')}`)).toEqual([two.id])
      expect(await ids(`q=${encodeURIComponent("%' OR 1=1 --")}`)).toEqual([])
      expect(await ids('q=')).toEqual([one.id, two.id])
    })

    it('pages by every sort, in both directions, each row once, with the right total on every page', async () => {
      const { body: first } = await get('?limit=1')
      for (const sort of ['name', '-name', 'email', '-email', 'createdAt', '-createdAt', 'updatedAt', '-updatedAt']) {
        const seen: string[] = []
        for (const page of await pagesOf(cursor => get(`?limit=7&sort=${sort}${cursor}`))) {
          expect(page.body.pagination).toMatchObject({ total: first.pagination.total, limit: 7, offset: seen.length })
          expect(page.body.pagination.hasMore).toBe(page.body.pagination.nextCursor !== null)
          seen.push(...idsOf(page))
        }
        expect(new Set(seen).size).toBe(first.pagination.total)
        expect(seen).toHaveLength(first.pagination.total)
      }
    })

    it('gives the right total past the end, and refuses cursor and offset together', async () => {
      const { body: all } = await get('')
      const past = await get('?offset=5000')
      expect(past.body).toMatchObject({
        data: [],
        pagination: { total: all.pagination.total, offset: 5000, hasMore: false },
      })
      const cursor = (await get('?limit=1')).body.pagination.nextCursor
      expect(await get(`?cursor=${cursor}&offset=1`)).toMatchObject(refusal(400, 'VALIDATION'))
    })

    it.each([
      ['of another order', async () => `sort=-name&cursor=${(await get('?limit=1')).body.pagination.nextCursor}`],
      ['of other filters', async () => `status=active&cursor=${(await get('?limit=1')).body.pagination.nextCursor}`],
      ['that is noise', async () => 'cursor=%00%7f'],
      ['that is other JSON', async () => `cursor=${Buffer.from('{"a":1}').toString('base64url')}`],
    ])('refuses a cursor %s', async (_what, query) => {
      expect(await get(`?limit=1&${await query()}`)).toMatchObject(refusal(400, 'INVALID_CURSOR'))
    })

    it('takes any search, also one with a character that no database keeps', async () => {
      expect(await get(`?q=${encodeURIComponent("'%_\\\0* OR")}`)).toMatchObject({ status: 200, body: { data: [] } })
    })

    it('answers a repeated Idempotency-Key with the first answer, and adds one interviewer', async () => {
      const payload = body()
      const headers = { 'idempotency-key': 'k1' }
      const send = () => t.post(url, payload, talent, headers)
      const first = await send()
      const again = await send()
      expect(again.body).toEqual(first.body)
      expect(again.headers).toMatchObject({
        'idempotency-replayed': 'true',
        location: first.headers['location'],
        etag: '"1"',
      })
      expect((await get(`?q=${payload.email}`)).body.pagination.total).toBe(1)
      const bad = await t.post(url, payload, talent, { 'idempotency-key': 'käse' })
      expect(bad).toMatchObject(invalid('/idempotency-key'))
    })

    it('answers 409 to a repetition that comes while the first is still being answered', async () => {
      const payload = body()
      const send = () => t.post(url, payload, talent, { 'idempotency-key': 'k2' })
      const sent: Promise<Answer>[] = []
      const transaction = t.db.transaction.bind(t.db)
      // Nothing is written until one of them has its answer.
      vi.spyOn(t.db, 'transaction').mockImplementationOnce(async work => {
        await Promise.race(sent)
        return transaction(work)
      })
      sent.push(send(), send())
      const answers = await Promise.all(sent)
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
      expect(answers.find(({ status }) => status === 409)?.body.code).toBe('IDEMPOTENCY_IN_PROGRESS')
      expect((await send()).headers).toMatchObject({ 'idempotency-replayed': 'true' })
    })
  })
})
