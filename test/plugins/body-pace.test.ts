import { once } from 'node:events'
import { createServer, request, type ClientRequest, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { BodyPace, LOOK_MS } from '../../plugins/http/body-pace.ts'
import { testApp } from '../support/app.ts'
import { eventually } from '../support/eventually.ts'
import { scaled } from '../support/scale.ts'

const PIECE = Buffer.alloc(12_000, 'a')
const PIECES = 20
/** More looks than a body that comes no further is given. */
const LOOKS = 8
/** In bytes a second. */
const RATE = 1024 * 1024
const LOGIN = 'POST /api/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n'

describe('the body of a request', () => {
  const pace = new BodyPace()
  const server = createServer((asked, response) => {
    pace.watch(asked)
    const reply = (status: number) => response.writeHead(status).end()
    if (asked.url === '/refused') reply(401)
    else if (asked.url === '/read')
      asked
        .on('end', () => reply(200))
        .on('error', () => reply(408))
        .resume()
    server.emit('asked', asked)
  })
  let port = 0

  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => server.close())

  /** Begins a POST of so many bytes, which the server has seen the beginning of. */
  const begun = async (path: string, bytes: number): Promise<readonly [ClientRequest, IncomingMessage]> => {
    const sent = request({ port, path, method: 'POST', headers: { 'content-length': bytes } })
    sent.on('error', () => undefined).write('a')
    const [asked] = await once(server, 'asked')
    return [sent, asked]
  }
  const forgotten = () =>
    eventually(() => {
      pace.look()
      expect(pace.size).toBe(0)
    })
  const look = (times: number) => {
    for (let count = 0; count < times; count += 1) pace.look()
  }

  it('F25 may take as long as it needs while it comes at a kilobyte a second', async () => {
    const [sent, asked] = await begun('/read', 1 + PIECES * PIECE.length)
    const answered = once(sent, 'response')
    for (let piece = 1; piece <= PIECES; piece += 1) {
      const wanted = asked.socket.bytesRead + PIECE.length
      sent.write(PIECE)
      await eventually(() => expect(asked.socket.bytesRead).toBeGreaterThanOrEqual(wanted))
      look(4)
    }
    const [{ statusCode }] = await answered
    expect(statusCode).toBe(200)
    await forgotten()
  })

  it('F25 is cut with 408 when it drips', async () => {
    const [sent, asked] = await begun('/read', 8192)
    const answered = once(sent, 'response')
    const failures: Error[] = []
    asked.once('error', error => failures.push(error))
    for (let count = 0; count < LOOKS && failures.length === 0; count += 1) {
      sent.write('a')
      look(1)
    }
    const [{ statusCode }] = await answered
    expect(statusCode).toBe(408)
    sent.destroy()
    await forgotten()
  })

  it('F25 is cut when it drips on after its answer', async () => {
    const [sent] = await begun('/refused', 8192)
    const [{ statusCode }] = await once(sent, 'response')
    expect(statusCode).toBe(401)
    const closed = once(sent, 'close')
    look(LOOKS)
    await closed
    await forgotten()
  })

  it('F25 is not cut while it is the program that does not read', async () => {
    const [sent, asked] = await begun('/waits', 8192)
    look(LOOKS * 2)
    expect(asked.destroyed).toBe(false)
    sent.destroy()
    await forgotten()
  })
})

describe('the server', () => {
  it('F25 gives up on a dripping body with the one shape of refusals, and hangs up', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const t = await testApp()
    await t.app.listen({ port: 0, host: '127.0.0.1' })
    expect(t.app.server.requestTimeout).toBe(0)
    const { port } = t.app.server.address() as AddressInfo
    const drip = connect(port, '127.0.0.1').on('error', () => undefined)
    let cut = ''
    drip.on('data', (chunk: Buffer) => (cut += chunk.toString()))
    drip.write(`${LOGIN}content-length: 99\r\n\r\n`)
    const ended = new Promise(resolve => drip.once('close', resolve))
    await eventually(() => {
      vi.advanceTimersByTime(LOOK_MS)
      expect(cut).not.toBe('')
    })
    await ended
    vi.useRealTimers()
    expect(cut).toMatch(/^HTTP\/1\.1 408 [^]*connection: close[^]*"code":"REQUEST_TIMEOUT"/i)
    await t.close()
  })

  it.runIf(scaled(0, 1))('F25 takes 15 MB at 1 MB a second, and ends a body that drips meanwhile', async () => {
    const t = await testApp()
    const admin = await t.signedIn('admin')
    await t.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = t.app.server.address() as AddressInfo
    const drip = connect(port, '127.0.0.1').on('error', () => undefined)
    let cut = ''
    drip.on('data', (chunk: Buffer) => (cut += chunk.toString()))
    drip.write(`${LOGIN}content-length: 99\r\n\r\n`)
    const ended = new Promise(resolve => drip.once('close', resolve)) // an error may come before it
    const dripping = setInterval(() => drip.write(' '), 1000)
    const headers = { ...admin.headers, 'content-type': 'text/csv', 'content-length': 15 * RATE }
    const sent = request({ port, path: '/api/interviewers/import', method: 'POST', headers })
    const answered = once(sent, 'response')
    sent.write('name,email\n'.padEnd(RATE, '\n'))
    for (let second = 1; second < 15; second += 1) {
      await sleep(1000)
      sent.write(''.padEnd(RATE, '\n'))
    }
    const [answer] = await answered
    expect(answer.statusCode).not.toBe(408)
    answer.resume()
    await ended
    clearInterval(dripping)
    expect(cut).toMatch(/^HTTP\/1\.1 408 [^]*"code":"REQUEST_TIMEOUT"/)
    await t.close()
  })
})
