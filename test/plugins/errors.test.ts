import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DatabaseError } from '../../db/database.ts'
import { buildApp } from '../../app.ts'
import { refusal } from '../support/answers.ts'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'

describe.each(drivers)('errors on $name', driver => {
  let t: TestApp
  let admin: SignedIn

  beforeAll(async () => {
    t = await testApp({}, driver)
    admin = await t.signedIn('admin')
  })
  afterAll(() => t.close())

  /** The program with a database whose reads fail: as when the disk is gone, or a statement is wrong. */
  async function withFailingReads(error: Error) {
    const database = Object.create(t.db, {
      one: { value: () => Promise.reject(error) },
      changedTables: { value: () => t.db.changedTables() },
      health: { value: () => t.db.health() },
    })
    return buildApp({ config: { ...t.config, LOG_LEVEL: 'silent' }, database })
  }

  it('have one shape, with the request id of the answer', async () => {
    const answer = await t.get('/api/interviewers/abc', admin, { 'x-request-id': 'r-1' })
    expect(answer.body).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      code: 'VALIDATION',
      message: expect.stringContaining('params/id'),
      requestId: 'r-1',
      details: [{ path: '/id', message: expect.any(String) }],
    })
    expect(answer.headers['x-request-id']).toBe('r-1')
  })

  it('replace a request id that is not one', async () => {
    for (const given of ['', 'a b', 'x'.repeat(129), 'täg']) {
      const answer = await t.call({ method: 'GET', url: '/health', headers: { 'x-request-id': given } })
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    }
  })

  it('of the database that may pass are a 503 with retry-after', async () => {
    const app = await withFailingReads(new DatabaseError('read', new Error('SQLITE_IOERR /var/lib/panelist.db'), true))
    const answer = await app.inject({ method: 'GET', url: '/api/interviewers', headers: admin.headers })
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('2')
    expect(answer.json()).toMatchObject({ code: 'DATABASE_UNAVAILABLE' })
    expect(answer.body).not.toMatch(/SQLITE|\/var/)
    const health = await app.inject('/health')
    expect([health.statusCode, health.json().status, health.json().database.connected]).toEqual([
      503,
      'unhealthy',
      false,
    ])
    expect((await app.inject('/health/live')).statusCode).toBe(200)
    await app.close()
  })

  it('that nobody expected are a 500 with a fixed sentence, and the cause is in the log alone', async () => {
    const app = await withFailingReads(new Error('secret path /etc/shadow in SELECT * FROM users'))
    const answer = await app.inject({ method: 'GET', url: '/api/interviewers', headers: admin.headers })
    expect(answer.statusCode).toBe(500)
    expect(answer.json()).toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('our side') })
    expect(answer.body).not.toMatch(/shadow|SELECT|stack/)
    await app.close()
  })

  it('tell an unknown address from a known one under another method', async () => {
    expect(await t.get('/api/nowhere')).toMatchObject(refusal(404, 'NOT_FOUND'))
    expect(await t.call({ method: 'PATCH', url: '/api/interviewers', as: admin })).toMatchObject({
      status: 405,
      headers: { allow: 'GET, HEAD, POST' },
      body: { code: 'METHOD_NOT_ALLOWED' },
    })
  })

  it.each([
    ['malformed JSON', '{"name":', 'application/json', 400, 'VALIDATION'],
    ['an empty body', '', 'application/json', 400, 'VALIDATION'],
    ['plain text', 'name=Ada', 'text/plain', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a form', 'name=Ada', 'application/x-www-form-urlencoded', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'more than 1 MiB',
      JSON.stringify({ name: 'x'.repeat(1024 * 1024) }),
      'application/json',
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    ['a poisoned prototype', '{"__proto__":{"admin":true}}', 'application/json', 400, 'VALIDATION'],
  ])('refuse %s', async (_what, payload, type, status, code) => {
    const headers = { 'content-type': type }
    const answer = await t.post('/api/interviewers', payload, admin, headers)
    expect(answer).toMatchObject({ status, body: { statusCode: status, code } })
  })
})
