import type { FastifyInstance, InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { watched, withRoutes, type Route } from './support/routes.ts'

const ALLOWED = 'https://hr.example'

let t: TestApp
let staff: SignedIn
let routes: readonly Route[]

beforeAll(async () => {
  ;[t, routes] = await withRoutes(() => testApp({ ALLOWED_ORIGINS: `${ALLOWED}, https://second.example:8443` }))
  staff = await t.signedIn('talent')
})
afterAll(() => t.close())

/** Headers that differ from answer to answer, by what they look like. */
const VARYING: Readonly<Record<string, string>> = {
  date: '(time)',
  'x-request-id': '(id)',
  'content-length': '(bytes)',
}

/** What every answer has that went the whole way. */
const USUAL = {
  'access-control-expose-headers': 'etag, location, x-request-id, idempotency-replayed, retry-after',
  'cache-control': 'no-store',
  connection: 'keep-alive',
  'content-length': '(bytes)',
  'cross-origin-resource-policy': 'same-origin',
  date: '(time)',
  'referrer-policy': 'no-referrer',
  vary: 'Origin',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-request-id': '(id)',
  'x-xss-protection': '0',
}

const API = {
  ...USUAL,
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'content-type': 'application/json; charset=utf-8',
}

async function headersOf(options: InjectOptions, of: FastifyInstance = t.app): Promise<Record<string, unknown>> {
  const { statusCode, headers } = await of.inject(options)
  const told = Object.entries(headers).map(([name, value]) => [name, VARYING[name] ?? value])
  return { status: statusCode, ...Object.fromEntries(told.sort(([a], [b]) => String(a).localeCompare(String(b)))) }
}

describe('the headers of', () => {
  test('a resource', async () => {
    const payload = { name: 'Ada Lovelace', email: 'ada@example.com' }
    const { headers } = await t.post('/api/interviewers', payload, staff)
    const url = String(headers['location'])
    expect(await headersOf({ url, headers: staff.headers })).toStrictEqual({
      ...API,
      'cache-control': 'private, no-cache',
      etag: '"1"',
      status: 200,
      'x-cache': 'miss',
    })
  })

  test('the documentation', async () => {
    expect(await headersOf({ url: '/docs' })).toStrictEqual({
      ...USUAL,
      'cache-control': 'no-cache',
      'content-security-policy':
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; img-src 'self' data:; object-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'",
      'content-type': 'text/html; charset=utf-8',
      status: 200,
    })
    const own = await headersOf({ url: '/docs' })
    for (const url of ['/docs/', '/docs/json', '/docs/yaml', '/docs/static/swagger-ui.css', '/docs/static/nothing']) {
      const { 'content-security-policy': policy } = await headersOf({ url })
      expect(policy, url).toBe(own['content-security-policy'])
    }
  })

  test('a refusal', async () => {
    expect(await headersOf({ url: '/api/interviewers' })).toStrictEqual({
      ...API,
      status: 401,
      'www-authenticate': 'Bearer',
    })
  })

  test('an address where nothing is', async () => {
    expect(await headersOf({ url: '/nowhere' })).toStrictEqual({ ...API, status: 404 })
  })

  test('an address that cannot be decoded, for which no hook runs', async () => {
    expect(await headersOf({ url: '/%zz' })).toMatchInlineSnapshot(`
      {
        "access-control-expose-headers": "etag, location, x-request-id, idempotency-replayed, retry-after",
        "cache-control": "no-store",
        "connection": "keep-alive",
        "content-length": "(bytes)",
        "content-security-policy": "default-src 'none';frame-ancestors 'none'",
        "content-type": "application/json; charset=utf-8",
        "date": "(time)",
        "status": 400,
        "vary": "Origin",
        "x-content-type-options": "nosniff",
        "x-request-id": "(id)",
      }
    `)
  })

  test('no answer tell what it is made by, set a cookie, or ask for https where there is none', async () => {
    for (const url of ['/health', '/api/interviewers', '/docs', '/docs/json', '/nowhere', '/%zz']) {
      const headers = await headersOf({ url, headers: staff.headers })
      for (const name of ['server', 'x-powered-by', 'set-cookie', 'strict-transport-security']) {
        expect(headers, url).not.toHaveProperty(name)
      }
      expect(String(headers['content-security-policy']), url).not.toContain('upgrade-insecure-requests')
      expect(headers['content-security-policy'], url).toContain("frame-ancestors 'none'")
      expect(headers['x-content-type-options'], url).toBe('nosniff')
    }
  })

  test('F27 every answer but the documentation keep it from everybody else', async () => {
    const admin = await t.signedIn('admin')
    const address = (url: string) => url.replaceAll(/:\w+|\*/g, admin.id)
    const kept = new Map<string, number>()
    for (const { method, url } of routes.filter(one => !one.url.startsWith('/docs'))) {
      for (const headers of [{}, admin.headers]) {
        const asked = { method: method as 'GET', url: address(url), headers }
        const { status, 'cache-control': control } = await headersOf(asked)
        expect(control, `${method} ${url}: ${String(status)}`).toMatch(/^(?:no-store|private, no-cache)$/)
        kept.set(String(control), (kept.get(String(control)) ?? 0) + 1)
        if (method !== 'GET' && method !== 'HEAD') expect(control, `${method} ${url}`).toBe('no-store')
      }
    }
    expect(Math.min(...kept.values())).toBeGreaterThan(20)
    for (const url of ['/nowhere', '/%zz', '/api/interviewers/x']) {
      expect(await headersOf({ url }), url).toMatchObject({ 'cache-control': 'no-store' })
    }
  })

  test('F27 an answer that is asked for again by its tag, or given from the cache, let its reader keep it', async () => {
    const kept = { status: 200, 'cache-control': 'private, no-cache' }
    for (const url of ['/api/interviewers', '/api/usercount', '/api/profile']) {
      for (const method of ['GET', 'GET', 'HEAD'] as const) {
        expect(await headersOf({ method, url, headers: staff.headers }), `${method} ${url}`).toMatchObject(kept)
      }
    }
    const known = { ...staff.headers, 'if-none-match': '*' }
    expect(await headersOf({ url: '/api/profile', headers: known })).toMatchObject({ ...kept, status: 304 })
    expect(await headersOf({ url: '/docs/static/swagger-ui.css' })).toMatchObject({
      'cache-control': expect.stringMatching(/^public/),
    })
  })
})

describe('behind https', () => {
  test('asks browsers to stay there', async () => {
    const secure = await testApp({ PUBLIC_URL: 'https://panelist.example' })
    const plain = await headersOf({ url: '/api/interviewers' })
    const headers = await headersOf({ url: '/api/interviewers' }, secure.app)
    await secure.close()
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8,}/)
    const added = Object.keys(headers).filter(name => !(name in plain))
    expect(added.sort()).toMatchInlineSnapshot(`
      [
        "cross-origin-opener-policy",
        "origin-agent-cluster",
        "strict-transport-security",
      ]
    `)
  })
})

