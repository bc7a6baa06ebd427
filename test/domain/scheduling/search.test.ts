import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_AVAILABILITY, type Availability } from '../../../domain/scheduling/availability.ts'
import type { Calendar } from '../../../domain/scheduling/calendar.ts'
import { explain, type Relaxation } from '../../../domain/scheduling/explain.ts'
import { inTurn } from '../../../domain/scheduling/fairness.ts'
import { FreeTime, RULES, type Rule } from '../../../domain/scheduling/free-time.ts'
import { gridOf } from '../../../domain/scheduling/grid.ts'
import { covers, overlaps } from '../../../domain/scheduling/intervals.ts'
import { atOnce } from '../../../domain/turns.ts'
import { PanelSearch, type Question } from '../../../domain/scheduling/search.ts'
import { Zones } from '../../../domain/scheduling/zones.ts'
import { question } from './support/arbitraries.ts'
import { calendarOf, interviewAt, poolOf, spanOf, without, withoutNotice } from './support/calendars.ts'
import { panelExists, slowlySeated } from './support/panels.ts'
import { SlowPerson } from './support/slow-person.ts'

const explained = (search: PanelSearch) => atOnce(explain(search))

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ALL = 10_000

const zones = new Zones()
const questions = question(zones)

const isCandidateBusy = ({ candidate, length }: Question, start: number) =>
  candidate.some(busy => overlaps(busy, { start, end: start + length }))

/** By person, whether they may start at each instant of the grid; as if the rule were not there for those it is relaxed for. */
function mayStart({ people, span, grid, length }: Question, rule?: Rule, isRelaxed = (_: number) => true): boolean[][] {
  return people.map(({ calendar }, person) => {
    const free =
      rule && isRelaxed(person)
        ? new FreeTime(without(rule, calendar), withoutNotice(rule, span))
        : new FreeTime(calendar, span)
    const starts = free.starts(length)
    return grid.instants.map(start => covers(starts, { start, end: start + 1 }))
  })
}

/** At how many instants a whole panel can meet, by trying everything. */
function countOf(asked: Question, free: readonly (readonly boolean[])[]): number {
  return asked.grid.instants.filter((start, index) => {
    const kindsOf = asked.people.map(({ kinds }, person) => (free[person]?.[index] ? kinds : 0))
    return !isCandidateBusy(asked, start) && panelExists(asked.seats, kindsOf)
  }).length
}

function best(gains: readonly (readonly [Rule, number])[]): Relaxation | undefined {
  const most = Math.max(...gains.map(([, slots]) => slots))
  // Of equals the first, but claims last.
  const equal = gains.filter(([, slots]) => slots === most)
  const [rule] = equal.find(([rule]) => rule !== 'claims') ?? equal[0] ?? []
  return rule && most > 0 ? { rule, slots: most } : undefined
}

/** Asks for an hour of one of these people on the 5th of May 2026, or at another time. */
function ask(calendars: readonly Calendar[], more: Partial<Question> = {}, minutes = 60): Question {
  const span = more.span ?? spanOf('2026-05-05', '2026-05-06', { zones })
  const grid = gridOf(zones.clock('UTC', span.start, span.end), minutes * MINUTE, HOUR, span)
  const people = calendars.map(calendar => ({ calendar, kinds: 1 }))
  return { span, grid, length: HOUR, seats: [1], people, candidate: [], ...more }
}

/** Usual hours but for that day. */
const except = (date: string, start: string, end: string) =>
  ({ ...DEFAULT_AVAILABILITY, overrides: [{ date, windows: [{ start, end }] }] }) satisfies Availability

