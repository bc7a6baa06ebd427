import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_AVAILABILITY, WEEKDAYS, type Availability } from '../../../domain/scheduling/availability.ts'
import type { Calendar } from '../../../domain/scheduling/calendar.ts'
import { FreeTime, NOTHING, RULES, type Rule, type Span } from '../../../domain/scheduling/free-time.ts'
import { covers, lengthOf, subtract } from '../../../domain/scheduling/intervals.ts'
import { Zones } from '../../../domain/scheduling/zones.ts'
import { someone } from './support/arbitraries.ts'
import { calendarOf, interviewAt, spanOf, without, withoutNotice } from './support/calendars.ts'
import { SlowPerson } from './support/slow-person.ts'
import { at, shown } from './support/wall-time.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

const zones = new Zones()
const always: Availability = {
  ...DEFAULT_AVAILABILITY,
  weekly: WEEKDAYS.map(weekday => ({ weekday, start: '00:00', end: '24:00' })),
}
const weekly = (start: string, end: string): Availability => ({
  ...DEFAULT_AVAILABILITY,
  weekly: WEEKDAYS.map(weekday => ({ weekday, start, end })),
})

/** When something may start, as `from-to` in somebody's zone; from the first to the last such minute. */
function starts(calendar: Calendar, span: Span, minutes = 60): string[] {
  const free = new FreeTime(calendar, span).starts(minutes * MINUTE)
  return free.map(({ start, end }) =>
    [start, end - 1].map(instant => shown(calendar.timezone, instant).slice(5)).join(' - '),
  )
}

describe('when somebody may start, against a calendar gone through minute by minute', () => {
  it('is the same at every minute and every half minute', () => {
    let free = 0
    const property = fc.property(someone(zones), ({ calendar, span, length }) => {
      const slow = new SlowPerson(calendar, span)
      const fast = new FreeTime(calendar, span).starts(length)
      const wrong: string[] = []
      for (let instant = span.start; instant < span.end; instant += MINUTE / 2) {
        const expected = slow.mayStart(instant, length)
        if (expected) free += 1
        const actual = covers(fast, { start: instant, end: instant + 1 })
        if (actual !== expected) wrong.push(`${new Date(instant).toISOString()} is ${actual}`)
      }
      expect(wrong.slice(0, 3)).toEqual([])
    })
    fc.assert(property, { numRuns: 60 })
    expect(free).toBeGreaterThan(3_000)
  })

  it('takes each minute away by the first rule that does, and all together make up the span', () => {
    const taken = new Set<string>()
    const property = fc.property(someone(zones), ({ calendar, span }) => {
      const slow = new SlowPerson(calendar, span)
      const expected: Record<Rule | 'free', number> = { ...NOTHING }
      for (let minute = span.start; minute < span.end; minute += MINUTE) expected[slow.takenBy(minute)] += 1
      const account = new FreeTime(calendar, span).account()
      expect(account).toEqual(expected)
      for (const [rule, minutes] of Object.entries(account)) if (minutes > 0) taken.add(rule)
    })
    fc.assert(property, { numRuns: 60 })
    for (let more = 0; more < 20 && taken.size <= RULES.length; more += 1) fc.assert(property, { numRuns: 20 })
    expect([...taken].sort()).toEqual([...RULES, 'free'].sort())
  })

  it('never takes less than nothing, whatever the seconds, and adds up to the span to the minute', () => {
    const second = fc.integer({ min: 0, max: 59_999 })
    const property = fc.property(someone(zones), second, second, second, ({ calendar, span }, early, late, busy) => {
      const odd = { ...span, start: span.start + early, end: span.end + late, notBefore: span.notBefore + busy }
      const imported = calendar.imported.map(({ start, end }) => ({ start: start + busy, end: end + late / 1_000 }))
      const account = new FreeTime({ ...calendar, imported: subtract(imported, []) }, odd).account()
      const minutes = Object.values(account)
      expect(Math.min(...minutes)).toBeGreaterThanOrEqual(0)
      expect(minutes.reduce((sum, one) => sum + one, 0)).toBe(Math.round((odd.end - odd.start) / MINUTE))
    })
    fc.assert(property, { numRuns: 200 })
  })

  it.each(RULES)('relaxing %s is the same as a calendar without it', rule => {
    const property = fc.property(someone(zones), ({ calendar, span, length }) => {
      const free = new FreeTime(calendar, span)
      const relaxed = free.starts(length, [rule])
      const really = new FreeTime(without(rule, calendar), withoutNotice(rule, span))
      expect(relaxed).toEqual(really.starts(length))
      if (rule !== 'override') expect(lengthOf(subtract(free.starts(length), relaxed))).toBe(0)
    })
    fc.assert(property, { numRuns: 80 })
  })

  it('relaxing several rules is the same as a calendar without any of them', () => {
    // Notice belongs to the span. Nobody relaxes hours and overrides at once: a day off would be neither.
    const rules = fc.subarray(RULES.filter(rule => rule !== 'notice' && rule !== 'override'))
    const property = fc.property(someone(zones), rules, ({ calendar, span, length }, rules) => {
      const bare = rules.reduce((left, rule) => without(rule, left), calendar)
      expect(new FreeTime(calendar, span).starts(length, rules)).toEqual(new FreeTime(bare, span).starts(length))
    })
    fc.assert(property, { numRuns: 80 })
  })
})

