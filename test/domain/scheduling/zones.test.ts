import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  DEFAULT_AVAILABILITY,
  WEEKDAYS,
  type Availability,
  type Window,
} from '../../../domain/scheduling/availability.ts'
import { DAY, dayOf, daysBetween, weekOf, type LocalDay } from '../../../domain/scheduling/days.ts'
import { gridOf } from '../../../domain/scheduling/grid.ts'
import { hoursOf, wholeOf } from '../../../domain/scheduling/hours.ts'
import type { Interval } from '../../../domain/scheduling/intervals.ts'
import { Zones, type ZoneClock } from '../../../domain/scheduling/zones.ts'
import {
  at,
  hoursIn,
  instantIn,
  later,
  shown,
  timeOf,
  transitionsOf,
  wallIn,
  weekdayOf,
  type Transition,
} from './support/wall-time.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const [FROM, TO] = [Date.UTC(2024, 0), Date.UTC(2031, 0)]

const zones = new Zones()
const every = Intl.supportedValuesOf('timeZone')
const changes = every.map(zone => transitionsOf(zone, FROM, TO))
const transitions = changes.flat()
/** Of zones that change alike one: what takes long is looked at in these. */
const alike = new Map(changes.map(all => [all.map(({ at, before, after }) => `${at} ${before} ${after}`).join(), all]))
const unlike = [...alike.values()].flat()

const iso = (instant: number) => new Date(instant).toISOString()
const around = ({ zone, at }: Transition) => zones.clock(zone, at - DAY, at + DAY)
const clockOn = (zone: string, date: string) => zones.clock(zone, Date.parse(date) - DAY, Date.parse(date) + 2 * DAY)
const day = (date: string) => dayOf(Date.parse(date))
/** The wall times that the clock skips or shows twice. */
const odd = ({ at, before, after }: Transition) => ({
  start: at + Math.min(before, after),
  end: at + Math.max(before, after),
})

/** A window of one day as the stretch of time that it is; undefined for none. */
function stretchOf(clock: ZoneClock, on: LocalDay, window: Window): Interval | undefined {
  const availability: Availability = { ...DEFAULT_AVAILABILITY, overrides: [{ date: on.date, windows: [window] }] }
  const { open } = hoursOf(availability, [on], () => clock)
  if (open.length > 1) throw new Error('one window became several')
  return open[0]
}

/** The same from the reference, with the length as elapsed time. */
function expectedOf({ date }: LocalDay, { start, end }: Window, instantAt: typeof at, zone: string) {
  const stretch = { start: instantAt(zone, date, start), end: instantAt(zone, date, end) }
  return stretch.end - stretch.start > 0 ? stretch : undefined
}

/** The reference is slow, and windows share their ends. */
function remembered(instantAt: typeof at): typeof at {
  const known = new Map<string, number>()
  return (zone, date, time) => {
    const key = `${zone} ${date} ${time}`
    const instant = known.get(key) ?? instantAt(zone, date, time)
    known.set(key, instant)
    return instant
  }
}

/** Windows that a change of the clock leaves alone, cuts, moves or swallows. */
function windowsAround(change: Transition, { midnight }: LocalDay): Window[] {
  const minutes = (wall: number) => (wall - midnight) / MINUTE
  const { start, end } = odd(change)
  const [first, last] = [minutes(start), minutes(end)]
  const spans = [
    [0, 1440],
    [540, 1020],
    [780, 1080],
    [150, 180],
    [first, last],
    [first - 15, first],
    [first - 15, first + 15],
    [first + 10, last - 5],
    [last - 15, last],
    [last - 15, last + 15],
    [last, last + 45],
    [first - 30, last + 30],
  ] as const
  return spans
    .filter(([from, to]) => from >= 0 && from < to && to <= 1440)
    .map(([from, to]) => ({ start: timeOf(from), end: timeOf(to) }))
}

