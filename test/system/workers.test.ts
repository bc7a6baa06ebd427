// Several processes on one file behind one port: to those who use them they are one.
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { Agent, get, type AgentOptions, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Queryable } from '../../db/database.ts'
import { eventually } from '../support/eventually.ts'
import { mailServer } from '../support/mail.ts'
import { expectPortTaken } from '../support/programs.ts'
import { testSocket, type TestSocket } from '../support/socket.ts'
import { attemptAll, randomBookings } from './support/bookings.ts'
import { home, type Home, type Server } from './support/home.ts'
import { expectNoneRefusedInVain, expectSound } from './support/soundness.ts'

const WORKERS = { WORKERS: '2' }
const LIMIT = 700
const SIGN_IN_LIMIT = 10
const SOCKETS_OF_USER = 10
const MAILS = 40
/** The other worker looks for mails this much after a write, at the latest. */
const MAILS_LATE_MS = 1_000

describe('two workers', () => {
  let house: Home
  let server: Server
  /** How many requests were answered 429. */
  let refused = 0
  const agents = Array.from({ length: 4 }, () => keptAgent())

  beforeAll(async () => {
    house = await home()
    await house.look(db => insertLongTasks(db, house.staff.id))
    const limits = { RATE_LIMIT_MAX: String(LIMIT), AUTH_RATE_LIMIT_MAX: String(SIGN_IN_LIMIT) }
    server = await house.serve({ environment: { ...WORKERS, ...limits } })
    await bothServe(server)
    for (const agent of agents) await server.call('/health/live', { agent })
  })
  afterAll(async () => {
    for (const agent of agents) agent.destroy()
    await house.close()
  })

  it('answer from memory, and each shows in its very next answer what the other wrote', async () => {
    const path = `/api/interviewers/${house.interviewers[0]}`
    const titleAt = async (agent: Agent) => {
      const { body, headers } = await server.call(path, { agent })
      return { title: body.title, cache: headers['x-cache'] }
    }
    for (let round = 0; round < 10; round += 1) {
      const title = `Title of round ${round}`
      const { status } = await server.call(path, { method: 'PUT', body: { title }, agent: at(agents, round) })
      expect(status).toBe(200)
      const shown = await Promise.all(agents.map(titleAt))
      expect(shown.map(one => one.title)).toEqual(agents.map(() => title))
      for (const agent of agents) expect(await titleAt(agent)).toEqual({ title, cache: 'hit' })
    }
    const bothAnswered = () => pidsIn(server.said(), '/api/interviewers/:id')
    await expect.poll(bothAnswered).toEqual(server.workers().sort())
  })

  it('obey each other at once: who signs out at one is signed out at the other', async () => {
    const headers = await registered(server)
    const statuses = () =>
      Promise.all(agents.map(async agent => (await server.call('/api/profile', { agent, headers })).status))
    expect(await statuses()).toEqual([200, 200, 200, 200])
    await server.call('/api/auth/logout', { method: 'POST', headers, agent: at(agents, 0) })
    expect(await statuses()).toEqual([401, 401, 401, 401])
  })

  it('book nobody twice, over 32 connections, and one Idempotency-Key once', async () => {
    const races = attemptAll(randomBookings(house.interviewers, 'workers', 240), 32, server.book)
    const [booking] = [...randomBookings(house.interviewers, 'once', 1, { from: 100 })]
    const headers = { 'idempotency-key': 'the-same-for-all' }
    const asked = Array.from({ length: 12 }, (_, turn) =>
      server.call('/api/events', { method: 'POST', body: booking, headers, agent: at(agents, turn) }),
    )
    const answers = await Promise.all(asked)
    const made = answers.filter(({ status }) => status === 201)
    const others = answers.filter(({ status }) => status !== 201)
    expect(others.filter(({ body }) => body.code !== 'IDEMPOTENCY_IN_PROGRESS')).toEqual([])
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1)
    const attempts = await races
    expectNoneRefusedInVain(attempts)
    const one = booking ? [{ booking, status: 201, id: made[0]?.body.id }] : []
    const counts = await house.look(db => expectSound(db, [...attempts, ...one]))
    expect(Math.min(counts.booked, counts.refused)).toBeGreaterThan(15)
  })

  it('tell sockets at both what either wrote, and count the sockets of a user together', async () => {
    const sockets: TestSocket[] = []
    for (let count = 0; count < SOCKETS_OF_USER; count += 1) {
      const socket = connected(house, server)
      await socket.subscribe('INTERVIEWERS')
      sockets.push(socket)
    }
    expect(await Promise.all([connected(house, server).closed, connected(house, server).closed])).toEqual([1008, 1008])
    for (const [index, agent] of agents.entries()) {
      const path = `/api/interviewers/${house.interviewers[1]}`
      await server.call(path, { method: 'PUT', body: { title: `Told ${index}` }, agent })
      const told = await Promise.all(sockets.map(socket => socket.news(index + 1)))
      expect(told.map(news => news.at(-1).data.title)).toEqual(sockets.map(() => `Told ${index}`))
    }
    sockets[0]?.end()
    const admitted = () => {
      const another = connected(house, server)
      sockets.push(another)
      another.send({ type: 'SUBSCRIBE_INTERVIEWERS' })
      return Promise.race([once(another.socket, 'message').then(() => true), another.closed.then(() => false)])
    }
    await eventually(async () => expect(await admitted()).toBe(true)) // once the server has seen the other one end
    for (const socket of sockets) socket.end()
  })

  it('count requests together: never more than the limit, and no more than a twentieth fewer', async () => {
    const many = new Agent({ keepAlive: true, maxSockets: 8 })
    const headers = await registered(server)
    const ask = async () => (await server.call('/api/profile', { agent: many, headers })).status
    const statuses: number[] = []
    while (statuses.length < LIMIT + 50) statuses.push(...(await Promise.all(Array.from({ length: 50 }, ask))))
    const answered = statuses.filter(status => status === 200).length
    expect(answered).toBeLessThanOrEqual(LIMIT)
    expect(answered).toBeGreaterThanOrEqual(LIMIT - LIMIT / 20)
    expect(statuses.filter(status => status !== 200 && status !== 429)).toEqual([])
    refused += statuses.length - answered
    many.destroy()
  })

  it('count sign-ins together, to the last one', async () => {
    const body = { email: 'nobody@example.com', password: 'not the password' }
    // From an address of their own, so that nothing before them counts.
    const others = Array.from({ length: 4 }, () => keptAgent({ localAddress: '127.0.0.2' }))
    const asked = Array.from({ length: 16 }, async (_, turn) => {
      const email = `${turn}-${body.email}`
      const options = { method: 'POST', body: { ...body, email }, agent: at(others, turn) }
      return (await server.call('/api/auth/login', options)).status
    })
    const statuses = await Promise.all(asked)
    expect(statuses.filter(status => status === 401)).toHaveLength(SIGN_IN_LIMIT)
    expect(statuses.filter(status => status === 429)).toHaveLength(16 - SIGN_IN_LIMIT)
    refused += 16 - SIGN_IN_LIMIT
    for (const agent of others) agent.destroy()
  })

  it('tell their figures as those of one program, whichever is asked', async () => {
    const told = await Promise.all(agents.map(async agent => (await server.call('/metrics', { agent })).body))
    for (const text of told) {
      expect(text).toContain('\npanelist_database_up 1\n')
      const limited = [...text.matchAll(/^http_request_duration_seconds_count\{.*status_code="429".*\} (\d+)$/gm)]
      expect(sumOf(limited.map(([, count]) => Number(count)))).toBe(refused)
    }
  })

  it('count the exports of a user together; are replaced when they die, and nobody who comes then is turned away', async () => {
    const exports = [await unread(house, server), await unread(house, server)] // one at each
    expect(exports.map(({ statusCode }) => statusCode)).toEqual([200, 200])
    const third = async (agent: Agent) => (await server.call('/api/interviewers/export', { agent })).status
    expect(await Promise.all(agents.map(third))).toEqual([429, 429, 429, 429])
    const [first = 0] = server.workers()
    process.kill(first, 'SIGKILL')
    while (server.workers().includes(first)) await sleep(5)
    const isServed = () => {
      const replacement = server.workers().find(pid => !before.includes(pid))
      return replacement !== undefined && pidsIn(server.said()).includes(replacement)
    }
    const before = [first, ...server.workers().slice(0, 1)]
    while (!isServed()) {
      const { status } = await server.call('/api/interviewers?limit=1', { agent: new Agent() })
      expect(status).toBe(200)
      await sleep(50)
    }
    exports.push(await unread(house, server)) // in the place of the one that was cut off
    expect([exports.at(-1)?.statusCode, await third(new Agent())]).toEqual([200, 429])
    for (const response of exports) response.destroy()
    await expect.poll(() => third(new Agent())).toBe(200)
    expect(server.said()).toContain('a worker has ended; another takes its place')
  })

  it('end together: requests are finished, sockets closed with 1001, the log is folded back into the file', async () => {
    const sockets = [connected(house, server), connected(house, server)]
    for (const socket of sockets) await socket.subscribe('TASKS')
    const bookings = randomBookings(house.interviewers, 'at the end', 10_000, { from: 200, days: 300 })
    let answered = 0
    const load = attemptAll(bookings, 16, server.book, () => {
      answered += 1
      if (answered === 50) for (const pid of [...server.workers(), server.pid]) process.kill(pid, 'SIGTERM')
    })
    expect(await server.finished).toMatchObject({ end: 0, stderr: '' })
    const attempts = await load
    expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([1001, 1001])
    expect(attempts.filter(({ status }) => ![0, 201, 409, 503].includes(status))).toEqual([])
    expect(existsSync(`${house.path}-wal`)).toBe(false)
    const { events } = (await house.look(db =>
      db.one<{ events: number }>(`SELECT COUNT(*) AS events FROM events WHERE title LIKE 'at the end %'`),
    )) ?? { events: 0 }
    expect(events).toBe(attempts.filter(({ status }) => status === 201).length)
  })
})

