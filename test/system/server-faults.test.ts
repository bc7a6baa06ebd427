// A disk or a file that fails under a running server: each test says which failure it fakes, and fakes nothing else.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { testApp, type Answer } from '../support/app.ts'
import { lockHolder } from '../support/programs.ts'
import { attemptAll, randomBookings, type Attempt } from './support/bookings.ts'
import { home, type Home, type Server } from './support/home.ts'
import { expectSound } from './support/soundness.ts'

const QUEUE = 10_000

const unavailable = {
  status: 503,
  body: { statusCode: 503, code: 'DATABASE_UNAVAILABLE' },
  headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
}
const healthy = { status: 200, body: { status: 'healthy', database: { status: 'healthy', connected: true } } }

let house: Home
beforeEach(async () => {
  house = await home(60)
})
afterEach(() => house.close())

describe('a server whose disk', () => {
  it.each([
    ['is full', 'ENOSPC'],
    ['cannot be written to', 'EIO'],
  ])('%s refuses bookings whole, goes on reading, and books again when that has passed', async (_why, code) => {
    // Fakes the error for 8 writes to the log by the thread that commits, after 500 that succeed.
    const inject = `inject=pwrite64:error=${code}:when=500..507`
    const strace = ['-P', `${house.path}-wal`, '-e', 'trace=pwrite64', '-e', inject, '-o', '/dev/null']
    const server = await house.serve({ strace })
    const { attempts, refusals } = await booked(server, 60, 4)
    expect(refusals.length).toBeGreaterThan(0)
    expect(refusals).toMatchObject(refusals.map(() => unavailable))
    expect(attempts.at(0)?.status).toBe(201)
    expect(attempts.slice(-10).filter(({ status }) => status === 503)).toEqual([])
    expect(await server.call('/health')).toMatchObject(healthy)
    const { body } = await server.call('/api/events?limit=1')
    expect(body.pagination.total).toBe(attempts.filter(({ status }) => status === 201).length)
    expect(await server.stop()).toMatchObject({ end: 0 })
    await house.look(database => expectSound(database, attempts))
  })

  it('fails to sync refuses every write until a restart, says so at /health, and goes on reading', async () => {
    // Fakes EIO for the fourth sync of the log by any thread, and all that follow.
    const inject = 'inject=fdatasync:error=EIO:when=4+'
    const strace = ['-P', `${house.path}-wal`, '-e', 'trace=fdatasync', '-e', inject, '-o', '/dev/null']
    const server = await house.serve({ strace })
    const { attempts, refusals } = await booked(server, 40, 1)
    const failed = attempts.findIndex(({ status }) => status === 503)
    expect(failed).toBeGreaterThan(0)
    expect(attempts.slice(failed).filter(({ status }) => status !== 503)).toEqual([])
    expect(refusals).toMatchObject(refusals.map(() => unavailable))
    const unhealthy = { status: 'unhealthy', database: { status: 'unhealthy', connected: true } }
    for (const path of ['/health', '/api/health']) {
      expect(await server.call(path)).toMatchObject({ status: 503, body: unhealthy })
    }
    expect(await server.call('/health/live')).toMatchObject({ status: 200 })
    for (const { id } of attempts.slice(0, failed)) expect((await server.call(`/api/events/${id}`)).status).toBe(200)
    const { stdout } = await server.stop()
    expect(stdout).toContain('a sync of the log to disk failed: no more writes until a restart')

    const again = await house.serve()
    expect(await again.call('/health')).toMatchObject(healthy)
    const after = await booked(again, 10, 1)
    expect(after.attempts.filter(({ status }) => status === 201).length).toBeGreaterThan(5)
    await again.stop()
    // Whether the one that was being synced is there nobody can know: it may be, whole. No later one is.
    const all = attempts.map((attempt, index) => (index === failed ? { ...attempt, status: 0 } : attempt))
    await house.look(database => expectSound(database, [...all, ...after.attempts]))
  })
})

describe('a database that another process', () => {
  it('holds locked refuses bookings when its patience ends, is read meanwhile, and books again afterwards', async () => {
    const server = await house.serve()
    const holder = await lockHolder(house.path)
    const waiting = booked(server, 3, 3, 'locked')
    expect(await server.call('/api/events')).toMatchObject({ status: 200 })
    expect(await server.call('/health')).toMatchObject(healthy)
    const { attempts, refusals } = await waiting
    expect(refusals).toHaveLength(3)
    expect(refusals).toMatchObject(refusals.map(() => unavailable))
    await holder.letGo()
    const after = await booked(server, 3, 1, 'free')
    expect(after.attempts.map(({ status }) => status)).toContain(201)
    await server.stop()
    await house.look(database => expectSound(database, [...attempts, ...after.attempts]))
  })

  it(`holds locked while ${QUEUE} writes wait refuses the next at once, and does all that wait when it is free`, async () => {
    const t = await testApp()
    const staff = await t.signedIn('talent')
    const add = (email: string) =>
      t.call({ method: 'POST', url: '/api/interviewers', as: staff, payload: { name: 'Ada Lovelace', email } })
    const holder = await lockHolder(t.config.DATABASE_URL.slice('file:'.length))
    vi.useFakeTimers({ toFake: ['performance'] }) // the patience of those that wait does not end
    const { id } = staff
    const write = () => t.db.run('UPDATE users SET name = name WHERE id = :id', { id })
    const writes = Array.from({ length: QUEUE }, write)
    expect(await add('refused@example.com')).toMatchObject(unavailable)
    await holder.letGo()
    expect((await Promise.all(writes)).filter(({ changes }) => changes !== 1)).toEqual([])
    expect(await add('taken@example.com')).toMatchObject({ status: 201 })
    const emails = await t.db.many('SELECT email FROM interviewers')
    expect(emails).toEqual([{ email: 'taken@example.com' }])
    vi.useRealTimers()
    await t.close()
  })
})

/** Books, and keeps the answers that were no booking as well, but for those to somebody who was busy. */
async function booked(server: Server, total: number, parallel: number, name = server.pid.toString()) {
  const refusals: Answer[] = []
  const book = async (booking: object) => {
    const answer = await server.book(booking)
    if (answer.status !== 201 && answer.status !== 409) refusals.push(answer)
    return answer
  }
  const bookings = randomBookings(house.interviewers, name, total, { days: 60 })
  const attempts: Attempt[] = await attemptAll(bookings, parallel, book)
  return { attempts, refusals }
}
