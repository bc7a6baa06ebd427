import { afterEach, describe, expect, it } from 'vitest'
import { testApp, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'

describe.each(drivers)('rate limits on $name', driver => {
  let t: TestApp
  afterEach(() => t.close())

  const statuses = async (count: number, once: () => Promise<{ status: number }>) => {
    const all: number[] = []
    for (let n = 0; n < count; n += 1) all.push((await once()).status)
    return all
  }

  it('count each user on their own, and tell when to come back', async () => {
    t = await testApp({ RATE_LIMIT_MAX: '3' }, driver)
    const [one, two] = [await t.signedIn('admin'), await t.signedIn('admin')]
    const get = (as = one) => t.get('/api/interviewers', as)
    expect(await statuses(4, get)).toEqual([200, 200, 200, 429])
    const refused = await get()
    expect(refused).toMatchObject({
      status: 429,
      body: { code: 'RATE_LIMITED' },
      headers: { 'x-ratelimit-limit': '3' },
    })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await get(two)).status).toBe(200)
  })

  it('count strangers and forged tokens by their address, whatever X-Forwarded-For says', async () => {
    t = await testApp({ RATE_LIMIT_MAX: '3' }, driver)
    let n = 0
    const forged = () =>
      t.call({
        method: 'GET',
        url: '/api/interviewers',
        headers: { authorization: `Bearer forged.${++n}`, 'x-forwarded-for': `10.0.0.${n}` },
      })
    expect(await statuses(4, forged)).toEqual([401, 401, 401, 429])
  })

  it('let addresses of one IPv6 /64 share a limit', async () => {
    t = await testApp({ RATE_LIMIT_MAX: '2' }, driver)
    let n = 0
    const from = () => t.call({ method: 'GET', url: '/health', remoteAddress: `2001:db8::${++n}` })
    expect(await statuses(3, from)).toEqual([200, 200, 429])
    expect((await t.call({ method: 'GET', url: '/health', remoteAddress: '2001:db8:0:1::1' })).status).toBe(200)
  })

  it('are off at 0', async () => {
    t = await testApp({ RATE_LIMIT_MAX: '0' }, driver)
    expect(new Set(await statuses(50, () => t.get('/health')))).toEqual(new Set([200]))
  })
})
