// How the process starts, refuses to start, and ends. Each test has a server and a database of its own; they run side
// by side, because most of them wait.
import { existsSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { accepts, expectPortTaken, lockHolder } from '../support/programs.ts'
import { attemptAll, randomBookings } from './support/bookings.ts'
import { builtServer } from './support/compiled.ts'
import { inHome, SOURCE, type Server } from './support/home.ts'
import { expectSound } from './support/soundness.ts'

const headers = (target: string, ...more: string[]) =>
  [`${target} HTTP/1.1`, 'host: panelist.test', ...more, ''].join('\r\n')
const LOGIN = headers('POST /api/auth/login', 'content-type: application/json', 'content-length: 5000')

describe.concurrent('the server, told to end', () => {
  inHome(
    'finishes the requests under way, takes no new ones, folds its log back into the file and exits with 0',
    async house => {
      const server = await house.serve()
      const holder = await lockHolder(house.path)
      await Promise.all(Array.from({ length: 10 }, () => server.call('/health'))) // opens ten connections
      const bookings = randomBookings(house.interviewers, 'under way', 10, { days: 60 })
      const waiting = attemptAll(bookings, 10, server.book)
      await isRead(server)
      server.signal('SIGTERM')
      while (await accepts(server.port)) await sleep(10)
      await holder.letGo()
      const attempts = await waiting
      expect(attempts.map(({ status }) => status).filter(status => status !== 201 && status !== 409)).toEqual([])
      expect(await server.finished).toMatchObject({ end: 0, stderr: '' })
      expect(existsSync(`${house.path}-wal`)).toBe(false)
      const { booked } = await house.look(database => expectSound(database, attempts))
      expect(booked).toBeGreaterThan(0)
    },
  )

  inHome(
    'while 32 connections book: who gets no answer any more was not booked, and nothing is left in the log',
    async house => {
      const server = await house.serve()
      const bookings = randomBookings(house.interviewers, 'under load', 1_000_000, { days: 300 })
      let booked = 0
      const attempts = await attemptAll(bookings, 32, server.book, ({ status }) => {
        if (status === 201) booked += 1
        if (booked === 50) server.signal('SIGTERM')
      })
      expect(await server.finished).toMatchObject({ end: 0, stderr: '' })
      expect(existsSync(`${house.path}-wal`)).toBe(false)
      const { there } = await house.look(database => expectSound(database, attempts))
      expect(there).toBe(booked)
      expect(attempts.filter(({ status }) => ![0, 201, 409, 503].includes(status))).toEqual([])
    },
  )

  inHome(
    'waits for a request that never ends no longer than it says, and closes its database all the same',
    async house => {
      const server = await house.serve()
      const [booked] = await attemptAll(randomBookings(house.interviewers, 'before', 1), 1, server.book)
      const slow = dripped(server, `${LOGIN}\r\n{"email":"`)
      await isRead(server)
      server.signal('SIGTERM')
      expect(await server.finished).toMatchObject({ end: 0, stderr: '' })
      expect(await slow).toBe('')
      expect(existsSync(`${house.path}-wal`)).toBe(false)
      await house.look(database => expectSound(database, booked ? [booked] : []))
    },
  )

  inHome('refuses a request that arrives after that, in the shape of every refusal', async house => {
    const server = await house.serve()
    const socket = connect(server.port, '127.0.0.1')
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    socket.write(headers('GET /health')) // but for the empty line at the end
    await isRead(server)
    server.signal('SIGTERM')
    while (await accepts(server.port)) await sleep(10)
    socket.write('\r\n')
    await once(socket, 'close')
    expect(text).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/)
    expect(text).toMatch(/\r\nretry-after: \d+\r\n/)
    expect(text).toMatch(/\r\nconnection: close\r\n/)
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toEqual({
      statusCode: 503,
      error: 'Service Unavailable',
      code: 'UNDER_PRESSURE',
      message: 'The server is being restarted; please try again',
      requestId: expect.any(String),
    })
    expect(await server.finished).toMatchObject({ end: 0, stderr: '' })
  })

  inHome('a second time ends at once, though requests are under way', async house => {
    const server = await house.serve()
    const holder = await lockHolder(house.path)
    const waiting = attemptAll(randomBookings(house.interviewers, 'cut off', 3), 3, server.book)
    await isRead(server)
    server.signal('SIGTERM')
    while (await accepts(server.port)) await sleep(10)
    server.signal('SIGTERM')
    expect(await server.finished).toMatchObject({ end: 1 })
    const attempts = await waiting
    expect(attempts.map(({ status }) => status)).toEqual([0, 0, 0])
    await holder.letGo()
    expect(await house.look(database => expectSound(database, attempts))).toMatchObject({ there: 0 })
  })
})

