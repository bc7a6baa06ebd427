// kill -9 of the server while it books: CASES.md A07, crash between the claim and the journal → both or neither.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scaled } from '../support/scale.ts'
import { attemptAll, randomBookings, type Attempt, type Booking } from './support/bookings.ts'
import { home, type Home } from './support/home.ts'
import { expectSound } from './support/soundness.ts'

const KILLS = scaled(6, 30)
const HOMES = 2
const PARALLEL = 16
/** So few that some of even a few dozen attempts meet somebody who is taken. */
const DAYS = 4

describe('a server killed while it books (always true: 1, 2)', () => {
  let houses: Home[]
  beforeEach(async () => {
    houses = await Promise.all(Array.from({ length: HOMES }, () => home()))
  })
  afterEach(() => Promise.all(houses.map(house => house.close())))

  it(`has kept all it answered 201, and of the rest each event whole or not at all, ${KILLS} times over (A07)`, async () => {
    const told = await Promise.all(houses.map(house => killedAgainAndAgain(house, KILLS / HOMES)))
    const attempts = told.flat()
    const count = (wanted: number) => attempts.filter(({ status }) => status === wanted).length
    expect([...new Set(attempts.map(({ status }) => status))].sort()).toEqual([0, 201, 409])
    expect(count(201)).toBeGreaterThan(KILLS)
    expect(count(0)).toBeGreaterThan(KILLS) // each kill met requests that were under way
  })
})

async function killedAgainAndAgain(house: Home, kills: number): Promise<Attempt[]> {
  const attempts: Attempt[] = []
  for (let kill = 1; kill <= kills; kill += 1) {
    attempts.push(...(await killedOnce(house, kill)))
    await house.look(database => expectSound(database, attempts))
  }
  return attempts
}

/** Books on days of its own until the server is killed, a random moment after its first answers. */
async function killedOnce(house: Home, kill: number): Promise<Attempt[]> {
  const server = await house.serve()
  const bookings = twice(randomBookings(house.interviewers, `kill ${kill}`, 1_000_000, { from: kill * 20, days: DAYS }))
  let booked = 0
  let killing: Promise<void> | undefined
  const attempts = await attemptAll(bookings, PARALLEL, server.book, ({ status }) => {
    if (status === 201) booked += 1
    if (booked > 2) killing ??= sleep(Math.random() * 80).then(() => server.signal('SIGKILL'))
  })
  await killing
  expect(await server.finished).toMatchObject({ end: 'SIGKILL', stderr: '' })
  return attempts
}

/** Each booking, and again under another title: one of the two is refused, however few are answered. */
function* twice(bookings: Iterable<Booking>): Generator<Booking> {
  for (const booking of bookings) {
    yield booking
    yield { ...booking, title: `${booking.title} again` }
  }
}
