// What comes over a connection before any handler sees it, byte by byte.
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { addressOf } from '../support/socket.ts'

const ORIGIN = 'https://hr.example'
const REQUEST_ID = /^[0-9a-f-]{36}$/

let t: TestApp
let staff: SignedIn
let port: number

beforeAll(async () => {
  t = await testApp({ ALLOWED_ORIGINS: ORIGIN })
  staff = await t.signedIn('talent')
  port = Number(new URL(await addressOf(t.app)).port)
})
afterAll(() => t.close())

/** Sends these bytes, and gives all that comes until the server hangs up. */
async function said(bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1')
  let text = ''
  socket.on('error', () => undefined).on('data', (chunk: string) => (text += chunk))
  socket.write(bytes, 'latin1')
  await new Promise(resolve => socket.once('close', resolve)) // an error may come before it
  return text
}

function parsed(text: string): { status: number; headers: Record<string, string>; body: unknown } {
  const [head = '', body = ''] = text.split('\r\n\r\n')
  const [line = '', ...lines] = head.split('\r\n')
  const headers = lines.map(one => [one.split(': ')[0]?.toLowerCase() ?? '', one.split(': ').slice(1).join(': ')])
  return { status: Number(line.split(' ')[1]), headers: Object.fromEntries(headers), body: JSON.parse(body) }
}

describe('the one shape of refusals', () => {
  const host = 'host: 127.0.0.1'
  const last = 'connection: close'
  const large = `x-large: ${'a'.repeat(20_000)}`
  const login = ['POST /api/auth/login HTTP/1.1', host, 'content-type: application/json']

  it.each([
    ['headers that are too large', ['GET /health HTTP/1.1', host, `origin: ${ORIGIN}`, large], 431, true],
    ['a line that is none', ['garbage'], 400, false],
    ['an unknown method', ['GARBAGE /health HTTP/1.1', host, `origin: ${ORIGIN}`], 400, true],
    ['an unknown version', ['GET /health HTTP/9.9', host], 400, false],
    ['HTTP/2', ['PRI * HTTP/2.0', '', 'SM'], 400, false],
    ['TLS', ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'], 400, false],
    ['a header without a colon', ['GET /health HTTP/1.1', `origin: ${ORIGIN}`, host, 'no colon'], 400, true],
    ['two lengths', [...login, 'content-length: 1', 'content-length: 2'], 400, false],
    ['a chunk without a length', [...login, 'transfer-encoding: chunked', '', 'zz', '{}'], 400, false],
    ['an unknown expectation', ['GET /health HTTP/1.1', host, `origin: ${ORIGIN}`, 'expect: x'], 417, true],
    ['no host', ['GET /health HTTP/1.1', `origin: ${ORIGIN}`, last], 400, true],
    ['two hosts', ['GET /health HTTP/1.1', host, host, `origin: ${ORIGIN}`, last], 400, true],
    ['half an escape', ['GET /api/% HTTP/1.1', host, `origin: ${ORIGIN}`, last], 400, true],
    ['a tunnel', ['CONNECT example.com:443 HTTP/1.1', host, `origin: ${ORIGIN}`], 404, true],
    ['a method without a route', ['PROPFIND /health HTTP/1.1', host, `origin: ${ORIGIN}`, last], 405, true],
    ['nothing but a star', ['TRACE * HTTP/1.1', host, `origin: ${ORIGIN}`, last], 404, true],
    [
      'a key for no socket',
      ['GET /ws/updates HTTP/1.1', host, 'upgrade: websocket', 'connection: upgrade'],
      400,
      false,
    ],
  ])('F26 is that of %s', async (_what, lines, status, isOriginKnown) => {
    const answer = parsed(await said([...lines, '', ''].join('\r\n')))
    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', connection: 'close' },
      body: {
        statusCode: status,
        error: expect.any(String),
        code: expect.stringMatching(/^[A-Z_]+$/),
        message: expect.stringMatching(/^[A-Z].{10}/),
        requestId: expect.stringMatching(REQUEST_ID),
      },
    })
    expect(answer.body).toHaveProperty('requestId', answer.headers['x-request-id'])
    expect(answer.headers['vary']).toBe('Origin')
    expect(answer.headers['access-control-allow-origin']).toBe(isOriginKnown ? ORIGIN : undefined)
    expect(answer.headers['access-control-expose-headers']).toContain('x-request-id')
    const logged = t.log.filter(line => line.includes(String(answer.headers['x-request-id'])))
    if (_what !== 'half an escape') expect(logged).toHaveLength(1)
  })

  it('F26 keeps the id of the request, and allows no other origin', async () => {
    const refused = ['GET /health HTTP/1.1', host, 'origin: https://evil.example', 'x-request-id: r-26', large]
    const { headers, body } = parsed(await said([...refused, '', ''].join('\r\n')))
    expect(headers['x-request-id']).toBe('r-26')
    expect(body).toMatchObject({ code: 'REQUEST_HEADER_FIELDS_TOO_LARGE', requestId: 'r-26' })
    expect(headers).not.toHaveProperty('access-control-allow-origin')
  })

  it('F26 comes after the answers to what was asked before it', async () => {
    const authorized = `authorization: ${staff.headers.authorization}`
    const asked = ['GET /api/interviewers HTTP/1.1', host, authorized, 'x-request-id: first', '', 'garbage', '', '']
    const text = await said(asked.join('\r\n'))
    expect([...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)).toEqual(['200', '400'])
    expect(text.match(/x-request-id: first/g)).toHaveLength(1)
  })

  it('F26 is that of a WebSocket from an origin that may not connect', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/updates`, { origin: 'https://evil.example' })
    socket.on('error', () => undefined)
    const [, response] = await once(socket, 'unexpected-response')
    let text = ''
    for await (const chunk of response) text += String(chunk)
    expect(JSON.parse(text)).toMatchObject({ statusCode: 403, code: 'FORBIDDEN', requestId: expect.any(String) })
  })

  it('F26 is that of a file that does not exist, which is nowhere and no wrong method', async () => {
    expect((await t.get('/docs/static/nothing.css')).body).toMatchObject({ statusCode: 404, code: 'NOT_FOUND' })
  })

  it('F26 lets HTTP/1.0 leave out the host, as it may', async () => {
    expect(await said('GET /health/live HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK/)
  })
})

describe('a connection that is kept', () => {
  it('F28 outlives the minute for which load balancers keep theirs, and says so', async () => {
    const { headers } = await fetch(`http://127.0.0.1:${port}/health/live`)
    const seconds = Number(/^timeout=(\d+)$/.exec(headers.get('keep-alive') ?? '')?.[1])
    expect(seconds).toBeGreaterThan(60)
    expect(t.app.server.keepAliveTimeout).toBe(t.config.KEEP_ALIVE_SECONDS * 1000)
  })
})
