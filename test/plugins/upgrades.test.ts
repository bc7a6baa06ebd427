// Offers to upgrade, which Node.js routes past the usual way of a request, and connections that break at a bad moment.
import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { eventually } from '../support/eventually.ts'
import { addressOf } from '../support/socket.ts'

const HANDSHAKE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
}
const HTTP2 = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAAP__' }
const OFFERS = [
  ['a WebSocket', HANDSHAKE],
  ['HTTP/2, as Java and curl do,', HTTP2],
] as const

describe.each(drivers)('an offer to upgrade on $name', driver => {
  let t: TestApp
  let talent: SignedIn
  let port: number

  beforeAll(async () => {
    t = await testApp({}, driver)
    talent = await t.signedIn('talent')
    port = Number(new URL(await addressOf(t.app)).port)
  })
  afterAll(() => t.close())
  afterEach(() => vi.restoreAllMocks())

  /** A request as text; a body is sent as JSON. */
  const written = (line: string, headers: object, body?: object) => {
    const json = body === undefined ? '' : JSON.stringify(body)
    const type = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': json.length }
    const all = Object.entries({ host: `127.0.0.1:${port}`, ...talent.headers, ...type, ...headers })
    return `${line} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${json}`
  }
  /** Sends it, and takes all that comes until the server hangs up. */
  const said = async (text: string) => {
    const socket = connect(port, '127.0.0.1')
      .setEncoding('utf8')
      .on('error', () => undefined)
    let answer = ''
    socket.on('data', (chunk: string) => (answer += chunk)).write(text)
    await new Promise(resolve => socket.once('close', resolve)) // an error may come before it
    return answer
  }

  it.each(OFFERS)('F02 of %s is ignored: the request is answered, and the connection ends', async (_what, offer) => {
    const read = await said(written('GET /api/interviewers', offer))
    expect(read).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(read).toMatch(/^connection: close\r$/im)
    expect(read).toContain('"pagination"')
    expect((await t.get('/api/interviewers', talent)).status).toBe(200)

    const made = await said(written('POST /api/tasks', offer, { title: 'Write the questions' }))
    expect(made).toMatch(/^HTTP\/1\.1 201 Created\r\n/)
    const place = /^location: (\S+)\r$/im.exec(made)?.[1] ?? ''
    expect((await t.get(place, talent)).body.title).toBe('Write the questions')
    expect(await said(written(`DELETE ${place}`, offer))).toMatch(/^HTTP\/1\.1 204 /)
    expect((await t.get(place, talent)).status).toBe(404)
  })

  it.each(OFFERS)('F02 of %s keeps no Idempotency-Key', async (what, offer) => {
    const key = { 'idempotency-key': what.replaceAll(/\W/g, '') }
    const body = { title: 'Call the candidate' }
    expect(await said(written('POST /api/tasks', { ...offer, ...key }, body))).toMatch(/^HTTP\/1\.1 201 /)
    const again = await t.post('/api/tasks', body, talent, key)
    expect(again).toMatchObject({ status: 201, headers: { 'idempotency-replayed': 'true' } })
  })

  it('F02 of anything but a WebSocket to /ws/updates gets what a plain request gets there', async () => {
    expect(await said(written('GET /ws/updates?token=x', HTTP2))).toMatch(/^HTTP\/1\.1 426 /)
    expect(await said(written('POST /ws/updates', HANDSHAKE, {}))).toMatch(/^HTTP\/1\.1 405 /)
    expect(await said(written('CONNECT example.com:443', { connection: 'close' }))).toMatch(/^HTTP\/1\.1 404 /)
  })

  it('F02 leaves no secret of an address in the log, nor does the page that a client comes from', async () => {
    const secret = 'TheSecretOfAFeedThatNobodyMayReadInALog12345'
    const referer = { referer: `http://127.0.0.1/calendar/${secret}/events.ics` }
    for (const path of [
      `/calendar/${secret}/events.ics`,
      `/api/sessions/token/${secret}`,
      `/ws/${secret}`,
      '/health',
    ]) {
      for (const offer of [HANDSHAKE, HTTP2, { connection: 'close' }]) {
        await said(written(`GET ${path}`, { ...offer, ...referer }))
      }
    }
    expect(t.log.length).toBeGreaterThan(12)
    expect(t.log.filter(line => line.includes(secret))).toEqual([])
  })

  it('F02 a key is free again when the connection breaks before it is the turn of its answer', async () => {
    let asked: () => void = () => undefined
    const waiting = new Promise<void>(resolve => (asked = resolve))
    let release: () => void = () => undefined
    const released = new Promise<void>(resolve => (release = resolve))
    const many = t.db.many.bind(t.db)
    vi.spyOn(t.db, 'many').mockImplementation(async (...args) => {
      asked()
      await released
      return many(...args)
    })
    const body = { title: 'Ask for references' }
    const key = { 'idempotency-key': 'pipelined' }
    const socket = connect(port, '127.0.0.1')
    socket.write(written('GET /api/tasks?limit=1', {}) + written('POST /api/tasks', key, body))
    await waiting
    const made = () => t.db.one(`SELECT 1 AS made FROM tasks WHERE title = 'Ask for references'`)
    await eventually(async () => expect(await made()).toBeDefined())
    expect((await t.post('/api/tasks', body, talent, key)).body.code).toBe('IDEMPOTENCY_IN_PROGRESS')
    socket.destroy()
    await eventually(async () => {
      expect(await t.post('/api/tasks', body, talent, key)).toMatchObject({
        status: 201,
        headers: { 'idempotency-replayed': 'true' },
      })
    })
    release()
  })
})
