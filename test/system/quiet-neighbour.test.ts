// While one user asks for the most that is allowed, the answers of another do not wait for it.
import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { loopTime } from '../../benchmark/loop-time.ts'
import { insertManyRows } from '../../benchmark/many-rows.ts'
import { scaled } from '../support/scale.ts'
import { testSocket } from '../support/socket.ts'
import { UPGRADES } from '../contract/support/requests.ts'
import { sentOver } from '../contract/support/wire.ts'
import { home, type Home, type Server } from './support/home.ts'

const PEOPLE = 500
const JOURNAL_ROWS = scaled(20_000, 117_000)
const TASKS = scaled(1_500, 20_000)
const LINE_FEEDS = scaled(256 * 1024, 15 * 1024 * 1024)
const DAY_MS = 86_400_000
/** What a neighbour may wait for, in processor time of the server's event loop: other programs take none of it. */
const MOST_MS = 250
/** At least so many answers of the neighbour are looked at, each way. */
const LEAST_ANSWERS = 20

describe('another user is answered (always true: 7) while somebody', () => {
  let house: Home
  let server: Server
  let token: string
  /** Of the lowest role, who sees none of what the journal tells. */
  let least: string
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })

  beforeAll(async () => {
    house = await home(PEOPLE)
    await house.look(db => insertManyRows(db, { journalRows: JOURNAL_ROWS, tasks: TASKS, by: house.staff.id }))
    server = await house.serve({ environment: { LOG_LEVEL: 'error' } })
    token = house.staff.token
    least = (await house.signedIn('interviewer')).token
  })
  afterAll(async () => {
    agent.destroy()
    await house.close()
  })

  const of = (path: string) => `http://127.0.0.1:${server.port}${path}`
  /** Sends what is allowed, and gives the status; the answer is read to its end. */
  const send = async (method: string, path: string, type?: string, body?: string) => {
    const headers = { authorization: `Bearer ${token}`, ...(type !== undefined && { 'content-type': type }) }
    const response = await fetch(of(path), { method, headers, ...(body !== undefined && { body }) })
    await response.arrayBuffer()
    return response.status
  }

  const attacks: Record<string, () => Promise<unknown>> = {
    'F01 catches up with the whole journal': async () => {
      for (const topic of ['EVENTS', 'TASKS', 'INTERVIEWERS']) {
        const socket = testSocket(new WebSocket(`ws://127.0.0.1:${server.port}/ws/updates?token=${least}`))
        await Promise.race([socket.subscribe(topic, 0), socket.closed])
        socket.end()
      }
    },
    'F02 offers to change the protocol': async () => {
      const path = `/api/interviewers?sort=-name&limit=${PEOPLE / 5}`
      for (const upgrade of Object.values(UPGRADES)) {
        const headers = { authorization: `Bearer ${token}`, ...upgrade }
        await sentOver(of(''), { method: 'GET', url: path, headers })
        expect(await send('GET', path)).toBe(200)
      }
    },
    'F03 uploads a calendar of many lines': async () => {
      const lines = 'X:\r\n'.repeat(299_900)
      const event = `BEGIN:VEVENT\r\nUID:a\r\nDTSTAMP:20300101T000000Z\r\nDTSTART:20300101T090000Z\r\n${lines}END:VEVENT\r\n`
      const file = `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//a//EN\r\n${event}END:VCALENDAR\r\n`
      expect(await send('POST', `/api/interviewers/${house.interviewers[0]}/calendars`, 'text/calendar', file)).toBe(
        201,
      )
    },
    'F04 imports a file of empty lines': async () => {
      const file = `name,email\n${'\n'.repeat(LINE_FEEDS)}`
      expect(await send('POST', '/api/interviewers/import?dryRun=true', 'text/csv', file)).toBe(413)
    },
    'F05 searches as widely as it is possible': async () => {
      const from = Math.ceil(Date.now() / DAY_MS) * DAY_MS
      const seats = ['technical', 'coding', 'behavioral', 'panel'].map(() => ({ count: 5, role: 'interviewer' }))
      const span = { from: new Date(from).toISOString(), to: new Date(from + 62 * DAY_MS).toISOString() }
      const query = { ...span, durationMinutes: 30, stepMinutes: 5, timezone: 'UTC', seats, limit: 500, explain: true }
      expect(await send('POST', '/api/availability/search', 'application/json', JSON.stringify(query))).toBe(200)
    },
    'exports the longest list': async () => {
      for (const format of ['csv', 'xlsx', 'pdf']) {
        expect(await send('GET', `/api/tasks/export?format=${format}`)).toBe(200)
      }
    },
  }

  it.each(Object.entries(attacks))('%s', async (_name, attack) => {
    const alone = await answersWhile(sleep(0))
    const beside = await answersWhile(attack())
    expect(slowest(beside) - slowest(alone)).toBeLessThan(MOST_MS)
  })

  /** What each answer from the cache waited for, in ms of the loop's processor time, until `running` has ended. */
  async function answersWhile(running: Promise<unknown>): Promise<number[]> {
    const attack = { ended: false }
    const end = running.finally(() => (attack.ended = true))
    const waits: number[] = []
    while (!attack.ended || waits.length < LEAST_ANSWERS) {
      const before = loopTime(server.pid)
      const { status } = await server.call(`/api/interviewers/${house.interviewers[1]}`, { agent })
      waits.push(loopTime(server.pid) - before)
      expect(status).toBe(200)
    }
    await end
    return waits
  }
})

/** The 99th percentile; of fewer than a hundred, the greatest. */
function slowest(waits: readonly number[]): number {
  return [...waits].sort((a, b) => b - a)[Math.floor(waits.length / 100)] ?? 0
}