describe.concurrent('the server, started', () => {
  inHome(
    'with mistakes in its configuration says all of them at once, each with its variable, and touches nothing',
    async house => {
      const url = `file:${join(house.folder, 'other.db')}`
      const wrong = {
        NODE_ENV: 'production',
        JWT_SECRET: 'hunter2',
        PORT: '70000',
        MIGRATE: 'maybe',
        LOG_LEVEL: 'loud',
      }
      const more = { TRUST_PROXY: 'everybody', ALLOWED_ORIGINS: 'hr.example' }
      const { end, stdout, stderr } = await house.refused({ DATABASE_URL: url, ...wrong, ...more })
      expect({ end, stdout }).toEqual({ end: 1, stdout: '' })
      for (const name of Object.keys({ ...wrong, ...more }).filter(variable => variable !== 'NODE_ENV')) {
        expect(stderr).toMatch(new RegExp(`^ {2}${name}: expected .+$`, 'm'))
      }
      expect(stderr).not.toMatch(/hunter2|^ +at /m)
      expect(existsSync(join(house.folder, 'other.db'))).toBe(false)
    },
  )

  inHome('on a database newer than itself refuses with a sentence and changes nothing', async house => {
    await house.look(database =>
      database.run(`INSERT INTO schema_migrations VALUES (999, '999_future.sql', 'x', '2030-01-01T00:00:00.000Z')`),
    )
    expect(await house.refused()).toEqual({
      end: 1,
      stdout: '',
      stderr:
        'This database is newer than this program: it has had migration 999_future.sql. Start the release that made it.\n',
    })
  })

  inHome(
    'with MIGRATE=off on a database that needs migrations refuses with a sentence that says what to do',
    async house => {
      const url = `file:${join(house.folder, 'empty.db')}`
      const { end, stderr } = await house.refused({ DATABASE_URL: url, MIGRATE: 'off' })
      expect(end).toBe(1)
      expect(stderr).toMatch(/^MIGRATE=off, and the database still needs 001_\w+\.sql, .+\. Run: npm run migrate\n$/)
    },
  )

  inHome('with MIGRATE=off on a database that needs none works', async house => {
    const server = await house.serve({ environment: { MIGRATE: 'off' } })
    expect(await server.call('/health')).toMatchObject({ status: 200 })
    expect(await server.stop()).toMatchObject({ end: 0 })
  })

  inHome('on a file that is no database refuses with a sentence that names it', async house => {
    const path = join(house.folder, 'letter.txt')
    writeFileSync(path, 'Dear committee, '.repeat(100))
    const { end, stderr } = await house.refused({ DATABASE_URL: `file:${path}` })
    expect({ end, stderr }).toEqual({ end: 1, stderr: `${path} cannot be opened: file is not a database\n` })
  })

  inHome('where another program listens says so in a sentence', async house => {
    await expectPortTaken(PORT => house.refused({ PORT }))
    expect(existsSync(`${house.path}-wal`)).toBe(false)
  })

  inHome('as `npm run build` made it, on a database that the sources have made, serves what is in it', async house => {
    const first = await house.serve({ program: SOURCE })
    const attempts = await attemptAll(randomBookings(house.interviewers, 'before', 5, { days: 60 }), 1, first.book)
    await first.stop()
    const server = await house.serve({ program: await builtServer() })
    const { body } = await server.call('/api/events')
    expect(body.pagination.total).toBe(attempts.filter(({ status }) => status === 201).length)
    const more = await attemptAll(randomBookings(house.interviewers, 'after', 5, { days: 60 }), 1, server.book)
    expect(await server.stop()).toMatchObject({ end: 0, stderr: '' })
    await house.look(database => expectSound(database, [...attempts, ...more]))
  })
})

describe.concurrent('a connection that is slow on purpose', () => {
  inHome('in its headers or in its body is ended with 408, while everybody else is answered', async house => {
    const server = await house.serve()
    const slow = [
      ...Array.from({ length: 20 }, () => dripped(server, `${headers('GET /health')}x-slow: `)),
      ...Array.from({ length: 20 }, () => dripped(server, `${LOGIN}\r\n{"email":"`)),
    ]
    let open = slow.length
    for (const one of slow) void one.then(() => (open -= 1))
    const meanwhile: number[] = []
    for (let count = 0; open > 0; count += 1) {
      const path = count % 2 === 0 ? '/health' : '/api/events'
      meanwhile.push((await server.call(path, { agent: new Agent() })).status) // over a new connection
      await sleep(100)
    }
    const statusLines = (await Promise.all(slow)).map(text => text.split('\r\n')[0])
    expect([...new Set(statusLines)]).toEqual(['HTTP/1.1 408 Request Timeout'])
    expect(meanwhile.filter(status => status !== 200)).toEqual([])
    expect(await server.stop()).toMatchObject({ end: 0, stderr: '' })
  })
})

/** Whatever was sent before has reached the server: what comes over a later connection is read after it. */
async function isRead(server: Server): Promise<void> {
  for (let time = 0; time < 2; time += 1) await server.call('/health', { agent: new Agent() })
}

/** Sends the beginning, then a byte now and then, and gives what had come back when the server hung up. */
async function dripped(server: Server, beginning: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  socket.on('error', () => undefined) // a byte that was sent after the end
  socket.write(beginning)
  const dripping = setInterval(() => socket.write('x'), 300)
  // Not `once` of node:events, which fails with the error of such a byte.
  await new Promise(resolve => socket.once('close', resolve))
  clearInterval(dripping)
  return text
}