describe('several workers', () => {
  let house: Home
  beforeAll(async () => {
    house = await home(1)
  })
  afterAll(() => house.close())

  it('tell a mistake in the configuration once', async () => {
    const { end, stdout, stderr } = await house.refused({ WORKERS: '65', PORT: '70000' })
    expect({ end, stdout }).toEqual({ end: 1, stdout: '' })
    const [title, ...mistakes] = stderr.trimEnd().split('\n')
    expect(title).toBe('The configuration is not valid:')
    expect(mistakes.sort()).toEqual([
      '  PORT: expected a port number from 0 to 65535',
      '  WORKERS: expected the number of processes that share the port, from 1 to 64',
    ])
  })

  it('that cannot listen say so once', async () => {
    await expectPortTaken(PORT => house.refused({ ...WORKERS, PORT }))
  })

  it('send each mail once, with interviews booked at both while both look for mails', async () => {
    const smtp = await mailServer()
    const server = await house.serve({ environment: { ...WORKERS, MAIL: 'on', SMTP_URL: smtp.url, REMINDERS: 'off' } })
    await bothServe(server)
    const both = [keptAgent(), keptAgent()]
    for (const agent of both) await server.call('/health/live', { agent })
    const book = async (turn: number) => {
      const startsAt = new Date(Date.UTC(2031, 2, 3, turn)).toISOString()
      const panel = [{ interviewerId: house.interviewers[0] }]
      const body = { title: `Interview ${turn}`, type: 'technical', startsAt, durationMinutes: 30, panel }
      return (await server.call('/api/events', { method: 'POST', body, agent: at(both, turn) })).status
    }
    const statuses = await Promise.all(Array.from({ length: MAILS }, (_, turn) => book(turn)))
    expect(statuses).toEqual(statuses.map(() => 201))
    const wakeBoth = () =>
      Promise.all(both.map(agent => server.call('/api/events', { method: 'POST', body: {}, agent })))
    const arrived = async () => {
      await wakeBoth()
      return smtp.mails.length
    }
    await expect.poll(arrived, { interval: 100 }).toBeGreaterThanOrEqual(MAILS)
    await sleep(MAILS_LATE_MS)
    const { stdout } = await server.stop()
    await smtp.close()
    for (const agent of both) agent.destroy()
    const subjects = smtp.mails.map(({ subject }) => subject)
    expect([smtp.attempts, new Set(subjects).size]).toEqual([MAILS, MAILS])
    expect(pidsIn(stdout.replaceAll(/^.*"status":(?!201).*$/gm, ''), '/api/events')).toHaveLength(2)
    const left = await house.look(db => db.many(`SELECT id FROM outbox WHERE status <> 'sent' OR attempts <> 1`))
    expect(left).toEqual([])
  })

  it('F34 leave no connection behind when they die: each that one of them could not take is cut', async () => {
    const server = await house.serve({ environment: WORKERS })
    await bothServe(server)
    const [dying = 0] = server.workers()
    process.kill(dying, 'SIGSTOP') // it is passed a connection, and does not live to take it
    let answered = 0
    const asked = Array.from({ length: 4 }, async () => {
      const { status } = await server.call('/health/live', { agent: new Agent() })
      answered += 1
      return status
    })
    const outcomes = Promise.allSettled(asked)
    await expect.poll(() => answered, { timeout: 10_000 }).toBeGreaterThanOrEqual(3)
    process.kill(dying, 'SIGKILL')
    const statuses = (await outcomes).map(outcome => (outcome.status === 'fulfilled' ? outcome.value : 'cut'))
    expect(statuses.filter(status => status !== 200 && status !== 'cut')).toEqual([])
    expect(await server.stop()).toMatchObject({ end: 0 })
  })

  it('end in order when one is only just being replaced', async () => {
    const server = await house.serve({ environment: WORKERS })
    await bothServe(server)
    const before = server.workers()
    process.kill(before[0] ?? 0, 'SIGKILL')
    while (server.workers().every(pid => before.includes(pid))) await sleep(5)
    const { end, stdout } = await server.stop()
    expect(end).toBe(0)
    expect(pidsIn(stdout).filter(pid => !before.includes(pid))).toEqual([]) // it had not begun
  })

  it('end in order when the process that started them is killed', async () => {
    const server = await house.serve({ environment: WORKERS })
    await bothServe(server)
    const workers = server.workers()
    const socket = connected(house, server)
    await socket.subscribe('TASKS')
    server.signal('SIGKILL')
    expect(await socket.closed).toBe(1001)
    await expect.poll(() => workers.filter(isThere)).toEqual([])
    expect(existsSync(`${house.path}-wal`)).toBe(false)
  })
})

