import { randomUUID } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextLoop, setTimeout as sleep } from 'node:timers/promises'
import type { InjectOptions } from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { DatabaseError } from '../../db/database.ts'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { eventually } from '../support/eventually.ts'
import { connect } from '../support/socket.ts'

const TOKEN = 'a-token-for-whoever-scrapes'
const ELSEWHERE = '192.0.2.44'

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** The value of every series, by its name and labels. */
async function figures(t: TestApp): Promise<Map<string, number>> {
  const { status, body } = await t.get('/metrics')
  expect(status).toBe(200)
  const series = String(body)
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
  return new Map(series.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
}

describe('metrics with METRICS_TOKEN', () => {
  let t: TestApp
  beforeAll(async () => (t = await testApp({ METRICS_TOKEN: TOKEN })))
  afterAll(() => t.close())

  it.each<[string, string | undefined]>([
    ['none', undefined],
    ['another', 'Bearer a-token-for-somebody-else'],
    ['the beginning of it', `Bearer ${TOKEN.slice(0, -1)}`],
    ['it and more', `Bearer ${TOKEN}s`],
    ['it, sent as a password', `Basic ${TOKEN}`],
  ])('are refused to whoever sends %s, also on the same machine', async (_what, authorization) => {
    const answer = await t.call({ url: '/metrics', headers: authorization === undefined ? {} : { authorization } })
    expect(answer).toMatchObject({ status: 401, body: { statusCode: 401, code: 'UNAUTHORIZED' } })
    expect(answer.headers['www-authenticate']).toBe('Bearer')
  })

  it('are refused to an admin, who has another token', async () => {
    expect(await t.get('/metrics', await t.signedIn('admin'))).toMatchObject({ status: 401 })
  })

  it('are told to whoever sends it, from anywhere', async () => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'x-forwarded-for': '203.0.113.9' }
    const answer = await t.call({ url: '/metrics', headers, remoteAddress: ELSEWHERE })
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'cache-control': 'no-store',
    })
  })
})

describe('metrics without METRICS_TOKEN', () => {
  let t: TestApp
  beforeAll(async () => (t = await testApp({ TRUST_PROXY: '127.0.0.1' })))
  afterAll(() => t.close())

  const statusFor = async (options: InjectOptions) => (await t.call({ url: '/metrics', ...options })).status

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('are told to %s', async remoteAddress => {
    expect(await statusFor({ remoteAddress })).toBe(200)
  })

  it.each([ELSEWHERE, '10.0.0.7', '::ffff:192.0.2.44', '2001:db8::1'])('are nowhere for %s', async remoteAddress => {
    const nowhere = await t.call({ url: '/nowhere', remoteAddress })
    const refused = await t.call({ url: '/metrics', remoteAddress })
    expect(refused.status).toBe(404)
    expect({ ...refused.body, requestId: '' }).toEqual({ ...nowhere.body, requestId: '' })
  })

  it.each(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'x-real-ip', 'via'])(
    'are nowhere for whoever comes through a proxy of this machine that sends %s, whatever it says',
    async header => {
      expect(await statusFor({ headers: { [header]: '127.0.0.1' } })).toBe(404)
      expect(await statusFor({ headers: { [header]: '' } })).toBe(404)
    },
  )
})