describe('where a panel can meet', () => {
  it('is known at each instant, as by going through everybody minute by minute and trying every panel', () => {
    let [there, not] = [0, 0]
    const property = fc.property(questions, asked => {
      const slow = asked.people.map(({ calendar }) => new SlowPerson(calendar, asked.span))
      const expected = asked.grid.instants.map(start => {
        const kindsOf = asked.people.map(({ kinds }, n) => (slow[n]?.mayStart(start, asked.length) ? kinds : 0))
        return !isCandidateBusy(asked, start) && panelExists(asked.seats, kindsOf) ? 1 : 0
      })
      expect([...new PanelSearch(asked).feasible()]).toEqual(expected)
      there += expected.filter(Boolean).length
      not += expected.filter(one => !one).length
    })
    fc.assert(property, { numRuns: 40 })
    expect(there).toBeGreaterThan(100)
    expect(not).toBeGreaterThan(100)
  })

  it('gives slots there and nowhere else, in order, as many as were asked for', () => {
    const property = fc.property(questions, fc.integer({ min: 1, max: 8 }), (asked, limit) => {
      const search = new PanelSearch(asked)
      const feasible = asked.grid.instants.filter((_, index) => search.feasible()[index])
      const slots = atOnce(search.slots(ALL))
      expect(slots.map(({ start }) => start)).toEqual(feasible)
      expect(slots.every(({ start, end }) => end - start === asked.length && end <= asked.span.end)).toBe(true)
      expect(atOnce(search.slots(limit))).toEqual(slots.slice(0, limit))
    })
    fc.assert(property, { numRuns: 40 })
  })

  it('names in each slot everybody who is free, and a panel of them that is legal and the fairest', () => {
    const property = fc.property(questions, asked => {
      const { people, seats, grid, length } = asked
      const free = mayStart(asked)
      const pools = seats.map((_, kind) => people.filter(({ kinds }) => kinds & (1 << kind)))
      for (const { start, available, panel } of atOnce(new PanelSearch(asked).slots(20))) {
        const index = grid.instants.indexOf(start)
        const kindsOf = people.map(({ kinds }, person) => (free[person]?.[index] ? kinds : 0))
        const places = pools.flatMap((pool, kind) => {
          const scores = poolOf(pool.map(({ calendar }) => calendar)).scores(start)
          return pool.flatMap((eligible, n) => {
            const score = scores[n]
            const person = people.indexOf(eligible)
            return score && kindsOf[person] ? [{ kind, person, id: eligible.calendar.id, score }] : []
          })
        })
        // Of the same person for two kinds with the same score the first kind.
        const order = places.sort((one, other) =>
          one.id === other.id && one.score.shortfall === other.score.shortfall
            ? one.kind - other.kind
            : inTurn(one, other),
        )
        expect(available).toEqual(seats.map((_, kind) => order.filter(place => place.kind === kind)))
        const seated = slowlySeated(seats, kindsOf, order).map(({ kind, person }) => ({
          kind,
          id: people[person]?.calendar.id,
        }))
        expect(panel.map(({ kind, id }) => ({ kind, id }))).toEqual(seated.sort((one, other) => one.kind - other.kind))
        expect(seats.map((_, kind) => panel.filter(seat => seat.kind === kind).length)).toEqual(seats)
        expect(new Set(panel.map(({ id }) => id)).size).toBe(panel.length)
        for (const seat of panel) expect(available[seat.kind]).toContainEqual(seat)
        expect(isCandidateBusy(asked, start)).toBe(false)
        expect(start + length).toBeLessThanOrEqual(asked.span.end)
      }
    })
    fc.assert(property, { numRuns: 40 })
  })
})

describe('a candidate', () => {
  it('is not asked to be in two interviews at once, but may come out of one into the next', () => {
    const span = spanOf('2026-05-05T09:00Z', '2026-05-05T13:00Z', { zones })
    const candidate = [{ start: Date.parse('2026-05-05T10:30Z'), end: Date.parse('2026-05-05T11:00Z') }]
    const slots = atOnce(new PanelSearch(ask([calendarOf()], { span, candidate }, 30)).slots(ALL))
    const times = slots.map(({ start }) => new Date(start).toISOString().slice(11, 16))
    expect(times).toEqual(['09:00', '09:30', '11:00', '11:30', '12:00'])
  })
})

