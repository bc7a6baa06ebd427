import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { refusal } from '../support/answers.ts'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { eventually } from '../support/eventually.ts'
import { acceptInserts, refuseInserts } from '../support/tables.ts'

const REPLAYED = 'idempotency-replayed'
/** The body that creates something at each address; `{id}` is the interviewer, who is made first. */
const CREATED: Readonly<Record<string, string>> = {
  '/api/interviewers': '{"name":"Grace","email":"grace@example.com"}',
  '/api/portfolio/experience': '{"interviewerId":"{id}","company":"Navy","role":"Admiral"}',
  '/api/portfolio/education': '{"interviewerId":"{id}","institution":"Yale"}',
  '/api/portfolio/skills': '{"interviewerId":"{id}","name":"COBOL"}',
  '/api/portfolio/projects': '{"interviewerId":"{id}","name":"A-0"}',
  '/api/interviewers/{id}/feeds': '{}',
  '/api/interviewers/{id}/calendars': 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n',
  '/api/events':
    '{"title":"Screening","type":"technical","notes":"private","startsAt":"2030-01-07T09:00:00.000Z",' +
    '"durationMinutes":60,"panel":[{"interviewerId":"{other}"}]}',
  '/api/tasks': '{"title":"Call Grace back"}',
  '/api/tokens': '{"name":"script","scopes":["events:read"]}',
  '/api/users': '{"name":"Grace","email":"grace@example.com","role":"talent","password":"a nanosecond of copper wire"}',
}
/** They make an account that signs in with the answer, a report on many, and a file. */
const NOT_DELETED = ['/api/auth/register', '/api/interviewers/import', '/api/backups']

describe.each(drivers)('Idempotency-Key on $name', driver => {
  let t: TestApp
  let talent: SignedIn
  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }) // an hour of housekeeping passes in no time
    t = await testApp({}, driver)
    talent = await t.signedIn('talent')
  })
  afterAll(async () => {
    await t.close()
    vi.useRealTimers()
  })

  const send = (key: string, payload: object) =>
    t.post('/api/interviewers', payload, talent, { 'idempotency-key': key })

  it('is forgotten after 24 hours', async () => {
    const payload = { name: 'Ada', email: 'ada@example.com' }
    expect((await send('day', payload)).status).toBe(201)
    expect((await send('day', payload)).headers).toHaveProperty('idempotency-replayed')
    await t.db.run(`UPDATE idempotency_keys SET expires_at = '2020-01-01T00:00:00.000Z'`)
    expect(await send('day', payload)).toMatchObject(refusal(409, 'EMAIL_TAKEN'))
  })

  it('F35 is removed within the hour after it has expired, though nobody asks for anything', async () => {
    await t.db.run(`WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1001)
      INSERT INTO idempotency_keys (principal, route, key, body_hash, result, expires_at)
      SELECT 'nobody', '/', CAST(n AS text), '', '{}', '2020-01-01T00:00:00.000Z' FROM numbers`)
    await t.db.run(`INSERT INTO login_failures (account, failed_at) VALUES ('ada', '2020-01-01T00:00:00.000Z')`)
    expect((await send('alive', { name: 'Eve', email: 'eve@example.com' })).status).toBe(201)
    vi.advanceTimersByTime(60 * 60_000)
    await eventually(async () => {
      expect(await t.db.many(`SELECT key FROM idempotency_keys WHERE expires_at < '2021'`)).toEqual([])
      expect(await t.db.many('SELECT account FROM login_failures')).toEqual([])
    })
    expect((await send('alive', { name: 'Eve', email: 'eve@example.com' })).headers).toHaveProperty(REPLAYED)
  })

  it('F35 is refused once what it created is deleted, and keeps nothing of it', async () => {
    const admin = await t.signedIn('admin')
    const headers = { 'idempotency-key': 'deleted' }
    const ids: Record<string, string> = {}
    const repeat = async (path: string, body: string) => {
      const type = body.startsWith('{') ? 'application/json' : 'text/calendar'
      const [url, payload] = [path, body].map(text =>
        text.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? name),
      )
      return t.post(url ?? '', payload, admin, { ...headers, 'content-type': type })
    }
    ids['other'] = (await t.post('/api/interviewers', { name: 'B', email: 'b@example.com' }, admin)).body.id
    for (const [path, body] of Object.entries(CREATED)) {
      const answer = await repeat(path, body)
      expect(answer.status, `${path} ${JSON.stringify(answer.body)}`).toBe(201)
      ids[path === '/api/interviewers' ? 'id' : path] = answer.body.id
    }
    for (const path of ['/api/events', '/api/tasks', '/api/tokens', '/api/users']) {
      expect((await t.delete(`${path}/${ids[path]}`, admin)).status).toBe(204)
    }
    expect((await t.delete(`/api/interviewers/${ids['id']}`, admin)).status).toBe(204) // and all that is theirs
    for (const [path, body] of Object.entries(CREATED)) {
      const { body: refused } = await repeat(path, body)
      // Where it belonged to somebody who is gone as well, that may be said first.
      expect(refused.code, path).toMatch(path.includes('{id}') ? /DELETED|NOT_FOUND/ : /^IDEMPOTENCY_RESULT_DELETED$/)
    }
    const kept = await t.db.many<{ result: string }>(`SELECT result FROM idempotency_keys WHERE key = 'deleted'`)
    expect(kept).toEqual(Object.keys(CREATED).map(() => ({ result: '' })))

    const { paths } = (await t.get('/docs/json')).body
    const creating = Object.keys(paths).filter(path =>
      JSON.stringify(paths[path].post ?? {}).includes('"idempotency-key"'),
    )
    expect(creating.sort(), 'what is created by a new route is to be deleted here too').toEqual(
      [...Object.keys(CREATED), ...NOT_DELETED].sort(),
    )
  })

  it('is not kept when the work is undone, nor the work when the key cannot be kept', async () => {
    const payload = { name: 'Bob', email: 'bob@example.com' }
    // The failure this fakes: the key's own row is refused at the very end of the transaction.
    await refuseInserts(t.db, 'idempotency_keys')
    expect((await send('atomic', payload)).status).toBe(500)
    await acceptInserts(t.db, 'idempotency_keys')
    expect(await t.db.one(`SELECT 1 AS there FROM interviewers WHERE email = 'bob@example.com'`)).toBeUndefined()
    expect((await send('atomic', payload)).status).toBe(201)
  })

  it('is refused when it is no visible ASCII of 1 to 255', async () => {
    for (const key of ['with space', 'x'.repeat(256)]) {
      expect(await send(key, { name: 'C', email: 'c@example.com' })).toMatchObject(refusal(400, 'VALIDATION'))
    }
  })
})