function connected({ staff }: Home, { port }: Server): TestSocket {
  return testSocket(new WebSocket(`ws://127.0.0.1:${port}/ws/updates?token=${staff.token}`))
}

/** More than lies between a server and a client that does not read. */
async function insertLongTasks(sql: Queryable, createdBy: string): Promise<void> {
  await sql.run(
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 4000)
     INSERT INTO tasks (id, title, description, created_by)
     SELECT 'long-' || n, 'Task ' || n, :description, :createdBy FROM numbers`,
    { description: 'x'.repeat(2_500), createdBy },
  )
}

/** An export that has begun and is not read, over a connection of its own: the workers take turns at them. */
function unread({ staff }: Home, { port }: Server): Promise<IncomingMessage> {
  const options = { host: '127.0.0.1', port, path: '/api/tasks/export', headers: staff.headers, agent: false }
  return new Promise((resolve, reject) => {
    get(options, response => resolve(response.on('error', () => undefined))).on('error', reject)
  })
}

/** Keeps one connection: those that are opened one after the other, the workers take turns at. */
function keptAgent(options: AgentOptions = {}): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1, ...options })
}

/** The port is open as soon as one of them listens. */
async function bothServe(server: Server): Promise<void> {
  while (pidsIn(server.said()).length < 2) {
    await server.call('/health/live', { agent: new Agent() })
    await sleep(50)
  }
  expect(pidsIn(server.said())).toEqual(server.workers().sort())
}

/** Signs somebody in who is new. */
async function registered(server: Server): Promise<{ authorization: string }> {
  const person = {
    email: `${crypto.randomUUID()}@example.com`,
    password: 'violet harbor anchors 42',
    name: 'Pat Example',
  }
  const { status, body } = await server.call('/api/auth/register', { method: 'POST', body: person })
  expect(status).toBe(201)
  return { authorization: `Bearer ${body.accessToken}` }
}

/** The processes that have answered requests, or those of one route, by the log. */
function pidsIn(log: string, route = ''): number[] {
  const lines = log.split('\n').filter(line => line.includes(`"route":"${route}`))
  const pids = lines.map(line => Number(/"pid":(\d+)/.exec(line)?.[1]))
  return [...new Set(pids)].sort()
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function at<Thing>(things: readonly Thing[], turn: number): Thing {
  const thing = things[turn % things.length]
  if (thing === undefined) throw new Error('there is nothing to choose from')
  return thing
}