describe('a span that is moved', () => {
  /** The same question of another span, on a grid that is made for it. */
  const asking = (asked: Question, start: number, end: number): Question => {
    const span = { ...asked.span, start, end }
    const clock = zones.clock('Australia/Lord_Howe', start, end)
    return { ...asked, span, grid: gridOf(clock, 30 * MINUTE, asked.length, span) }
  }
  const offset = fc.integer({ min: 0, max: 20 * 3_600 }).map(seconds => seconds * 1_000)

  it('has the same slots in the part that both have in common', () => {
    const property = fc.property(questions, offset, offset, (asked, late, early) => {
      const { start, end } = asked.span
      const slots = (from: number, to: number) => atOnce(new PanelSearch(asking(asked, from, to)).slots(ALL))
      const [whole, later, earlier] = [
        slots(start, end),
        slots(start + late, end + late),
        slots(start - early, end - early),
      ]
      const inside = (all: typeof whole, from: number, to: number) =>
        all.filter(slot => slot.start >= from && slot.end <= to)
      expect(inside(later, start + late, end)).toEqual(inside(whole, start + late, end))
      expect(inside(earlier, start, end - early)).toEqual(inside(whole, start, end - early))
      expect(slots(start + late, end)).toEqual(inside(whole, start + late, end))
    })
    fc.assert(property, { numRuns: 40 })
  })

  it('and cut in two has the same slots, but for those across the cut', () => {
    const property = fc.property(questions, offset, (asked, after) => {
      const { start, end } = asked.span
      const cut = start + after
      const slots = (from: number, to: number) => atOnce(new PanelSearch(asking(asked, from, to)).slots(ALL))
      const whole = slots(start, end).filter(slot => slot.end <= cut || slot.start >= cut)
      expect([...slots(start, cut), ...slots(cut, end)]).toEqual(whole)
    })
    fc.assert(property, { numRuns: 40 })
  })
})

describe('why there are no more slots', () => {
  it('is told by how many a search would have more without the rule, for everybody and for one person alone', () => {
    const helpful = new Set<Rule | undefined>()
    const property = fc.property(questions, asked => {
      const now = countOf(asked, mayStart(asked))
      const gain = (rule: Rule, isRelaxed?: (person: number) => boolean) =>
        [rule, countOf(asked, mayStart(asked, rule, isRelaxed)) - now] as const
      const { people, relaxation } = explained(new PanelSearch(asked))
      expect(relaxation).toEqual(best(RULES.map(rule => gain(rule))))
      for (const [index, person] of people.entries()) {
        const calendar = asked.people[index]?.calendar
        expect([person.id, person.name]).toEqual([calendar?.id, calendar?.name])
        expect(person.minutes).toEqual(calendar && new FreeTime(calendar, asked.span).account())
        expect(person.relaxation).toEqual(best(RULES.map(rule => gain(rule, other => other === index))))
        helpful.add(person.relaxation?.rule)
      }
    })
    fc.assert(property, { numRuns: 50 })
    for (let more = 0; more < 20 && helpful.size <= 3; more += 1) fc.assert(property, { numRuns: 20 })
    expect(helpful.size).toBeGreaterThan(3)
  })

  it('knows that interviews outside the hours fill a day and a week', () => {
    const availability = except('2026-05-05', '09:00', '17:00')
    const interviews = [interviewAt('2026-05-05T06:00Z')]
    const early = calendarOf({ availability, maxPerDay: 1, maxPerWeek: 1, interviews })
    const { people, relaxation } = explained(new PanelSearch(ask([early])))
    expect(people[0]?.minutes).toMatchObject({ claims: 0, dayLimit: 480, weekLimit: 0, free: 0 })
    expect(relaxation).toEqual({ rule: 'claims', slots: 8 })
    expect(people[0]?.relaxation).toEqual({ rule: 'claims', slots: 8 })
  })

  it('knows that an interview before a full day may need its first minutes for a buffer', () => {
    const night = calendarOf({
      maxPerDay: 1,
      bufferAfterMinutes: 30,
      availability: {
        ...DEFAULT_AVAILABILITY,
        overrides: [
          { date: '2026-05-05', windows: [{ start: '23:30', end: '24:00' }] },
          { date: '2026-05-06', windows: [{ start: '00:00', end: '00:45' }] },
        ],
      },
      interviews: [interviewAt('2026-05-06T00:45Z')],
    })
    const span = spanOf('2026-05-05T18:00Z', '2026-05-06T06:00Z', { zones })
    const { people } = explained(new PanelSearch(ask([night], { span }, 30)))
    expect(people[0]?.minutes).toMatchObject({ claims: 0, dayLimit: 45, buffer: 0, free: 30 })
    expect(people[0]?.relaxation).toEqual({ rule: 'buffer', slots: 1 })
  })

  it('looks behind the rules that are relaxed already', () => {
    const gone = calendarOf({
      availability: { ...except('2026-05-05', '09:00', '17:00'), timeOff: [{ from: '2026-05-05', to: '2026-05-05' }] },
      interviews: [interviewAt('2026-05-05T09:00Z', { minutes: 480 })],
    })
    expect(explained(new PanelSearch(ask([gone]))).relaxation).toBeUndefined()
    const { people, relaxation } = explained(new PanelSearch(ask([gone], { relaxed: ['timeOff'] })))
    expect(people[0]?.minutes).toMatchObject({ timeOff: 0, claims: 480 })
    expect([relaxation, people[0]?.relaxation]).toEqual([
      { rule: 'claims', slots: 8 },
      { rule: 'claims', slots: 8 },
    ])
  })

  it('counts what people lose who have hours on a day only because it is an exception', () => {
    // One is off and would be there as usual; the other, as usual off, is there for once.
    const none = { ...DEFAULT_AVAILABILITY, overrides: [{ date: '2026-05-05', windows: [] }] }
    const off = calendarOf({ id: 'a', availability: none })
    const availability = { ...except('2026-05-05', '06:00', '14:00'), weekly: [] }
    const there = calendarOf({ id: 'b', availability })
    const { people, relaxation } = explained(new PanelSearch(ask([off, there])))
    expect(people[1]?.minutes).toMatchObject({ hours: 960, override: 0, free: 480 })
    // Without exceptions it would be 09:00 to 17:00 in place of 06:00 to 14:00: as many.
    expect(people[0]?.relaxation).toEqual({ rule: 'override', slots: 3 })
    expect(relaxation).toBeUndefined()
  })

  it('names a limit rather than the interviews that fill it, when it brings as much', () => {
    const full = calendarOf({ maxPerDay: 1, interviews: [interviewAt('2026-05-05T06:00Z')] })
    expect(explained(new PanelSearch(ask([full]))).relaxation).toEqual({ rule: 'dayLimit', slots: 8 })
  })

  it('is nothing when relaxing any one rule brings no slot, and when there are no people', () => {
    expect(explained(new PanelSearch(ask([])))).toEqual({ people: [], relaxation: undefined })
    const one = explained(new PanelSearch(ask([calendarOf()], { seats: [2] })))
    expect(one.relaxation).toBeUndefined()
    expect(one.people[0]).toMatchObject({ id: 'a', relaxation: undefined, minutes: { hours: 960, free: 480 } })
  })
})

