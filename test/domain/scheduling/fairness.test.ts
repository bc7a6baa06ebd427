import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_AVAILABILITY } from '../../../domain/scheduling/availability.ts'
import type { Calendar, Interview } from '../../../domain/scheduling/calendar.ts'
import { DAY } from '../../../domain/scheduling/days.ts'
import { inTurn, ROLLING_DAYS } from '../../../domain/scheduling/fairness.ts'
import { calendarOf, interviewAt, poolOf } from './support/calendars.ts'

const HOUR = 3_600_000
const NOW = Date.parse('2026-06-15T10:00:00Z')

const dateOf = (instant: number) => new Date(instant).toISOString().slice(0, 10)
const daysAgo = (days: number, count = 1): Interview[] =>
  Array.from({ length: count }, (_, n) => interviewAt(NOW - days * DAY + n * HOUR))
const away = (from: number, to: number) => ({
  ...DEFAULT_AVAILABILITY,
  timeOff: [{ from: dateOf(NOW - from * DAY), to: dateOf(NOW - to * DAY) }],
})
const person = (id: string, more: Partial<Calendar> = {}) => calendarOf({ id, ...more })

/** Everybody's turn at an instant, the first one first. */
function turns(people: readonly Calendar[], at = NOW) {
  const scores = poolOf(people).scores(at)
  return people.map((_, index) => ({ id: people[index]?.id ?? '', score: scores[index] ?? fail() })).sort(inTurn)
}
const fail = (): never => {
  throw new Error('somebody has no score')
}
const order = (people: readonly Calendar[], at = NOW) => turns(people, at).map(({ id }) => id)

/** So many interviews booked one after another, `perDay` of them a day, each for the one whose turn it is. */
function book(
  count: number,
  perDay: number,
  from: readonly Calendar[],
): { people: Calendar[]; won: Map<string, number> } {
  let people = [...from]
  const won = new Map(people.map(({ id }) => [id, 0]))
  for (let n = 0; n < count; n += 1) {
    const at = NOW + Math.floor(n / perDay) * DAY + (n % perDay) * 60_000
    const [first] = order(people, at)
    people = people.map(one => (one.id === first ? { ...one, interviews: [...one.interviews, interviewAt(at)] } : one))
    won.set(first ?? '', (won.get(first ?? '') ?? 0) + 1)
  }
  return { people, won }
}

/** Nobody gets more of the new ones than their share by weight, and two. */
function expectShared(won: Map<string, number>, people: readonly Calendar[]): void {
  const all = [...won.values()].reduce((sum, count) => sum + count, 0)
  const weights = people.reduce((sum, { weight }) => sum + weight, 0)
  for (const { id, weight } of people) expect(won.get(id), id).toBeLessThanOrEqual((all * weight) / weights + 2)
}