describe('CORS', () => {
  const asked = (origin: string) => ({ origin, 'access-control-request-method': 'PUT' })
  const preflight = (origin: string) =>
    headersOf({ method: 'OPTIONS', url: '/api/interviewers', headers: asked(origin) })

  test.each([ALLOWED, 'https://second.example:8443'])('lets %s call the API and read what it needs', async origin => {
    expect(await preflight(origin)).toMatchObject({
      status: 204,
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
      vary: expect.stringContaining('Origin'),
    })
    const answer = await headersOf({ url: '/api/interviewers', headers: { ...staff.headers, origin } })
    expect(answer).toMatchObject({ status: 200, 'access-control-allow-origin': origin })
    expect(answer['access-control-expose-headers']).toContain('etag')
    expect(answer).not.toHaveProperty('access-control-allow-credentials')
  })

  test.each([
    'https://evil.example',
    'http://hr.example',
    'https://hr.example.evil.example',
    'https://hr.example:444',
    'https://HR.example/',
    'null',
    '*',
  ])('allows %s nothing', async origin => {
    const answers = [
      await preflight(origin),
      await headersOf({ url: '/api/interviewers', headers: { ...staff.headers, origin } }),
      await headersOf({ url: '/api/interviewers', headers: { origin } }),
      await headersOf({ url: '/nowhere', headers: { origin } }),
    ]
    for (const answer of answers) {
      expect(answer).not.toHaveProperty('access-control-allow-origin')
      expect(answer['vary']).toContain('Origin')
    }
  })

  test('allows nobody anything unless origins are given', async () => {
    const closed = await testApp()
    const answer = await headersOf({ url: '/health', headers: { origin: ALLOWED } }, closed.app)
    await closed.close()
    expect(answer).not.toHaveProperty('access-control-allow-origin')
  })

  test('a preflight without an origin is answered without a body of another shape', async () => {
    const answer = await t.app.inject({ method: 'OPTIONS', url: '/api/interviewers' })
    expect([answer.statusCode, answer.body]).toEqual([204, ''])
  })
})

