import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import { busyTimes } from '../../../domain/icalendar/reading.ts'
import { calendar, event } from './support/calendars.ts'
import { DAYS, slowDays, written, type RuleParts } from './support/slow-recurrence.ts'

const HOUR = 3_600_000
const few = <T>(value: fc.Arbitrary<T>) =>
  fc.option(fc.uniqueArray(value, { minLength: 1, maxLength: 3 }), { nil: undefined })
const weekday = fc.constantFrom(...DAYS)
const place = fc.constantFrom('', '1', '2', '5', '-1', '-2')

const rule = fc
  .record({
    freq: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY' as const),
    interval: fc.constantFrom(1, 1, 2, 3),
    days: few(fc.tuple(place, weekday)),
    bymonthday: few(fc.constantFrom(1, 13, 28, 29, 30, 31, -1, -2)),
    bymonth: few(fc.integer({ min: 1, max: 12 })),
    bysetpos: few(fc.constantFrom(1, 2, -1, -2)),
    wkst: fc.constantFrom('MO', 'SU' as const),
  })
  .map(({ days, bymonthday, bysetpos, bymonth, freq, interval, wkst }): RuleParts => {
    const hasPlaces = freq === 'MONTHLY' || freq === 'YEARLY'
    const byday = days?.map(([nth, day]) => (hasPlaces ? nth + day : day))
    return {
      freq,
      interval,
      wkst,
      ...(byday ? { byday: [...new Set(byday)] } : {}),
      ...(bymonthday && freq !== 'WEEKLY' ? { bymonthday } : {}),
      ...(bymonth ? { bymonth } : {}),
      ...(bysetpos && (byday ?? bymonthday) ? { bysetpos } : {}),
    }
  })
const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata')
/** Of 2024 and 2025; the clocks change in between, and on some of them. */
const firstDay = fc.integer({ min: 0, max: 700 }).map(days => Date.UTC(2024, 0, 1 + days))

/** The same wall time on each of these days, by luxon. */
function instants(days: readonly number[], zone: string): number[] {
  return days.map(day => {
    const { year, month, day: date } = DateTime.fromMillis(day, { zone: 'UTC' })
    return DateTime.fromObject({ year, month, day: date, hour: 9 }, { zone }).toMillis()
  })
}

function starts(parts: string, first: number, zone: string, from: number, to: number): number[] {
  const start = `DTSTART;TZID=${zone}:${new Date(first).toISOString().slice(0, 10).replaceAll('-', '')}T090000`
  const text = calendar(event(start, 'DURATION:PT1H', `RRULE:${parts}`))
  return busyTimes(text, { timezone: 'UTC', from, to }).map(interval => interval.start)
}

describe('recurrence, against asking of every day whether it belongs', () => {
  it('of every kind, over the days on which clocks change, in whatever span is asked about', () => {
    const property = fc.property(
      rule,
      zones,
      firstDay,
      fc.integer({ min: 0, max: 500 }),
      (parts, zone, first, later) => {
        const [from, to] = [first + later * 24 * HOUR, first + (later + 400) * 24 * HOUR]
        const days = [...new Set([first, ...slowDays(parts, first, to + 24 * HOUR)])]
        const expected = instants(days, zone).filter(at => from <= at && at < to - HOUR)
        expect(starts(written(parts), first, zone, from, to - HOUR)).toEqual(expected)
      },
    )
    fc.assert(property, { numRuns: 80 })
  })

  it('with COUNT, however far back it began', () => {
    const property = fc.property(
      rule,
      zones,
      firstDay,
      fc.integer({ min: 1, max: 40 }),
      (parts, zone, first, count) => {
        const end = first + 1_500 * 24 * HOUR
        const days = slowDays(parts, first, end).slice(0, count)
        const counted = days.length === count ? days : slowDays(parts, first, end)
        const expected = instants([...new Set([first, ...counted])], zone)
        expect(starts(`${written(parts)};COUNT=${count}`, first, zone, first - 24 * HOUR, end - 24 * HOUR)).toEqual(
          expected.filter(at => at < end - 24 * HOUR),
        )
      },
    )
    fc.assert(property, { numRuns: 20 })
  })

  it('knows the weeks of a year as luxon does', () => {
    const property = fc.property(fc.integer({ min: 1, max: 53 }), firstDay, (week, first) => {
      const to = Date.UTC(2029, 0)
      const expected: number[] = []
      for (let day = first + 9 * HOUR; day < to; day += 24 * HOUR) {
        const date = DateTime.fromMillis(day, { zone: 'UTC' })
        if (day === first + 9 * HOUR || (date.weekNumber === week && date.weekday === 3)) expected.push(day)
      }
      expect(starts(`FREQ=YEARLY;BYWEEKNO=${week};BYDAY=WE`, first, 'UTC', first, to)).toEqual(expected)
    })
    fc.assert(property, { numRuns: 5 })
  })
})