describe('a score', () => {
  it('has every term: weights 100, 100 and 50 with 4, 2 and 1 interviews', () => {
    const pool = [
      person('a', { interviews: daysAgo(5, 4) }),
      person('b', { interviews: daysAgo(4, 2) }),
      person('c', { interviews: daysAgo(3, 1), weight: 50 }),
    ]
    const [a, b, c] = poolOf(pool).scores(NOW)
    expect(a).toEqual({
      target: expect.closeTo(2.8, 9),
      interviews: 4,
      calibration: 0,
      weight: 100,
      shortfall: expect.closeTo(-1.2, 9),
      lastInterviewAt: NOW - 5 * DAY + 3 * HOUR,
    })
    expect(b).toMatchObject({ target: expect.closeTo(2.8, 9), interviews: 2, shortfall: expect.closeTo(0.8, 9) })
    expect(c).toMatchObject({
      target: expect.closeTo(1.4, 9),
      interviews: 1,
      shortfall: expect.closeTo(0.4, 9),
      weight: 50,
    })
    expect(order(pool)).toEqual(['b', 'c', 'a'])
  })

  it('counts the day of the interview and the 27 before it, in UTC, and nothing later', () => {
    const midnight = Math.floor(NOW / DAY) * DAY
    const first = midnight - (ROLLING_DAYS - 1) * DAY
    const counted = (at: number) =>
      poolOf([person('a', { interviews: [interviewAt(at)] }), person('b')]).scores(NOW)[0]?.interviews
    expect(counted(first - 1)).toBe(0)
    expect(counted(first)).toBe(1)
    expect(counted(NOW)).toBe(1)
    expect(counted(midnight + DAY - 1)).toBe(1)
    expect(counted(midnight + DAY)).toBe(0)
  })

  it('forgets what is older than 28 days: it neither counts nor changes the target', () => {
    const scores = poolOf([person('a', { interviews: daysAgo(28, 9) }), person('b')]).scores(NOW)
    for (const score of scores) expect(score).toMatchObject({ target: 0, interviews: 0, calibration: 0, shortfall: 0 })
    expect(order([person('a', { interviews: daysAgo(28, 9) }), person('b')])).toEqual(['b', 'a'])
  })

  it('gives who was not there what the others averaged in that time, by weight', () => {
    const pool = [
      person('a', { interviews: daysAgo(10, 4) }),
      person('b', { interviews: daysAgo(10, 2) }),
      person('new', { joinedAt: NOW - DAY, weight: 50 }),
      person('off', { availability: away(12, 9) }),
    ]
    const [, , joined, off] = poolOf(pool).scores(NOW)
    expect(joined?.calibration).toBeCloseTo(1.5, 9)
    expect(off?.calibration).toBeCloseTo(3, 9)
  })

  it('counts the first and the last date of time off as away, and the day somebody joins as there', () => {
    const others = (days: number) => [person('a', { interviews: daysAgo(days, 2) })]
    const calibration = (days: number, more: Partial<Calendar>) =>
      poolOf([...others(days), person('b', more)]).scores(NOW)[1]?.calibration
    expect([13, 12, 9, 8].map(days => calibration(days, { availability: away(12, 9) }))).toEqual([0, 2, 2, 0])
    expect([6, 5].map(days => calibration(days, { joinedAt: NOW - 5 * DAY }))).toEqual([2, 0])
  })

  it('adds up to nothing over a pool', () => {
    const people = fc.array(
      fc.record({
        weight: fc.integer({ min: 1, max: 300 }),
        counts: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 30 }),
        joined: fc.integer({ min: 0, max: 40 }),
        off: fc.integer({ min: 0, max: 35 }),
        back: fc.integer({ min: 0, max: 35 }),
      }),
      { minLength: 1, maxLength: 6 },
    )
    const property = fc.property(people, drawn => {
      const pool = drawn.map(({ weight, counts, joined, off, back }, index) => {
        const interviews = counts.flatMap((count, days) => daysAgo(days, count)).sort((a, b) => a.startsAt - b.startsAt)
        return person(`p${index}`, { weight, interviews, joinedAt: NOW - joined * DAY, availability: away(off, back) })
      })
      const scores = poolOf(pool).scores(NOW)
      const sum = scores.reduce((all, { shortfall }) => all + shortfall, 0)
      expect(Math.abs(sum)).toBeLessThan(1e-6)
      expect(scores.every(({ calibration }) => calibration >= 0 && Number.isFinite(calibration))).toBe(true)
    })
    fc.assert(property, { numRuns: 200 })
  })
})

