import fc from 'fast-check'
import { WEEKDAYS, type Availability, type Window } from '../../../../domain/scheduling/availability.ts'
import type { Calendar } from '../../../../domain/scheduling/calendar.ts'
import type { Span } from '../../../../domain/scheduling/free-time.ts'
import { gridOf } from '../../../../domain/scheduling/grid.ts'
import { union } from '../../../../domain/scheduling/intervals.ts'
import type { Question } from '../../../../domain/scheduling/search.ts'
import type { Zones } from '../../../../domain/scheduling/zones.ts'
import { calendarOf, interviewAt } from './calendars.ts'
import { later, timeOf, transitionsOf } from './wall-time.ts'

/** People as they might be, on whole minutes. */

const MINUTE = 60_000
const HOUR = 60
const DAY = 24 * HOUR

/** Far from UTC on both sides, off the hour, with changes of the clock by day, at midnight, and by half an hour. */
const ZONES = [
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Asia/Beirut',
  'America/Havana',
  'Atlantic/Azores',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'Pacific/Pago_Pago',
  'Australia/Brisbane',
]
const zone = fc.constantFrom(...ZONES)
const changes = ZONES.flatMap(name => transitionsOf(name, Date.UTC(2025, 11), Date.UTC(2027, 1)))
const home = fc.oneof(
  fc.constantFrom(...changes.map(({ zone, at }) => ({ zone, near: at }))),
  zone.map(zone => ({ zone, near: Date.UTC(2026, 11, 31, 20) })),
)

/** Minutes of a day; its ends and the quarters of an hour more often. */
const minute = fc.oneof(
  fc.constantFrom(0, DAY),
  fc.integer({ min: 0, max: 96 }).map(quarter => quarter * 15),
  fc.integer({ min: 0, max: DAY }),
)
const windows = fc.uniqueArray(minute, { maxLength: 4 }).map(some => {
  const marks = some.sort((one, other) => one - other)
  return marks.flatMap((start, n): Window[] => {
    const end = marks[n + 1]
    return n % 2 === 0 && end !== undefined ? [{ start: timeOf(start), end: timeOf(end) }] : []
  })
})

/** A range of dates from some days after `date` on. */
const range = (date: string) =>
  fc
    .tuple(fc.integer({ min: -2, max: 4 }), fc.integer({ min: 0, max: 2 }))
    .map(([after, days]) => ({ from: later(date, after), to: later(date, after + days) }))

function availabilityFrom(date: string): fc.Arbitrary<Availability> {
  const week = fc.array(fc.oneof({ weight: 3, arbitrary: windows }, fc.constant([{ start: '00:00', end: '24:00' }])), {
    minLength: 7,
    maxLength: 7,
  })
  const exception = fc.record({ date: fc.integer({ min: -2, max: 5 }).map(days => later(date, days)), windows })
  const journey = fc.record({ range: range(date), timezone: zone })
  return fc.record({
    weekly: week.map(days =>
      days.flatMap((some, n) => some.map(window => ({ weekday: WEEKDAYS[n] ?? 'monday', ...window }))),
    ),
    overrides: fc.uniqueArray(exception, { selector: ({ date }) => date, maxLength: 2 }),
    timeOff: fc.array(range(date), { maxLength: 1 }),
    travel: fc.array(
      journey.map(({ range, timezone }) => ({ ...range, timezone })),
      { maxLength: 1 },
    ),
  })
}

const buffer = fc.constantFrom(0, 0, 5, 10, 25)

/** Interviews from four days before the span to eight days after its begin; most of them in its first three. */
const interview = fc
  .record({
    after: fc.oneof(fc.integer({ min: 0, max: 3 * DAY }), fc.integer({ min: -4 * DAY, max: 8 * DAY })),
    minutes: fc.integer({ min: 15, max: 90 }),
    before: buffer,
    after2: buffer,
  })
  .map(({ after, minutes, before, after2 }) => ({ from: after, minutes, before, after: after2 }))

const busy = fc
  .tuple(fc.integer({ min: -HOUR, max: 3 * DAY }), fc.integer({ min: 1, max: 4 * HOUR }))
  .map(([start, length]) => ({ start, end: start + length }))

