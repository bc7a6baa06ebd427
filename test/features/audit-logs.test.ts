import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { declarations } from '../../features/index.ts'
import { refusal } from '../support/answers.ts'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers, sqlite } from '../support/databases.ts'

const url = '/api/audit-logs'

describe.each(drivers)('the audit log on $name', driver => {
  let t: TestApp
  let admin: SignedIn
  let talent: SignedIn
  let reader: SignedIn

  beforeAll(async () => {
    t = await testApp({}, driver)
    admin = await t.signedIn('admin')
    talent = await t.signedIn('talent', 'Tess Talent')
    reader = await t.signedIn('interviewer')
  })
  afterAll(() => t.close())

  let made = 0
  const headers = { 'x-request-id': 'from-a-script.1', 'user-agent': 'the test' }
  const person = async () => {
    const payload = { name: 'Ada Lovelace', email: `ada${++made}@example.com` }
    return (await t.post('/api/interviewers', payload, talent, headers)).body
  }
  const get = (path: string, as = talent) => t.get(url + path, as)

  describe('audit logs: refusals', () => {
    it.each(['', '/1'])('refuses strangers and interviewers: GET %s', async path => {
      expect((await t.get(url + path)).status).toBe(401)
      expect((await get(path, reader)).status).toBe(403)
    })

    it('shows the history of a user to an admin alone', async () => {
      const path = `/api/users/${reader.id}/history`
      expect((await t.get(path, talent)).status).toBe(403)
      expect((await t.get(path, admin)).status).toBe(200)
    })

    it('answers 404 to an unknown row, 400 to what is no row number and to an unknown filter', async () => {
      expect(await get('/999999')).toMatchObject(refusal(404, 'NOT_FOUND'))
      expect(await get('/abc')).toMatchObject({ status: 400, body: { details: [{ path: '/id' }] } })
      expect(await get('?who=me')).toMatchObject({ status: 400, body: { details: [{ path: '/who' }] } })
      expect(await get('?occurredAfter=yesterday')).toMatchObject({
        status: 400,
        body: { details: [{ path: '/occurredAfter' }] },
      })
    })

    it.each(['POST', 'PUT', 'DELETE'] as const)('has no way to %s', async method => {
      const answer = await t.call({ method, url: `${url}/1`, as: admin, payload: {} })
      expect(answer).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
    })
  })

  describe('F12 audit logs show talent nothing that is for admins', () => {
    const FOR_ADMINS = ['user', 'session', 'api_token', 'mail', 'backup']
    const lastOf = async (entityType: string) => (await get(`?entityType=${entityType}&limit=1`, admin)).body.data[0]

    beforeAll(async () => {
      for (const entityType of new Set([...FOR_ADMINS, ...declarations.histories.map(history => history.entityType)])) {
        const row = { type: entityType, id: randomUUID() }
        await t.db.run(
          `INSERT INTO audit_logs (actor_name, action, entity_type, entity_id) VALUES ('x', 'probe', :type, :id)`,
          row,
        )
      }
    })

    it.each(FOR_ADMINS)('of a %s, in a list, alone, or in a file', async entityType => {
      const { id, entityId } = await lastOf(entityType)
      const filter = `entityType=${entityType}&entityId=${entityId}`
      expect((await get(`?${filter}`, admin)).body.pagination.total).toBe(1)
      expect((await get(`?${filter}`)).body).toMatchObject({ data: [], pagination: { total: 0, nextCursor: null } })
      expect((await get(`/${id}`, admin)).status).toBe(200)
      expect(await get(`/${id}`)).toMatchObject(refusal(404, 'NOT_FOUND'))
      const file = async (as: SignedIn) =>
        (await t.app.inject({ url: `${url}/export?action=probe`, headers: as.headers })).body
      expect(await file(admin)).toContain(entityId)
      expect(await file(talent)).not.toContain(entityId)
    })

    it('as the histories do: whoever may not read one finds none of its rows', async () => {
      for (const { entityType, path, roles } of declarations.histories) {
        const { id, entityId } = await lastOf(entityType)
        const status = roles.includes('talent') ? 200 : 403
        expect((await t.get(`${path}/${entityId}/history`, talent)).status).toBe(status)
        expect((await get(`/${id}`)).status).toBe(status === 200 ? 200 : 404)
      }
    })

    it('and pages and totals count what is shown', async () => {
      const shown = await t.db.many<{ id: number }>(
        `SELECT id FROM audit_logs WHERE entity_type NOT IN (${FOR_ADMINS.map(type => `'${type}'`).join()})
         ORDER BY id DESC LIMIT 1000`,
      )
      const walked: number[] = []
      for (let query = '?limit=3'; query !== '';) {
        const { data, pagination } = (await get(query)).body
        expect(pagination.total).toBe(shown.length)
        walked.push(...data.map((row: { id: number }) => row.id))
        query = pagination.nextCursor === null ? '' : `?limit=3&cursor=${pagination.nextCursor}`
      }
      expect(walked).toEqual(shown.map(({ id }) => id))
      const all = await t.db.one<{ total: number }>('SELECT count(*) AS total FROM audit_logs')
      expect((await get('', admin)).body.pagination.total).toBe(all?.total)
    })

    it.runIf(driver === sqlite)('and are found by an index, however many rows are left out', async () => {
      const planOf = (where: string) => `EXPLAIN QUERY PLAN SELECT * FROM staff_audit_logs ${where} ORDER BY id DESC`
      const plan = async (where: string) =>
        (await t.db.many<{ detail: string }>(planOf(where))).map(({ detail }) => detail).join()
      expect(await plan('')).toMatch(/USING INDEX audit_logs_of_staff$/)
      expect(await plan(`WHERE entity_type = 'event'`)).toMatch(/USING INDEX audit_logs_by_type \(entity_type=\?\)$/)
    })
  })

  describe('audit logs', () => {
    it('tell who did what, from where and by which request', async () => {
      const ada = await person()
      const { body } = await get(`?entityType=interviewer&entityId=${ada.id}`)
      expect(body.pagination.total).toBe(1)
      expect(body.data[0]).toMatchObject({
        actorId: talent.id,
        actorName: 'Tess Talent',
        action: 'create',
        entityType: 'interviewer',
        entityId: ada.id,
        reason: null,
        requestId: 'from-a-script.1',
        ip: '127.0.0.1',
        userAgent: 'the test',
        changes: { email: { from: null, to: ada.email } },
      })
      expect((await get(`/${body.data[0].id}`)).body).toEqual(body.data[0])
    })

    it('stand with the last one first, and page without a gap while more are written', async () => {
      await person()
      await person()
      const first = await get('?limit=2')
      const [one, two] = first.body.data
      expect(one.id).toBeGreaterThan(two.id)
      await person()
      const next = await get(`?limit=2&cursor=${first.body.pagination.nextCursor}`)
      expect(next.status === 200 ? next.body.data.every((row: { id: number }) => row.id < two.id) : next.body).toBe(
        true,
      )
    })

    it('refuse a cursor made by hand of values that are no numbers', async () => {
      const { nextCursor } = (await get('?limit=1')).body.pagination
      const [key, id, ...rest] = JSON.parse(Buffer.from(nextCursor, 'base64url').toString()) as unknown[]
      for (const parts of [
        ['x', id, ...rest],
        [key, 'x', ...rest],
        [1e300, id, ...rest],
      ]) {
        const cursor = Buffer.from(JSON.stringify(parts)).toString('base64url')
        expect(await get(`?limit=1&cursor=${cursor}`)).toMatchObject(refusal(400, 'INVALID_CURSOR'))
      }
    })

    it('are filtered by actor, action, request and time', async () => {
      const total = async (query: string) => (await get(`?${query}`)).body.pagination.total
      const all = await total('')
      expect(await total(`actorId=${talent.id}&action=create&requestId=from-a-script.1`)).toBeGreaterThan(0)
      expect(await total(`actorId=${reader.id}`)).toBe(0)
      expect(await total('occurredAfter=2020-01-01T00:00:00Z')).toBe(all)
      expect(await total('occurredBefore=2020-01-01T00:00:00Z')).toBe(0)
    })

    it('cannot be changed or removed, not even with SQL', async () => {
      await person()
      const count = () => t.db.one('SELECT count(*) AS total, max(id) AS last FROM audit_logs')
      const before = await count()
      for (const sql of ["UPDATE audit_logs SET actor_name = 'Nobody'", 'DELETE FROM audit_logs']) {
        await expect(t.db.run(sql)).rejects.toMatchObject({ kind: 'rule', constraint: 'audit_logs_append_only' })
      }
      expect(await count()).toEqual(before)
    })
  })
})