describe('who is suggested', () => {
  it('is whoever had fewer interviews, and somebody else when they are not free', () => {
    const interviews = [interviewAt('2026-05-01T09:00Z'), interviewAt('2026-05-02T09:00Z')]
    const busy = calendarOf({ id: 'a', interviews })
    const rested = calendarOf({
      id: 'b',
      imported: [{ start: Date.parse('2026-05-05T10:00Z'), end: Date.parse('2026-05-05T11:00Z') }],
    })
    const span = spanOf('2026-05-05T09:00Z', '2026-05-05T12:00Z', { zones })
    const slots = atOnce(new PanelSearch(ask([busy, rested], { span })).slots(ALL))
    expect(slots.map(({ panel }) => panel.map(({ id }) => id))).toEqual([['b'], ['a'], ['b']])
    expect(slots.map(({ available }) => available[0]?.map(({ id }) => id))).toEqual([['b', 'a'], ['a'], ['b', 'a']])
    expect(slots[0]?.panel[0]?.score).toMatchObject({ target: 1, interviews: 0, shortfall: 1, lastInterviewAt: null })
  })
})

it('F05 a search and its explanation may be left after each person and after each slot', () => {
  const search = new PanelSearch(ask([calendarOf(), calendarOf({ id: 'other' })]))
  const pieces = (work: Generator<void, unknown>) => {
    let count = 0
    while (work.next().done !== true) count += 1
    return count
  }
  const slots = atOnce(search.slots(ALL)).length
  expect(pieces(search.slots(ALL))).toBeGreaterThanOrEqual(2 + slots)
  expect(pieces(explain(search))).toBeGreaterThan(2)
})