/** Somebody whose clock may change around then, and a span of one to three days there. */
export function someone(zones: Zones): fc.Arbitrary<{ calendar: Calendar; span: Span; length: number }> {
  return fc
    .record({ home, back: fc.integer({ min: -6 * HOUR, max: 2 * DAY }), days: fc.constantFrom(1, 2, 3) })
    .chain(({ home: { zone, near }, back, days }) => {
      const start = Math.floor(near / MINUTE) * MINUTE - back * MINUTE
      const bounds = { start, end: start + days * DAY * MINUTE, zones }
      return fc.record({
        calendar: personFrom(zone, start),
        span: spanFrom(bounds),
        length: fc.constantFrom(20, 45, 60, 90).map(minutes => minutes * MINUTE),
        move: fc.boolean(),
      })
    })
    .map(({ calendar, span, length, move }) => {
      const moving = move ? calendar.interviews[0]?.eventId : undefined
      return { calendar, span: { ...span, moving }, length }
    })
}

export function personFrom(timezone: string, start: number): fc.Arbitrary<Calendar> {
  const drawn = fc.record({
    bufferBeforeMinutes: buffer,
    bufferAfterMinutes: buffer,
    maxPerDay: fc.constantFrom(null, 1, 2),
    maxPerWeek: fc.constantFrom(null, null, 1, 3),
    availability: availabilityFrom(new Date(start).toISOString().slice(0, 10)),
    interviews: fc.array(interview, { maxLength: 4 }),
    imported: fc.array(busy, { maxLength: 2 }),
  })
  return drawn.map(({ interviews, imported, ...rest }) =>
    calendarOf({
      timezone,
      ...rest,
      interviews: interviews
        .sort((one, other) => one.from - other.from)
        .map(({ from, ...more }) => interviewAt(start + from * MINUTE, more)),
      imported: union(
        imported.map(({ start: from, end }) => ({ start: start + from * MINUTE, end: start + end * MINUTE })),
      ),
    }),
  )
}

export function spanFrom(bounds: Pick<Span, 'start' | 'end' | 'zones'>): fc.Arbitrary<Span> {
  return fc
    .record({
      now: fc.integer({ min: -DAY, max: 6 * HOUR }),
      notice: fc.constantFrom(0, 0, 120, DAY),
      weekStartsOn: fc.constantFrom('monday', 'sunday', 'saturday'),
    })
    .map(({ now, notice, weekStartsOn }) => {
      const present = bounds.start + now * MINUTE
      return { ...bounds, present, notBefore: present + notice * MINUTE, weekStartsOn } as const
    })
}

/** A small search: up to five people with seats of one or two kinds to fill, on a grid of their or another zone. */
export function question(zones: Zones): fc.Arbitrary<Question> {
  return home
    .chain(({ zone: own, near }) => {
      const start = Math.floor(near / MINUTE) * MINUTE - 12 * HOUR * MINUTE
      const bounds = { start, end: start + 36 * HOUR * MINUTE, zones }
      const person = fc.record({
        calendar: fc.oneof(
          personFrom(own, start),
          zone.chain(other => personFrom(other, start)),
        ),
        weight: fc.constantFrom(100, 100, 50),
        kinds: fc.integer({ min: 1, max: 3 }),
      })
      return fc.record({
        span: spanFrom(bounds),
        viewer: fc.oneof(fc.constant(own), zone),
        step: fc.constantFrom(30, 60),
        length: fc.constantFrom(30, 60).map(minutes => minutes * MINUTE),
        seats: fc.array(fc.constantFrom(1, 1, 2), { minLength: 1, maxLength: 2 }),
        people: fc.array(person, { minLength: 1, maxLength: 5 }),
        candidate: fc.array(busy, { maxLength: 1 }),
      })
    })
    .map(({ span, viewer, step, length, seats, people, candidate }) => ({
      span,
      grid: gridOf(zones.clock(viewer, span.start, span.end), step * MINUTE, length, span),
      length,
      seats,
      people: people.map(({ calendar, weight, kinds }, index) => ({
        calendar: { ...calendar, id: `p${index}`, name: `Person ${index}`, weight },
        kinds: seats.length === 1 ? 1 : kinds,
      })),
      candidate: candidate.map(({ start, end }) => ({
        start: span.start + start * MINUTE,
        end: span.start + end * MINUTE,
      })),
    }))
}