describe('the order', () => {
  it('leaves it to the time since the last interview when all have as many, and then to the id', () => {
    const one = (id: string, days: number) => person(id, { interviews: daysAgo(days) })
    expect(order([one('a', 2), one('b', 9), one('c', 5)])).toEqual(['b', 'c', 'a'])
    expect(order([one('c', 4), one('a', 4), one('b', 4)])).toEqual(['a', 'b', 'c'])
    expect(order([person('b'), one('c', 40), person('a')])).toEqual(['a', 'b', 'c'])
  })

  it('does not change when everybody gets one more', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 6 })
    const property = fc.property(counts, counts => {
      const pool = counts.map((count, index) => person(`p${index}`, { interviews: daysAgo(20, count) }))
      const more = pool.map(one => ({ ...one, interviews: [...one.interviews, interviewAt(NOW - 2 * DAY)] }))
      const shortfalls = (people: Calendar[]) =>
        poolOf(people)
          .scores(NOW)
          .map(({ shortfall }) => shortfall)
      for (const [index, shortfall] of shortfalls(pool).entries()) {
        expect(shortfalls(more)[index]).toBeCloseTo(shortfall, 9)
      }
    })
    fc.assert(property, { numRuns: 100 })
  })

  it('takes sums of fractions that should be equal as equal', () => {
    const terms = { target: 1, interviews: 1, calibration: 0, weight: 100 }
    const one = { id: 'b', score: { ...terms, shortfall: 0.1 + 0.2, lastInterviewAt: 2 } }
    const other = { id: 'a', score: { ...terms, shortfall: 0.3, lastInterviewAt: 2 } }
    expect(one.score.shortfall).toBeGreaterThan(other.score.shortfall)
    expect([inTurn(one, other), inTurn(other, one)].map(Math.sign)).toEqual([1, -1])
    const rested = { ...other, id: 'c', score: { ...other.score, lastInterviewAt: 1 } }
    expect([inTurn(one, rested), inTurn(rested, one)].map(Math.sign)).toEqual([1, -1])
  })
})

describe('sixty interviews booked one after another', () => {
  const busy = (id: string, more: Partial<Calendar> = {}) =>
    person(id, { interviews: Array.from({ length: 9 }, (_, n) => daysAgo(27 - n * 3)).flat(), ...more })

  it.each([[60], [12], [6], [3]])('are shared evenly among equals, %i a day', perDay => {
    const pool = ['a', 'b', 'c', 'd', 'e'].map(id => busy(id))
    expect([...book(60, perDay, pool).won.values()]).toEqual([12, 12, 12, 12, 12])
  })

  it.each([[60], [12], [6], [3]])('do not flood somebody who joined yesterday, %i a day', perDay => {
    const pool = [...['a', 'b', 'c', 'd'].map(id => busy(id)), person('new', { joinedAt: NOW - DAY })]
    const { won } = book(60, perDay, pool)
    expectShared(won, pool)
    expect(won.get('new')).toBeGreaterThanOrEqual(10)
  })

  it.each([[60], [12], [6], [3]])('do not flood somebody who is back from two weeks off, %i a day', perDay => {
    const before = Array.from({ length: 4 }, (_, n) => daysAgo(27 - n * 3)).flat()
    const back = person('back', { interviews: before, availability: away(14, 1) })
    const pool = [...['a', 'b', 'c', 'd'].map(id => busy(id)), back]
    const { won } = book(60, perDay, pool)
    expectShared(won, pool)
    expect(won.get('back')).toBeGreaterThanOrEqual(10)
  })

  it.each([[60], [12], [6]])('follow the weights, for newcomers too, %i a day', perDay => {
    const pool = [
      busy('a'),
      busy('b'),
      person('half', { weight: 50, interviews: Array.from({ length: 5 }, (_, n) => daysAgo(25 - n * 5)).flat() }),
      person('new', { weight: 50, joinedAt: NOW - DAY }),
    ]
    expectShared(book(60, perDay, pool).won, pool)
  })

  it('bring who has fewer up to the others', () => {
    const pool = [busy('a'), busy('b'), person('idle')]
    const { won } = book(60, 60, pool)
    expect(won.get('idle')).toBe(26)
    expect([won.get('a'), won.get('b')]).toEqual([17, 17])
  })
})