describe('buffers', () => {
  const span = spanOf('2026-05-05', '2026-05-06', { zones })
  const noon = '2026-05-05T12:00:00Z'
  const around = (interview: object, calendar: Partial<Calendar>) =>
    starts(calendarOf({ availability: always, interviews: [interviewAt(noon, interview)], ...calendar }), span)

  it('of the one before and of the one to come are both kept: 15 after and 10 before are 25 minutes', () => {
    expect(around({ after: 15 }, { bufferBeforeMinutes: 10, bufferAfterMinutes: 0 })).toEqual([
      '05-05T00:00 - 05-05T11:00',
      '05-05T13:25 - 05-05T23:00',
    ])
  })

  it('that are none allow one interview right after another', () => {
    expect(around({}, {})).toEqual(['05-05T00:00 - 05-05T11:00', '05-05T13:00 - 05-05T23:00'])
  })

  it('that differ are kept on their own side, in both directions', () => {
    // The new one needs 15 minutes after it, so it has to end at 11:45; the old one needs 15 after it.
    expect(around({ after: 15 }, { bufferAfterMinutes: 15 })).toEqual([
      '05-05T00:00 - 05-05T10:45',
      '05-05T13:15 - 05-05T23:00',
    ])
    expect(around({ before: 15 }, { bufferBeforeMinutes: 15 })).toEqual([
      '05-05T00:00 - 05-05T10:45',
      '05-05T13:15 - 05-05T23:00',
    ])
    expect(around({ after: 15 }, { bufferBeforeMinutes: 0, bufferAfterMinutes: 0 })).toEqual([
      '05-05T00:00 - 05-05T11:00',
      '05-05T13:15 - 05-05T23:00',
    ])
    expect(around({}, { bufferBeforeMinutes: 15 })).toEqual(['05-05T00:00 - 05-05T11:00', '05-05T13:15 - 05-05T23:00'])
  })

  it('may lie outside the hours, and do not keep calendars of other programs at a distance', () => {
    const buffers = { bufferBeforeMinutes: 30, bufferAfterMinutes: 30 }
    const imported = [{ start: Date.parse(noon), end: Date.parse(noon) + HOUR }]
    expect(starts(calendarOf({ ...buffers, imported }), span)).toEqual([
      '05-05T09:00 - 05-05T11:00',
      '05-05T13:00 - 05-05T16:00',
    ])
  })
})

