import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'

describe.each(drivers)('the log on $name', driver => {
  let t: TestApp
  let admin: SignedIn
  beforeAll(async () => {
    t = await testApp({}, driver)
    admin = await t.signedIn('admin')
  })
  afterAll(() => t.close())

  const lines = () => t.log.map(line => JSON.parse(line))

  it('has one line a request, with its id, route, user, status and duration', async () => {
    const before = t.log.length
    const url = '/api/interviewers/0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10?'
    await t.get(url, admin, { 'x-request-id': 'log-1' })
    expect(lines().slice(before)).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        requestId: 'log-1',
        method: 'GET',
        route: '/api/interviewers/:id',
        status: 404,
        ms: expect.any(Number),
        user: admin.id,
        msg: 'request',
      },
    ])
  })

  it('never shows an address, a query or a credential', async () => {
    await t.get('/api/nowhere/secret-in-path?access_token=secret-in-query', admin)
    await t.call({
      method: 'GET',
      url: '/health',
      headers: { cookie: 'secret-cookie', authorization: 'Bearer secret-bearer' },
    })
    expect(t.log.join('')).not.toMatch(/secret-in-path|secret-in-query|secret-cookie|secret-bearer/)
    expect(t.log.join('')).not.toContain(admin.token)
  })

  it('redacts what code logs by mistake', () => {
    t.app.log.warn({
      password: 'hunter2',
      session: { refreshToken: 'r3fresh' },
      call: { headers: { authorization: 'b34rer' } },
    })
    expect(t.log.at(-1)).not.toMatch(/hunter2|r3fresh|b34rer/)
    expect(t.log.at(-1)).toContain('[redacted]')
  })
})