describe('the clocks of all zones, at every change from 2024 to 2030', () => {
  it('are there to be looked at', () => {
    expect(every.length).toBeGreaterThan(400)
    expect(transitions.length).toBeGreaterThan(1_500)
    expect(unlike.length).toBeGreaterThan(300)
    // Half an hour, at midnight, and a fold as well as a gap.
    expect(transitions.some(({ zone }) => zone === 'Australia/Lord_Howe')).toBe(true)
    expect(transitions.some(change => change.after > change.before && odd(change).start % DAY === 0)).toBe(true)
    expect(transitions.some(change => change.after < change.before && odd(change).start % DAY === 0)).toBe(true)
  })

  it('change at the same instant as the reference, by as much', () => {
    const wrong = transitions.filter(change => {
      const clock = around(change)
      return (
        clock.wallOf(change.at - 1) !== change.at - 1 + change.before ||
        clock.wallOf(change.at) !== change.at + change.after
      )
    })
    expect(wrong).toEqual([])
  })

  it('show what the reference shows, and no change more, in each month of some year', () => {
    const wrong: string[] = []
    for (const [index, zone] of every.entries()) {
      const year = 2024 + (index % 7)
      const clock = zones.clock(zone, Date.UTC(year, 0, 5), Date.UTC(year, 11, 25))
      for (let month = 0; month < 12; month += 1) {
        const instant = Date.UTC(year, month, 5 + ((index + month) % 20), month * 2, 17, 31)
        if (clock.wallOf(instant) !== wallIn(zone, instant)) wrong.push(`${zone} ${iso(instant)}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('read a wall time as the reference does: the first of two, and in a gap with the offset before it', () => {
    const wrong: string[] = []
    for (const change of transitions) {
      const clock = around(change)
      const { start, end } = odd(change)
      const middle = start + Math.floor((end - start) / 2 / MINUTE) * MINUTE
      const walls = [start - DAY, start - 1, start, start + 1, middle, end - 1, end, end + 1, end + DAY]
      for (const wall of walls) {
        if (clock.instantOf(wall) !== instantIn(change.zone, wall)) wrong.push(`${change.zone} ${iso(wall)}`)
      }
      const isGap = change.after > change.before
      if (clock.instantOf(middle) !== middle - change.before) wrong.push(`${change.zone} ${isGap ? 'gap' : 'fold'}`)
    }
    expect(wrong).toEqual([])
  })

  it('give a window the length of the time that passes, and drop one whose end does not come after its start', () => {
    const wrong: string[] = []
    let dropped = 0
    for (const change of unlike) {
      const clock = around(change)
      const instantAt = remembered(at)
      for (const on of daysBetween(odd(change).start - DAY, odd(change).end + DAY)) {
        for (const window of windowsAround(change, on)) {
          const actual = stretchOf(clock, on, window)
          const expected = expectedOf(on, window, instantAt, change.zone)
          if (!expected) dropped += 1
          if (actual?.start === expected?.start && actual?.end === expected?.end) continue
          wrong.push(`${change.zone} ${on.date} ${window.start}-${window.end}`)
        }
      }
    }
    expect(wrong).toEqual([])
    expect(dropped).toBeGreaterThan(150)
  })

  it('make a day as long as the reference does, and each day begin where the one before it ended', () => {
    const wrong: string[] = []
    const lengths = new Set<number>()
    for (const change of transitions) {
      const days = daysBetween(odd(change).start - DAY, odd(change).end + DAY)
      const wholes = days.map(on => wholeOf(on, around(change)))
      for (const [index, { date }] of days.entries()) {
        const { start, end } = wholes[index] ?? { start: 0, end: 0 }
        const hours = (end - start) / HOUR
        lengths.add(hours)
        if (hours !== hoursIn(date, change.zone)) wrong.push(`${change.zone} ${date} has ${hours} hours`)
        if (index > 0 && wholes[index - 1]?.end !== start) wrong.push(`${change.zone} ${date} does not join`)
      }
    }
    expect(wrong).toEqual([])
    expect([...lengths]).toEqual(expect.arrayContaining([23, 23.5, 24, 24.5, 25]))
  })

  it.each([15, 20, 30, 60])(
    'have a grid of %i minutes on which nothing is in a gap and no instant comes twice',
    step => {
      const wrong: string[] = []
      for (const change of unlike) {
        const span = { start: change.at - 2 * HOUR, end: change.at + 3 * HOUR }
        const { instants } = gridOf(around(change), step * MINUTE, HOUR, span)
        const expected: number[] = []
        // Every offset of these years is a multiple of 15 minutes.
        for (let instant = span.start; instant <= span.end - HOUR; instant += 5 * MINUTE) {
          const sinceMidnight = instant + (instant < change.at ? change.before : change.after)
          if (sinceMidnight % (step * MINUTE) === 0) expected.push(instant)
        }
        if (instants.join() !== expected.join()) wrong.push(`${change.zone} ${iso(change.at)}`)
        const gap = change.after > change.before ? odd(change) : { start: 0, end: 0 }
        for (const instant of instants) {
          const wall = wallIn(change.zone, instant)
          if (wall >= gap.start && wall < gap.end) wrong.push(`${change.zone} ${iso(instant)} is in a gap`)
        }
        if (new Set(instants).size < instants.length) wrong.push(`${change.zone} has an instant twice`)
      }
      expect(wrong).toEqual([])
    },
  )

  it('read every wall time as the reference does, and show it again unless it is in a gap', () => {
    const minute = fc.integer({ min: FROM / MINUTE, max: TO / MINUTE - 1 })
    const property = fc.property(fc.constantFrom(...every), minute, (zone, minutes) => {
      const wall = minutes * MINUTE
      const clock = zones.clock(zone, wall, wall)
      const instant = clock.instantOf(wall)
      expect(instant).toBe(instantIn(zone, wall))
      expect(clock.wallOf(instant)).toBe(wallIn(zone, instant))
    })
    fc.assert(property, { numRuns: 500 })
  })
})

describe('windows of a day, as the specification tells them', () => {
  const windowOn = (zone: string, date: string, times: string) => {
    const [start, end] = times.split('-') as [string, string]
    const stretch = stretchOf(clockOn(zone, date), day(date), { start, end })
    return stretch && [iso(stretch.start), iso(stretch.end)].map(instant => instant.slice(5, 16)).join(' ')
  }

  it.each([
    ['2026-03-08', '09:00-17:00', '03-08T13:00 03-08T21:00'],
    ['2026-03-08', '13:00-18:00', '03-08T17:00 03-08T22:00'],
    ['2026-11-01', '13:00-18:00', '11-01T18:00 11-01T23:00'],
    ['2026-03-08', '00:00-24:00', '03-08T05:00 03-09T04:00'],
    ['2026-11-01', '00:00-24:00', '11-01T04:00 11-02T05:00'],
    ['2026-03-08', '02:30-03:00', undefined],
    ['2026-03-08', '02:00-03:00', undefined],
    ['2026-03-08', '01:00-02:00', '03-08T06:00 03-08T07:00'],
    ['2026-03-08', '01:30-03:30', '03-08T06:30 03-08T07:30'],
    ['2026-11-01', '01:00-02:00', '11-01T05:00 11-01T07:00'],
    ['2026-11-01', '01:30-01:45', '11-01T05:30 11-01T05:45'],
  ])('New York on %s, %s is %s', (date, times, expected) => {
    expect(windowOn('America/New_York', date, times)).toBe(expected)
  })

  it.each([
    ['Asia/Kathmandu', '2026-06-10', '09:00-17:00', '06-10T03:15 06-10T11:15'],
    ['Pacific/Chatham', '2026-07-10', '09:00-17:00', '07-09T20:15 07-10T04:15'],
    ['Pacific/Chatham', '2026-09-27', '00:00-24:00', '09-26T11:15 09-27T10:15'],
    ['Pacific/Chatham', '2026-09-27', '02:45-03:45', undefined],
    ['Pacific/Kiritimati', '2026-06-10', '00:00-24:00', '06-09T10:00 06-10T10:00'],
    ['Pacific/Pago_Pago', '2026-06-10', '00:00-24:00', '06-10T11:00 06-11T11:00'],
    ['Australia/Lord_Howe', '2026-10-04', '00:00-24:00', '10-03T13:30 10-04T13:00'],
    ['Australia/Lord_Howe', '2026-04-05', '00:00-24:00', '04-04T13:00 04-05T13:30'],
    ['Australia/Lord_Howe', '2026-10-04', '02:00-02:30', undefined],
    ['Africa/Cairo', '2026-04-24', '00:00-24:00', '04-23T22:00 04-24T21:00'],
    ['Africa/Cairo', '2026-04-23', '00:00-24:00', '04-22T22:00 04-23T22:00'],
    ['Africa/Cairo', '2026-04-24', '00:00-01:00', undefined],
    ['Africa/Cairo', '2026-04-24', '00:00-02:00', '04-23T22:00 04-23T23:00'],
    ['Asia/Beirut', '2026-03-29', '00:00-24:00', '03-28T22:00 03-29T21:00'],
    ['Asia/Beirut', '2026-03-29', '00:30-01:00', undefined],
    ['Asia/Beirut', '2026-10-24', '00:00-24:00', '10-23T21:00 10-24T22:00'],
  ])('%s on %s, %s is %s', (zone, date, times, expected) => {
    expect(windowOn(zone, date, times)).toBe(expected)
  })

  it('Chicago, every Sunday at 15:00, stays at 15:00 when the clock changes', () => {
    const availability = {
      ...DEFAULT_AVAILABILITY,
      weekly: [{ weekday: 'sunday', start: '15:00', end: '16:30' }],
    } as const
    const clock = zones.clock('America/Chicago', Date.parse('2025-02-20'), Date.parse('2025-03-25'))
    const days = daysBetween(Date.parse('2025-02-24'), Date.parse('2025-03-23'))
    const { open } = hoursOf(availability, days, () => clock)
    expect(open.map(({ start }) => shown('America/Chicago', start))).toEqual(
      ['2025-03-02', '2025-03-09', '2025-03-16', '2025-03-23'].map(date => `${date}T15:00`),
    )
    expect(open.map(({ start }) => iso(start).slice(11, 16))).toEqual(['21:00', '20:00', '20:00', '20:00'])
    expect(open.every(({ start, end }) => end - start === 90 * MINUTE)).toBe(true)
  })
})

describe('the grid of the one who looks', () => {
  /** When an interview may start in this window, as somebody elsewhere is offered it. */
  const offered = (zone: string, date: string, window: Window, viewer: string, stepMinutes: number, length: number) => {
    const open = stretchOf(clockOn(zone, date), day(date), window)
    const span = { start: Date.parse(date) - DAY, end: Date.parse(date) + 2 * DAY }
    const { instants } = gridOf(clockOn(viewer, date), stepMinutes * MINUTE, length * MINUTE, span)
    return instants.filter(start => open && start >= open.start && start + length * MINUTE <= open.end)
  }
  const kolkata = (viewer: string, step: number) =>
    offered('Asia/Kolkata', '2026-05-05', { start: '09:30', end: '18:30' }, viewer, step, 60)

  it('has every start, though the hour is a half one elsewhere', () => {
    // 04:00Z to 13:00Z: the last one starts at noon.
    const everyHalf = Array.from({ length: 17 }, (_, n) => Date.parse('2026-05-05T04:00Z') + n * 30 * MINUTE)
    expect(kolkata('Europe/London', 30)).toEqual(everyHalf)
    expect(kolkata('Europe/London', 60).map(iso)).toHaveLength(9)
    expect(kolkata('Asia/Kolkata', 60).map(start => shown('Asia/Kolkata', start).slice(11))).toEqual(
      Array.from({ length: 8 }, (_, n) => `${String(10 + n)}:00`),
    )
    for (const start of kolkata('Asia/Kathmandu', 60)) expect(shown('Asia/Kathmandu', start)).toMatch(/:00$/)
  })

  it('has the same instants in whatever zone it is looked at', () => {
    const expected = kolkata('UTC', 15)
    expect(expected).toHaveLength(33)
    for (const viewer of every) expect(kolkata(viewer, 15), viewer).toEqual(expected)
  })

  it('shows late hours to somebody further east on their next day', () => {
    const late = offered('America/New_York', '2026-05-05', { start: '23:00', end: '24:00' }, 'Asia/Tokyo', 30, 30)
    expect(late.map(start => shown('Asia/Tokyo', start))).toEqual(['2026-05-06T12:00', '2026-05-06T12:30'])
  })

  it('ends where a window ends', () => {
    const last = (start: string, end: string, date = '2026-05-05') =>
      shown('Europe/Berlin', offered('Europe/Berlin', date, { start, end }, 'Europe/Berlin', 30, 60).at(-1) ?? 0)
    expect(last('09:00', '23:00')).toBe('2026-05-05T22:00')
    expect(last('00:00', '24:00')).toBe('2026-05-05T23:00')
    expect(last('00:00', '24:00', '2026-03-29')).toBe('2026-03-29T23:00')
    expect(last('00:00', '24:00', '2026-10-25')).toBe('2026-10-25T23:00')
  })

  it('does not depend on where the span begins', () => {
    const change = fc.constantFrom(...transitions)
    const minutes = fc.integer({ min: 0, max: 600 })
    const property = fc.property(
      change,
      minutes,
      minutes,
      fc.constantFrom(5, 10, 15, 20, 30, 60),
      (one, from, by, step) => {
        const clock = around(one)
        const instants = (start: number, end: number) => gridOf(clock, step * MINUTE, HOUR, { start, end }).instants
        const [start, end] = [one.at - from * MINUTE - 1, one.at + DAY]
        const shifted = start + by * MINUTE + 12_345
        expect(instants(shifted, end)).toEqual(instants(start, end).filter(instant => instant >= shifted))
      },
    )
    fc.assert(property, { numRuns: 300 })
  })
})

describe('days and weeks', () => {
  it('have the date and the weekday of the calendar', () => {
    const date = fc.integer({ min: -40_000, max: 40_000 }).map(days => later('1970-01-01', days))
    const property = fc.property(date, fc.integer({ min: 0, max: DAY - 1 }), (date, time) => {
      const midnight = Date.parse(date)
      expect(dayOf(midnight + time)).toEqual({ date, weekday: WEEKDAYS[weekdayOf(date) - 1], midnight })
    })
    fc.assert(property)
  })

  it('begin a week on the weekday that was asked for, at most six days back', () => {
    const wall = fc.integer({ min: FROM, max: TO })
    const property = fc.property(wall, fc.constantFrom(...WEEKDAYS), (wall, startsOn) => {
      const start = weekOf(wall, startsOn)
      expect(dayOf(start).weekday).toBe(startsOn)
      expect(start).toBe(dayOf(start).midnight)
      expect(wall - start).toBeGreaterThanOrEqual(0)
      expect(wall - start).toBeLessThan(7 * DAY)
    })
    fc.assert(property)
  })
})