describe('DOCS=off', () => {
  test('hides the documentation, and leaves everything else', async () => {
    const quiet = await testApp({ DOCS: 'off' })
    for (const url of ['/docs', '/docs/', '/docs/json', '/docs/yaml', '/docs/static/swagger-ui.css']) {
      expect((await quiet.get(url)).body, url).toMatchObject({ statusCode: 404, code: 'NOT_FOUND' })
    }
    expect((await quiet.get('/health')).status).toBe(200)
    expect((await quiet.get('/api/interviewers')).status).toBe(401)
    await quiet.close()
  })
})

describe('forged forwarding headers', () => {
  const FORGED = {
    forwarded: 'for=203.0.113.9;host=evil.example;proto=https',
    'x-forwarded-for': '203.0.113.9, 198.51.100.7',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-port': '8443',
    'x-real-ip': '203.0.113.9',
    'true-client-ip': '203.0.113.9',
    'cf-connecting-ip': '203.0.113.9',
  }
  const seen = { ip: '192.0.2.44', host: 'recruit.internal', hostname: 'recruit.internal', protocol: 'http' }

  /** The program with one route more, which tells what it sees of a request. */
  const withMirror = (environment: Record<string, string>) =>
    watched(
      () => testApp(environment),
      app => {
        app.get('/mirror', { config: { public: true } }, async ({ ip, host, hostname, protocol }) => ({
          ip,
          host,
          hostname,
          protocol,
        }))
      },
    )
  const look = async (of: TestApp, remoteAddress: string) =>
    (await of.call({ url: '/mirror', remoteAddress, headers: { ...FORGED, host: 'recruit.internal' } })).body

  test('from a client change neither its address, nor the host, nor the protocol', async () => {
    const direct = await withMirror({})
    expect(await look(direct, seen.ip)).toEqual(seen)
    await direct.close()
  })

  test('from somebody who is not the trusted proxy change nothing either', async () => {
    const proxied = await withMirror({ TRUST_PROXY: '10.0.0.7, 10.1.0.0/16' })
    expect(await look(proxied, seen.ip)).toEqual(seen)
    await proxied.close()
  })

  test('from the trusted proxy are believed as far as it saw for itself', async () => {
    const proxied = await withMirror({ TRUST_PROXY: '10.0.0.7, 10.1.0.0/16' })
    for (const proxy of ['10.0.0.7', '10.1.2.3']) {
      expect(await look(proxied, proxy)).toMatchObject({ ip: '198.51.100.7', protocol: 'https' })
    }
    await proxied.close()
  })

  test('do not reach the journal, nor the bucket that requests are counted in', async () => {
    const counting = await testApp({ RATE_LIMIT_MAX: '3' })
    const boss = await counting.signedIn('admin')
    const payload = { name: 'Ada Lovelace', email: 'ada@example.com' }
    const headers = { ...boss.headers, ...FORGED }
    const { body } = await counting.call({
      method: 'POST',
      url: '/api/interviewers',
      payload,
      headers,
      remoteAddress: seen.ip,
    })
    const { body: history } = await counting.get(`/api/interviewers/${body.id}/history`, boss)
    expect(history.data).toMatchObject([{ ip: seen.ip }])

    const statuses: number[] = []
    for (const last of [1, 2, 3, 4]) {
      const forged = { ...FORGED, 'x-forwarded-for': `203.0.113.${last}` }
      statuses.push((await counting.call({ url: '/health', headers: forged, remoteAddress: seen.ip })).status)
    }
    expect(statuses).toEqual([200, 200, 200, 429])
    await counting.close()
  })
})