describe.each(drivers)('metrics on $name', driver => {
  let t: TestApp
  let staff: SignedIn
  beforeAll(async () => {
    t = await testApp({}, driver)
    staff = await t.signedIn('talent')
  })
  afterAll(() => t.close())

  const create = () =>
    t.post('/api/interviewers', { name: 'Ada Lovelace', email: `${randomUUID()}@example.com` }, staff)

  it('time requests by the pattern of their route, and never tell an address', async () => {
    const { body } = await create()
    for (let n = 0; n < 3; n += 1) await t.get(`/api/interviewers/${body.id}`, staff)
    await t.get('/nowhere/a-secret')
    const text = String((await t.get('/metrics')).body)
    const count = (labels: string) => `http_request_duration_seconds_count{${labels}}`
    const found = await figures(t)
    expect(found.get(count('method="GET",route="/api/interviewers/:id",status_code="200"'))).toBe(3)
    expect(found.get(count('method="POST",route="/api/interviewers",status_code="201"'))).toBe(1)
    expect(found.get(count('method="GET",route="(none)",status_code="404"'))).toBe(1)
    expect(
      found.get('http_request_duration_seconds_bucket{le="+Inf",method="GET",route="(none)",status_code="404"}'),
    ).toBe(1)
    expect(text).not.toContain('a-secret')
    expect(text).not.toContain(body.id)
    expect(text).not.toContain('route="/metrics"')
  })

  it('count transactions, their commits, and what fails', async () => {
    const before = await figures(t)
    await Promise.all([create(), create(), create()])
    const after = await figures(t)
    const grown = (name: string) => (after.get(name) ?? NaN) - (before.get(name) ?? NaN)
    expect(grown('panelist_database_transactions_total')).toBe(3)
    expect(grown('panelist_database_commits_total')).toBeGreaterThanOrEqual(1)
    expect(grown('panelist_database_commits_total')).toBeLessThanOrEqual(3)
    expect(after.get('panelist_database_queued_transactions')).toBe(0)
    expect(after.get('panelist_database_failed_commits_total')).toBe(0)
    expect(after.get('panelist_database_slow_queries_total')).toBe(0)
    expect(after.get('panelist_database_up')).toBe(1)
    expect(after.get('panelist_database_writable')).toBe(1)
  })

  it('measure what this engine has, and leave out what it has not', async () => {
    const found = await figures(t)
    const names = [...found.keys()]
    if (driver.name === 'sqlite') {
      const path = join(t.folder, 'panelist.db')
      expect(found.get('panelist_sqlite_file_bytes')).toBe(statSync(path).size)
      expect(found.get('panelist_sqlite_wal_bytes')).toBe(statSync(`${path}-wal`).size)
      expect(names.filter(name => name.startsWith('panelist_postgres_'))).toEqual([])
    } else {
      const connections = ['busy', 'idle'].map(state =>
        found.get(`panelist_postgres_read_connections{state="${state}"}`),
      )
      expect(connections.reduce((sum = NaN, count = NaN) => sum + count)).toBeGreaterThanOrEqual(1)
      expect(found.get('panelist_postgres_waiting_reads')).toBe(0)
      expect(names.filter(name => name.startsWith('panelist_sqlite_'))).toEqual([])
    }
  })

  it('tell how the cache is', async () => {
    const url = `/api/interviewers/${(await create()).body.id}`
    const before = await figures(t)
    await t.get(url, staff)
    await t.get(url, staff)
    const kept = await figures(t)
    await create()
    const dropped = await figures(t)
    const grown = (name: string) => (kept.get(name) ?? NaN) - (before.get(name) ?? NaN)
    expect([grown('panelist_cache_misses_total'), grown('panelist_cache_hits_total')]).toEqual([1, 1])
    expect([grown('panelist_cache_entries'), grown('panelist_cache_bytes') > 400]).toEqual([1, true])
    const changes = 'panelist_cache_invalidations_total{table="interviewers"}'
    expect(dropped.get(changes)).toBeGreaterThan(kept.get(changes) ?? NaN)
    expect(dropped.get('panelist_cache_entries')).toBe(0)
  })

  it('count sockets, and their subscriptions by topic', async () => {
    const socket = await connect(t.app, { token: staff.token })
    await socket.subscribe('TASKS')
    const open = await figures(t)
    expect(open.get('panelist_sockets_open')).toBe(1)
    expect(open.get('panelist_socket_subscriptions{topic="TASKS"}')).toBe(1)
    expect(open.get('panelist_socket_subscriptions{topic="EVENTS"}')).toBe(0)
    socket.end()
    await socket.closed
    const closed = await eventually(async () => {
      const found = await figures(t)
      expect(found.get('panelist_sockets_open')).toBe(0)
      return found
    })
    expect(closed.get('panelist_socket_subscriptions{topic="TASKS"}')).toBe(0)
  })

  it('tell how full the outbox is, and how late', async () => {
    const add = (status: string, dueInMs: number) =>
      t.db.run(
        `INSERT INTO outbox (id, kind, recipient, subject, message, status, due_at)
         VALUES (:id, 'reminder', 'ada@example.com', 'Soon', '{}', :status, :dueAt)`,
        { id: randomUUID(), status, dueAt: new Date(Date.now() + dueInMs).toISOString() },
      )
    const empty = await figures(t)
    await add('pending', 3_600_000)
    const early = await figures(t)
    await add('pending', -90_000)
    await add('dead', -900_000)
    await add('sent', -900_000)
    const late = await figures(t)
    const depth = (found: Map<string, number>) =>
      ['pending', 'dead'].map(status => found.get(`panelist_outbox_mails{status="${status}"}`))
    expect([depth(empty), depth(early), depth(late)]).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
    ])
    expect(empty.get('panelist_outbox_overdue_seconds')).toBe(0)
    expect(early.get('panelist_outbox_overdue_seconds')).toBe(0)
    const seconds = late.get('panelist_outbox_overdue_seconds') ?? NaN
    expect(seconds).toBeGreaterThanOrEqual(90)
    expect(seconds).toBeLessThan(900)
  })

  it('are told while the database is away, without what it would have told', async () => {
    const names = (found: Map<string, number>) => [...found.keys()].filter(name => name.startsWith('panelist_'))
    const sound = names(await figures(t))
    const away = new DatabaseError('read', new Error('it is gone'), true)
    vi.spyOn(t.db, 'one').mockRejectedValue(away)
    vi.spyOn(t.db, 'sizes').mockImplementation(() => {
      throw away
    })
    const found = await figures(t)
    expect(found.get('panelist_database_up')).toBe(0)
    const missing = sound.filter(name => !found.has(name))
    expect(missing.filter(name => !/^panelist_(outbox|sqlite|postgres)_/.test(name))).toEqual([])
    expect(missing).toContain('panelist_outbox_overdue_seconds')
    expect(found.get('panelist_sockets_open')).toBe(0)
    vi.restoreAllMocks()
    expect(names(await figures(t))).toEqual(sound)
  })
})