describe('limits', () => {
  const day = (timezone: string, booked: string[], more: Partial<Calendar> = {}) =>
    calendarOf({ timezone, availability: always, interviews: booked.map(time => interviewAt(time)), ...more })

  it('go by the day in their own zone: 16:00 in Brisbane fills that day and not the next', () => {
    const zone = 'Australia/Brisbane'
    const booked = new Date(at(zone, '2026-05-05', '16:00')).toISOString()
    const span = spanOf('2026-05-04', '2026-05-07', { zones })
    expect(starts(day(zone, [booked], { maxPerDay: 1 }), span)).toEqual([
      '05-04T10:00 - 05-04T23:59',
      '05-06T00:00 - 05-07T09:00',
    ])
  })

  it.each([
    ['Pacific/Kiritimati', '2026-05-05T09:00Z', '2026-05-05T10:00Z'],
    ['Pacific/Pago_Pago', '2026-05-05T10:00Z', '2026-05-05T11:00Z'],
    ['Asia/Kathmandu', '2026-05-05T18:00Z', '2026-05-05T18:15Z'],
  ])('go by the date of the start in %s: at %s it is one day, at %s the next', (zone, last, first) => {
    const span = spanOf('2026-05-04', '2026-05-08', { zones })
    const booked = new Date(Date.parse(last) - 3 * HOUR).toISOString()
    const offered = new FreeTime(day(zone, [booked], { maxPerDay: 1 }), span).starts(MINUTE)
    const isOffered = (at: string) => covers(offered, { start: Date.parse(at), end: Date.parse(at) + 1 })
    expect([isOffered(last), isOffered(first)]).toEqual([false, true])
  })

  it('of three a day leave the day open until the third, whichever zones others are in', () => {
    const zone = 'Asia/Tokyo'
    // 08:00, 12:00 and 23:00 in Tokyo on the 5th: the 4th and the 5th in UTC.
    const booked = ['2026-05-04T23:00Z', '2026-05-05T03:00Z', '2026-05-05T14:00Z']
    const span = spanOf('2026-05-04T15:00Z', '2026-05-05T15:00Z', { zones })
    expect(starts(day(zone, booked.slice(0, 2), { maxPerDay: 3 }), span)).not.toEqual([])
    expect(starts(day(zone, booked, { maxPerDay: 3 }), span)).toEqual([])
    expect(starts(day(zone, booked, { maxPerDay: 4 }), span)).not.toEqual([])
  })

  it('do not count the interview that is being moved, nor does it take time', () => {
    const calendar = day('Europe/Berlin', ['2026-05-05T08:00Z'], {
      maxPerDay: 1,
      maxPerWeek: 1,
      bufferAfterMinutes: 30,
    })
    const span = spanOf('2026-05-05', '2026-05-06', { zones })
    expect(starts(calendar, span)).toEqual([])
    expect(starts(calendar, { ...span, moving: calendar.interviews[0]?.eventId })).toEqual([
      '05-05T02:00 - 05-06T01:00',
    ])
  })

  it('of a week go by where weeks begin', () => {
    // A Saturday; 2026-05-10 is a Sunday.
    const calendar = day('UTC', ['2026-05-09T12:00Z'], { maxPerWeek: 1 })
    const offered = (weekStartsOn: Span['weekStartsOn']) =>
      starts(calendar, spanOf('2026-05-01', '2026-05-20', { zones, weekStartsOn }))
    expect(offered('monday')).toEqual(['05-01T00:00 - 05-03T23:59', '05-11T00:00 - 05-19T23:00'])
    expect(offered('sunday')).toEqual(['05-01T00:00 - 05-02T23:59', '05-10T00:00 - 05-19T23:00'])
    expect(offered('saturday')).toEqual(['05-01T00:00 - 05-08T23:59', '05-16T00:00 - 05-19T23:00'])
  })

  it('of a week count what lies outside the span too', () => {
    const calendar = day('Pacific/Kiritimati', ['2026-05-03T10:00Z', '2026-05-10T09:59Z'], { maxPerWeek: 2 })
    expect(starts(calendar, spanOf('2026-05-06', '2026-05-07', { zones }))).toEqual([])
    expect(starts({ ...calendar, maxPerWeek: 3 }, spanOf('2026-05-06', '2026-05-07', { zones }))).not.toEqual([])
  })

  it('are about starts: what begins before a full day may end in it', () => {
    const calendar = day('UTC', ['2026-05-06T12:00Z'], { maxPerDay: 1 })
    expect(starts(calendar, spanOf('2026-05-05T22:00Z', '2026-05-06T20:00Z', { zones }))).toEqual([
      '05-05T22:00 - 05-05T23:59',
    ])
  })
})

describe('notice', () => {
  it('is kept to the second', () => {
    const present = Date.parse('2026-05-05T10:00:30Z')
    const span = spanOf('2026-05-05', '2026-05-06', { zones, present, notBefore: present + 120 * MINUTE })
    const [first] = new FreeTime(calendarOf(), span).starts(HOUR)
    expect(new Date(first?.start ?? 0).toISOString()).toBe('2026-05-05T12:00:30.000Z')
    const [relaxed] = new FreeTime(calendarOf(), span).starts(HOUR, ['notice'])
    expect(relaxed?.start).toBe(present)
  })
})

describe('travel', () => {
  const journey = (timezone: string, from: string, to = from) => ({ travel: [{ from, to, timezone }] })

  it('moves the hours of its dates, and only of those', () => {
    const availability = { ...DEFAULT_AVAILABILITY, ...journey('Asia/Tokyo', '2026-05-05', '2026-05-06') }
    const calendar = calendarOf({ timezone: 'Europe/Berlin', availability })
    expect(starts(calendar, spanOf('2026-05-03T22:00Z', '2026-05-07T22:00Z', { zones }))).toEqual([
      '05-04T09:00 - 05-04T16:00',
      '05-05T02:00 - 05-05T09:00',
      '05-06T02:00 - 05-06T09:00',
      '05-07T09:00 - 05-07T16:00',
    ])
  })

  it.each([
    ['Pacific/Kiritimati', 'Pacific/Pago_Pago', '23:00', '24:00'],
    ['Pacific/Pago_Pago', 'Pacific/Kiritimati', '00:00', '01:00'],
    ['Pacific/Kiritimati', 'Etc/GMT+12', '22:00', '24:00'],
    ['Etc/GMT+12', 'Pacific/Kiritimati', '00:00', '02:00'],
  ])('from %s to %s keeps the hours of a date that is two days off at home: %s-%s', (timezone, to, start, end) => {
    const availability = { ...weekly(start, end), ...journey(to, '2026-05-06') }
    const calendar = calendarOf({ timezone, availability })
    const [first, last] = [at(to, '2026-05-06', start), at(to, '2026-05-06', end)]
    const half = (last - first) / 2
    for (const from of [first, first + half]) {
      const free = new FreeTime(calendar, {
        ...spanOf('2026-05-06', '2026-05-07', { zones }),
        start: from,
        end: from + half,
      })
      expect(free.starts(half)).toEqual([{ start: from, end: from + 1 }])
      expect(free.account().free).toBe(half / MINUTE)
    }
  })
})
