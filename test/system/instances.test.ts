// Several instances on one server of PostgreSQL, and a server that goes away under load and comes back.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { postgres, postgresOn } from '../support/databases.ts'
import { eventually } from '../support/eventually.ts'
import { createTemplate, postgresServer, type PostgresServer } from '../support/postgres-server.ts'
import { attemptAll, randomBookings, type Attempt } from './support/bookings.ts'
import { home, type Home, type Server } from './support/home.ts'
import { expectSound } from './support/soundness.ts'

const PASSWORD = 'violet harbor anchors 42'
/** Bookings before the server goes away, and again after it is back. */
const BOOKED = 60

let house: Home
let server: PostgresServer | undefined
afterEach(async () => {
  await house.close()
  await server?.remove()
  server = undefined
})

describe('two instances on one database', () => {
  it('obey each other at once: a sign-out, a changed role, an ended session, a disabled user', async () => {
    house = await home(1, postgres)
    await house.look(db => db.run(`UPDATE users SET role = 'admin' WHERE id = :id`, { id: house.staff.id }))
    const [one, other] = await Promise.all([house.serve(), house.serve()])
    const signIn = async (through: Server, email: string) =>
      (await through.call('/api/auth/login', { method: 'POST', body: { email, password: PASSWORD } })).body
    const person = await made(one, 'talent')
    const asks = async (through: Server, token: string, path = '/api/users/' + person.id) =>
      (await through.call(path, { headers: { authorization: `Bearer ${token}` } })).status

    const first = await signIn(one, person.email)
    expect(await asks(other, first.accessToken)).toBe(200)
    const authorization = `Bearer ${first.accessToken}`
    expect(await one.call('/api/auth/logout', { method: 'POST', headers: { authorization } })).toMatchObject({
      status: 204,
    })
    expect(await asks(other, first.accessToken)).toBe(401)

    const second = await signIn(other, person.email)
    expect(await asks(one, second.accessToken, '/api/audit-logs')).toBe(200)
    await one.call(`/api/users/${person.id}`, { method: 'PUT', body: { role: 'interviewer' } })
    expect(await asks(other, second.accessToken, '/api/audit-logs')).toBe(403)

    const { data } = (await one.call(`/api/sessions?userId=${person.id}`)).body
    for (const { id } of data) await one.call(`/api/sessions/${id}`, { method: 'DELETE' })
    expect(await asks(other, second.accessToken)).toBe(401)

    const third = await signIn(one, person.email)
    await other.call(`/api/users/${person.id}`, { method: 'PUT', body: { status: 'disabled' } })
    expect(await asks(one, third.accessToken)).toBe(401)
  })

  async function made(through: Server, role: string): Promise<{ id: string; email: string }> {
    const body = { email: `${crypto.randomUUID()}@example.com`, name: 'Pat Example', password: PASSWORD, role }
    const { status, body: user } = await through.call('/api/users', { method: 'POST', body })
    expect(status).toBe(201)
    return user
  }
})

describe('a database server that is stopped and started again under load', () => {
  it('costs nothing that was answered, keeps nobody waiting, and the program recovers by itself', async () => {
    server = await postgresServer()
    const { url } = server
    const template = await createTemplate(url)
    house = await home(
      12,
      postgresOn(() => ({ url, template })),
    )
    const instance = await house.serve()
    let [booked, over] = [0, false]
    const underWay = new Set<object>()
    const refusals = new Set<string>()
    const bookings = randomBookings(house.interviewers, 'under load', 1_000_000, { days: 20 })
    const ending = { next: () => (over ? { done: true as const, value: undefined } : bookings.next()) }
    const load = attemptAll(ending as typeof bookings, 8, async booking => {
      underWay.add(booking)
      const answer = await instance.book(booking)
      underWay.delete(booking)
      if (answer.status === 201) booked += 1
      if (answer.status === 503) {
        refusals.add(`${answer.body.code} ${String(answer.headers['retry-after'])}`)
        await sleep(50)
      }
      return answer
    })
    await eventually(() => expect(booked).toBeGreaterThan(BOOKED))
    await server.stop()
    const [before, waiting] = [booked, [...underWay]]
    // All are answered while it is away, in place of waiting for it.
    await eventually(() => expect(waiting.filter(one => underWay.has(one))).toEqual([]))
    await eventually(() => expect(refusals.size).toBeGreaterThan(0))
    const health = await instance.call('/health')
    expect(health).toMatchObject({ status: 503, body: { status: 'unhealthy', database: { connected: false } } })
    expect((await instance.call('/health/live')).status).toBe(200)
    await server.start()
    await eventually(() => expect(booked).toBeGreaterThan(before + BOOKED))
    over = true
    const attempts = await load
    expect([...refusals]).toEqual(['DATABASE_UNAVAILABLE 2'])
    expect([...new Set(attempts.map(({ status }) => status))].sort()).toEqual([201, 409, 503])
    await expectKept(attempts)
    expect((await instance.call('/health')).status).toBe(200)
    expect(await instance.book(oneMore())).toMatchObject({ status: 201 })
    expect(await instance.stop()).toMatchObject({ end: 0 })
  })

  /** A booking that was answered 503 while its commit was under way may be there: nobody can know. */
  async function expectKept(attempts: readonly Attempt[]): Promise<void> {
    const open = attempts.map(attempt => (attempt.status === 503 ? { ...attempt, status: 0 } : attempt))
    const { booked } = await house.look(db => expectSound(db, open))
    expect(booked).toBeGreaterThan(100)
  }

  function oneMore() {
    const [interviewerId = ''] = house.interviewers
    const startsAt = '2027-06-01T09:00:00.000Z'
    return { title: 'After', type: 'technical', startsAt, durationMinutes: 60, panel: [{ interviewerId }] }
  }
})