describe('metrics', () => {
  it('are of one instance: another in the same process has its own', async () => {
    const [one, two] = [await testApp(), await testApp()]
    await one.get('/health')
    const series = 'http_request_duration_seconds_count{method="GET",route="/health",status_code="200"}'
    expect([(await figures(one)).get(series), (await figures(two)).get(series)]).toEqual([1, undefined])
    await one.close()
    expect((await figures(two)).get('panelist_database_up')).toBe(1)
    await two.close()
  })

  it('are counted against no limit, nor against anybody else', async () => {
    const t = await testApp({ RATE_LIMIT_MAX: '2' })
    for (let n = 0; n < 5; n += 1) await figures(t)
    const statuses: number[] = []
    for (let n = 0; n < 3; n += 1) statuses.push((await t.get('/health')).status)
    expect(statuses).toEqual([200, 200, 429])
    await t.close()
  })

  it('tell of the process by the names that dashboards for Node.js know', async () => {
    const t = await testApp()
    await nextLoop()
    const found = await figures(t)
    for (const name of [
      'process_cpu_seconds_total',
      'process_start_time_seconds',
      'process_resident_memory_bytes',
      'nodejs_heap_size_used_bytes',
      'nodejs_external_memory_bytes',
      `nodejs_version_info{version="${process.version}"}`,
    ])
      expect(found.get(name), name).toBeGreaterThan(0)
    for (const name of ['mean', 'max', 'p50', 'p90', 'p99'])
      expect(found.get(`nodejs_eventloop_lag_${name}_seconds`), name).toBeGreaterThanOrEqual(0)
    expect(found.get('process_start_time_seconds')).toBeLessThan(Date.now() / 1000)
    await t.close()
  })
})

describe('under pressure', () => {
  const SAMPLED_MS = 1_000
  let t: TestApp
  afterEach(() => t.close())

  /** Lets the loop turn for long enough to be measured, then has the sample taken. */
  async function sample(): Promise<void> {
    const until = performance.now() + 60
    while (performance.now() < until) await nextLoop()
    vi.advanceTimersByTime(SAMPLED_MS)
  }

  /** The program when its start is over, as its timers see it. */
  async function start(): Promise<void> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    t = await testApp()
    vi.advanceTimersByTime(3 * SAMPLED_MS)
    await sample()
    await expectFine()
  }

  async function expectFine(): Promise<void> {
    expect((await t.get('/health')).status).toBe(200)
    expect((await figures(t)).get('panelist_under_pressure')).toBe(0)
  }

  async function expectRefused(): Promise<void> {
    const refused = await t.app.inject({ url: '/health' })
    expect(refused.statusCode).toBe(503)
    expect(refused.json()).toMatchObject({ code: 'UNDER_PRESSURE' })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect((await figures(t)).get('panelist_under_pressure')).toBe(1)
  }

  it('of the heap requests are refused until it is over, and the metrics say so', async () => {
    await start()
    const memory = process.memoryUsage()
    vi.spyOn(process, 'memoryUsage').mockReturnValue({ ...memory, heapUsed: Number.MAX_SAFE_INTEGER })
    await sample()
    await expectRefused()
    vi.restoreAllMocks()
    await sample()
    await expectFine()
  })

  it('of the event loop requests are refused until it is over, and the metrics say so', async () => {
    await start()
    // On a busy machine short delays come between, and the mean is what counts: then the next is twice as long.
    for (let blockedMs = 4_600; !t.app.isUnderPressure(); blockedMs *= 2) {
      vi.advanceTimersByTime(SAMPLED_MS)
      await sleep(12) // the first measurement after a sample is where the next one begins
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockedMs) // nothing else turns
      for (let turns = 0; turns < 2; turns += 1) await nextLoop() // the delay is measured in between
      vi.advanceTimersByTime(SAMPLED_MS)
    }
    await expectRefused()
    await sample()
    await expectFine()
  })
})
