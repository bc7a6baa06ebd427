// Nobody is ever booked twice, however many processes and connections try it at once.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { drivers } from '../support/databases.ts'
import { run, start } from '../support/programs.ts'
import { scaled } from '../support/scale.ts'
import { attemptAll, randomBookings, type Attempt } from './support/bookings.ts'
import { compiledProgram } from './support/compiled.ts'
import { home, type Home, type Server } from './support/home.ts'
import { expectNoneRefusedInVain, expectSound } from './support/soundness.ts'

const RACERS = scaled(4, 8)
/** PostgreSQL takes longer for the same; two instances try 3,200 times there, below. */
const EACH = { sqlite: scaled(60, 400), postgres: scaled(40, 50) }
const OVER_CONNECTIONS = { sqlite: scaled(240, 800), postgres: scaled(160, 400) }
const OF_TWO_SERVERS = scaled(120, 1_600)

describe.each(drivers)('panels of three, raced for on $name (always true: 1)', driver => {
  const each = EACH[driver.name]
  const total = OVER_CONNECTIONS[driver.name]

  let house: Home
  beforeEach(async () => {
    house = await home(12, driver)
  })
  afterEach(() => house.close())

  it(`by ${RACERS} processes on one database, ${RACERS * each} times: nobody is booked twice and no panel is half booked`, async () => {
    const { environment, staff, interviewers } = house
    const numbers = Array.from({ length: RACERS }, (_, number) => String(number))
    const commands = numbers.map(number =>
      compiledProgram('racer.mts', number, String(each), staff.token, ...interviewers),
    )
    const racers = (await Promise.all(commands)).map(command => start(...command, environment))
    for (const racer of racers) expect((await racer.lines.next()).value).toBe('ready')
    for (const racer of racers) racer.process.stdin.write('go\n')
    const ends = await Promise.all(racers.map(racer => racer.finished))
    expect(ends.map(({ end, stderr }) => ({ end, stderr }))).toEqual(ends.map(() => ({ end: 0, stderr: '' })))
    const attempts = ends.flatMap(({ stdout }) => attemptsIn(stdout))
    expect(attempts).toHaveLength(RACERS * each)
    await expectFairRace(house, attempts)
  })

  it('over 64 connections to one server: nobody is booked twice and no panel is half booked', async () => {
    const server = await house.serve()
    const attempts = await attemptAll(randomBookings(house.interviewers, 'one server', total), 64, server.book)
    await expectFairRace(house, attempts)
    expect(await server.stop()).toMatchObject({ end: 0, stderr: '' })
  })

  it('over 64 connections to two servers on one database: nobody is booked twice and no panel is half booked', async () => {
    const servers = await Promise.all([house.serve(), house.serve()])
    const races = servers.map((server, number) =>
      attemptAll(randomBookings(house.interviewers, `server ${number}`, OF_TWO_SERVERS), 32, server.book),
    )
    await expectFairRace(house, (await Promise.all(races)).flat())
    await Promise.all(servers.map(server => server.stop()))
  })
})

describe.each(drivers)('one thing, asked of two servers at once on $name', driver => {
  let house: Home
  let servers: Server[]
  beforeAll(async () => {
    house = await home(12, driver)
    servers = await Promise.all([house.serve(), house.serve()])
  })
  afterAll(() => house.close())

  const oneBooking = (day: string) => bookingOf(house, day)

  it('to book it under one Idempotency-Key: there is one event, and every 201 shows it', async () => {
    const body = oneBooking('2026-05-04')
    const headers = { 'idempotency-key': 'the-same-for-all' }
    const asked = Array.from({ length: 20 }, (_, turn) =>
      inTurn(turn).call('/api/events', { method: 'POST', body, headers }),
    )
    const answers = await Promise.all(asked)
    const made = answers.filter(({ status }) => status === 201)
    const others = answers.filter(({ status }) => status !== 201)
    expect(others.filter(answer => answer.body.code !== 'IDEMPOTENCY_IN_PROGRESS')).toEqual([])
    expect(new Set(made.map(answer => answer.body.id)).size).toBe(1)
    await house.look(db => expectSound(db, [{ booking: body, status: 201, id: made[0]?.body.id }]))
  })

  it('to cancel it: one does, every other is refused, and the journal has one row', async () => {
    const { body: event } = await inTurn(0).book(oneBooking('2026-05-05'))
    const asked = Array.from({ length: 20 }, (_, turn) =>
      inTurn(turn).call(`/api/events/${event.id}/cancel`, { method: 'POST', body: { reason: 'The post is filled' } }),
    )
    const answers = await Promise.all(asked)
    expect(tally(answers.map(({ status, body }) => `${status} ${body.code ?? body.status}`))).toEqual({
      '200 cancelled': 1,
      '409 INVALID_TRANSITION': 19,
    })
    const rows = await house.look(db => db.many(`SELECT action FROM audit_logs WHERE action = 'cancel'`))
    expect(rows).toHaveLength(1)
  })

  function inTurn(turn: number): Server {
    const server = servers[turn % servers.length]
    if (!server) throw new Error('there is no server')
    return server
  }
})

it('refuses the plain sqlite3 shell to book somebody of an event that was booked, even while the server runs', async () => {
  const house = await home()
  const server = await house.serve()
  const { status, body: event } = await server.book(bookingOf(house, '2026-05-04'))
  expect(status).toBe(201)
  const [somebody = ''] = house.interviewers
  const eventId = crypto.randomUUID()
  const sql = `BEGIN IMMEDIATE;
    INSERT INTO events (id, title, type, starts_at, ends_at)
      VALUES ('${eventId}', 'By hand', 'technical', '2026-05-04T09:30:00.000Z', '2026-05-04T10:30:00.000Z');
    INSERT INTO claims (subject, starts_at, ends_at, event_id)
      VALUES ('interviewer:${somebody}', '2026-05-04T09:30:00.000Z', '2026-05-04T10:30:00.000Z', '${eventId}');
    COMMIT;`
  const { end, stderr } = await run('sqlite3', ['-bail', '-cmd', '.timeout 5000', house.path], sql)
  expect(end).not.toBe(0)
  expect(stderr).toContain('claims_no_overlap')
  expect((await server.call(`/api/events/${eventId}`)).status).toBe(404)
  const listed = await server.call(`/api/events?interviewerId=${somebody}`)
  expect(listed.body.data.map(({ id }: { id: string }) => id)).toEqual([event.id])
  await server.stop()
  await house.close()
})

async function expectFairRace(house: Home, attempts: readonly Attempt[]): Promise<void> {
  const { booked, refused, lost } = await house.look(db => expectSound(db, attempts))
  expectNoneRefusedInVain(attempts)
  expect(lost).toBe(0)
  expect(Math.min(booked, refused)).toBeGreaterThan(attempts.length / 20) // a race, won and lost
}

function bookingOf(house: Home, day: string) {
  const panel = house.interviewers.slice(0, 3).map(interviewerId => ({ interviewerId }))
  const candidateEmail = 'grace@example.com'
  const startsAt = `${day}T09:00:00.000Z`
  return { title: 'One', type: 'technical' as const, startsAt, durationMinutes: 60, candidateEmail, panel }
}

function attemptsIn(stdout: string): Attempt[] {
  const lines = stdout.split('\n').filter(line => line.startsWith('{'))
  return lines.map(line => JSON.parse(line) as Attempt)
}

function tally(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
