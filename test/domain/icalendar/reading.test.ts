import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { busyTimes, UnreadableCalendar } from '../../../domain/icalendar/reading.ts'
import { busy, calendar, event } from './support/calendars.ts'

const file = (name: string) => readFileSync(join(import.meta.dirname, 'files', name), 'utf8')
const HOUR_AT_NINE = ['DTSTART:20260302T090000Z', 'DURATION:PT1H']
const SPRING = { timezone: 'Europe/Berlin', from: '2026-03-01T00:00:00Z', to: '2026-07-01T00:00:00Z' }

describe('what calendars of other programs say', () => {
  it('A17 A18 A19 A20: Google, read by somebody in Los Angeles', () => {
    expect(busy(file('google.ics'), { ...SPRING, timezone: 'America/Los_Angeles' })).toEqual([
      // The whole local day, on which the clocks change there: 23 hours.
      '2026-03-08T08:00Z/2026-03-09T07:00Z',
      // The tentative one; the transparent day and the cancelled hour are free.
      '2026-03-12T17:00Z/2026-03-12T18:00Z',
      // 09:00 in Berlin, where the clocks change three weeks later.
      '2026-03-16T08:00Z/2026-03-16T08:30Z',
      // Moved from the 23rd.
      '2026-03-24T13:00Z/2026-03-24T13:30Z',
      '2026-03-30T07:00Z/2026-03-30T07:30Z',
      // The 6th of April is left out.
      '2026-04-13T07:00Z/2026-04-13T07:30Z',
    ])
  })

  it('Outlook: zones by the names of Windows, with a VTIMEZONE and without', () => {
    expect(busy(file('outlook.ics'), SPRING)).toEqual([
      '2026-03-27T09:00Z/2026-03-27T09:30Z',
      '2026-03-27T16:00Z/2026-03-27T17:30Z',
      // Two days out of office, the second of 23 hours; the stand-up of the 28th is left out, that of the 29th in it.
      '2026-03-27T23:00Z/2026-03-29T22:00Z',
      // The fourth and last.
      '2026-03-30T08:00Z/2026-03-30T08:30Z',
      '2026-04-24T16:00Z/2026-04-24T17:30Z',
      '2026-05-29T16:00Z/2026-05-29T17:30Z',
      '2026-06-26T16:00Z/2026-06-26T17:30Z',
    ])
  })

  it('Apple: floating times, flights, RDATE, days without an end, weekends, and free/busy', () => {
    expect(busy(file('apple.ics'), SPRING)).toEqual([
      '2026-05-05T17:00Z/2026-05-05T18:30Z',
      '2026-05-07T02:00Z/2026-05-07T09:00Z',
      '2026-05-11T07:00Z/2026-05-11T07:30Z',
      '2026-05-15T11:00Z/2026-05-15T11:30Z',
      '2026-05-18T07:00Z/2026-05-18T09:00Z',
      '2026-05-19T07:00Z/2026-05-19T07:30Z',
      '2026-05-19T22:00Z/2026-05-20T22:00Z',
      '2026-05-22T15:00Z/2026-05-25T06:00Z',
      '2026-05-26T08:00Z/2026-05-26T10:00Z',
      '2026-05-28T08:00Z/2026-05-28T09:00Z',
    ])
    expect(busy(file('apple.ics'), { ...SPRING, timezone: 'Asia/Tokyo' })[0]).toBe(
      '2026-05-05T10:00Z/2026-05-05T11:30Z',
    )
  })
})

describe('busy times', () => {
  const one = (...lines: string[]) => busy(calendar(event(...lines)), SPRING)

  it.each([
    ['America/New_York', '2026-11-01T04:00Z/2026-11-02T05:00Z'],
    ['Asia/Kolkata', '2026-10-31T18:30Z/2026-11-01T18:30Z'],
    ['Pacific/Kiritimati', '2026-10-31T10:00Z/2026-11-01T10:00Z'],
    ['Pacific/Pago_Pago', '2026-11-01T11:00Z/2026-11-02T11:00Z'],
  ])('A17: an all-day event takes the local day of somebody in %s', (timezone, day) => {
    const span = { timezone, from: '2026-10-01T00:00:00Z', to: '2026-12-01T00:00:00Z' }
    expect(busy(calendar(event('DTSTART;VALUE=DATE:20261101')), span)).toEqual([day])
  })

  it('are cut to what is asked for', () => {
    const span = { timezone: 'UTC', from: '2026-03-02T10:00:00Z', to: '2026-03-02T12:00:00Z' }
    const text = calendar(event('DTSTART:20200101T000000Z', 'DTEND:20300101T000000Z'))
    expect(busy(text, span)).toEqual(['2026-03-02T10:00Z/2026-03-02T12:00Z'])
  })

  it('A19: free an instance that was cancelled, or is transparent, and take one that is moved into the span', () => {
    const series = event('DTSTART:20260202T090000Z', 'DTEND:20260202T100000Z', 'RRULE:FREQ=WEEKLY;COUNT=7')
    const text = calendar(
      series,
      event('RECURRENCE-ID:20260309T090000Z', 'DTSTART:20260309T090000Z', 'DURATION:PT1H', 'STATUS:CANCELLED'),
      event('RECURRENCE-ID:20260316T090000Z', 'DTSTART:20260316T090000Z', 'DURATION:PT1H', 'TRANSP:TRANSPARENT'),
      event('RECURRENCE-ID:20260202T090000Z', 'DTSTART:20260320T090000Z', 'DURATION:PT1H'),
    )
    expect(busy(text, SPRING)).toEqual(['2026-03-02T09:00Z/2026-03-02T10:00Z', '2026-03-20T09:00Z/2026-03-20T10:00Z'])
  })

  it('keep the wall time of a night in which the clocks change, and count hours of a DURATION exactly', () => {
    const night = ['DTSTART;TZID=Europe/Berlin:20260328T220000', 'DTEND;TZID=Europe/Berlin:20260329T060000']
    expect(one(...night)).toEqual(['2026-03-28T21:00Z/2026-03-29T04:00Z'])
    expect(one('DTSTART;TZID=Europe/Berlin:20260328T220000', 'DURATION:PT8H')).toEqual([
      '2026-03-28T21:00Z/2026-03-29T05:00Z',
    ])
    expect(one('DTSTART;TZID=Europe/Berlin:20260328T220000', 'DURATION:P1D')).toEqual([
      '2026-03-28T21:00Z/2026-03-29T20:00Z',
    ])
  })

  it.each([
    ['a date without VALUE=DATE', ['DTSTART:20260302'], ['2026-03-01T23:00Z/2026-03-02T23:00Z']],
    [
      'an all-day event that ends when it starts',
      ['DTSTART;VALUE=DATE:20260302', 'DTEND;VALUE=DATE:20260302'],
      ['2026-03-01T23:00Z/2026-03-02T23:00Z'],
    ],
    ['an instant', ['DTSTART:20260302T090000Z'], []],
    [
      'a prefixed zone',
      ['DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20260302T090000', 'DURATION:PT1H'],
      ['2026-03-02T08:00Z/2026-03-02T09:00Z'],
    ],
    [
      'UNTIL as a date',
      [...HOUR_AT_NINE, 'RRULE:FREQ=DAILY;UNTIL=20260303'],
      ['2026-03-02T09:00Z/2026-03-02T10:00Z', '2026-03-03T09:00Z/2026-03-03T10:00Z'],
    ],
    [
      'hourly',
      ['DTSTART:20260302T090000Z', 'DURATION:PT5M', 'RRULE:FREQ=HOURLY;INTERVAL=5;COUNT=3'],
      [
        '2026-03-02T09:00Z/2026-03-02T09:05Z',
        '2026-03-02T14:00Z/2026-03-02T14:05Z',
        '2026-03-02T19:00Z/2026-03-02T19:05Z',
      ],
    ],
    [
      'minutely',
      ['DTSTART:20260302T090000Z', 'DURATION:PT5M', 'RRULE:FREQ=MINUTELY;INTERVAL=90;COUNT=2;BYHOUR=9,10'],
      ['2026-03-02T09:00Z/2026-03-02T09:05Z', '2026-03-02T10:30Z/2026-03-02T10:35Z'],
    ],
    [
      'at two hours',
      [...HOUR_AT_NINE, 'RRULE:FREQ=DAILY;BYHOUR=9,15;COUNT=3'],
      [
        '2026-03-02T09:00Z/2026-03-02T10:00Z',
        '2026-03-02T15:00Z/2026-03-02T16:00Z',
        '2026-03-03T09:00Z/2026-03-03T10:00Z',
      ],
    ],
    [
      'a week of the year',
      ['DTSTART:20250512T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO'],
      ['2026-05-11T09:00Z/2026-05-11T10:00Z'],
    ],
    [
      'a day of the year',
      ['DTSTART:20250101T090000Z', 'DURATION:PT1H', 'RRULE:FREQ=YEARLY;BYYEARDAY=100,-200'],
      ['2026-04-10T09:00Z/2026-04-10T10:00Z', '2026-06-15T09:00Z/2026-06-15T10:00Z'],
    ],
  ])('understand %s', (_, lines, expected) => {
    expect(one(...lines)).toEqual(expected)
  })
})

describe('A41: a calendar that cannot be read is refused, in a sentence, and soon', () => {
  const start = ['DTSTART:20260101T000000Z', 'DURATION:PT1M']
  const many = (count: number, ...lines: string[]) =>
    calendar(...new Array<string>(count).fill(event(...start, ...lines)))
  const zone = (rule: string) => [
    'BEGIN:VTIMEZONE',
    'TZID:Own',
    'BEGIN:STANDARD',
    'DTSTART:16010101T000000',
    'TZOFFSETFROM:+0000',
    'TZOFFSETTO:+0100',
    rule,
    'END:STANDARD',
    'END:VTIMEZONE',
  ]

  it.each<[string, () => string, RegExp]>([
    ['nothing', () => '', /not an iCalendar file/],
    ['a web page', () => '<!doctype html><html>Sign in</html>', /not an iCalendar file/],
    ['10 MB', () => calendar(event(`DESCRIPTION:${'x'.repeat(10_000_000)}`)), /larger than 5 MiB/],
    ['more events than can be', () => many(21_000), /more than 20,000 components/],
    ['a line of 70 kB', () => calendar(event(`DESCRIPTION:${'x'.repeat(70_000)}`)), /longer than 64 KiB/],
    ['the same folded', () => calendar(event(`DESCRIPTION:${'x\r\n '.repeat(70_000)}`)), /longer than 64 KiB/],
    ['300,001 lines', () => calendar(event('A:\r\n'.repeat(300_001))), /more than 300,000 lines/],
    ['lines of parameters', () => calendar(event(`X${';a=b'.repeat(16_000)}:`)), /more values/],
    ['SECONDLY without end', () => many(1, 'RRULE:FREQ=SECONDLY'), /too often/],
    [
      '50,001 dates',
      () => many(1, ...new Array<string>(170).fill(`RDATE:${new Array(300).fill('20260302T090000Z').join()}`)),
      /more than 50,000/,
    ],
    ['SECONDLY with a long end', () => many(1, 'RRULE:FREQ=SECONDLY;COUNT=2000000000;BYMONTH=12'), /too often/],
    ['SECONDLY that never is', () => many(1, 'RRULE:FREQ=SECONDLY;BYMONTH=4;BYMONTHDAY=31'), /too often/],
    ['many rules that never are', () => many(4000, 'RRULE:FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2'), /too often/],
    [
      'a rule of every second',
      () =>
        many(
          1,
          `RRULE:FREQ=YEARLY;BYDAY=MO;BYHOUR=${[...Array(24).keys()].join()};BYMINUTE=${[...Array(60).keys()].join()};BYSECOND=0,1,2,3`,
        ),
      /too often/,
    ],
    [
      'a zone that changes each second',
      () => calendar(...zone('RRULE:FREQ=SECONDLY'), event('DTSTART;TZID=Own:20260302T000000')),
      /too often/,
    ],
    [
      'a zone without an offset',
      () =>
        calendar(
          ...zone('').filter(line => line && !line.startsWith('TZOFFSETTO')),
          event('DTSTART;TZID=Own:20260302T000000'),
        ),
      /without an offset/,
    ],
    [
      'an unknown zone',
      () => calendar(event('DTSTART;TZID=Mars/Olympus:20260302T090000', 'DURATION:PT1H')),
      /unknown time zone: “Mars\/Olympus”/,
    ],
    ['components within each other', () => 'BEGIN:VCALENDAR\r\n' + 'BEGIN:Y\r\n'.repeat(50_000), /nested too deeply/],
    [
      'an event within another',
      () => calendar('BEGIN:VEVENT', event(...start), 'END:VEVENT'),
      /in a place where it is not allowed/,
    ],
    ['a file that was cut off', () => many(2).slice(0, -40), /cut off|broken/],
    ['an end of nothing', () => calendar('END:VEVENT'), /has no BEGIN/],
    ['a broken line', () => calendar(event(...start, 'no colon')), /does not follow/],
    ['text after the end', () => `${calendar()}hello`, /outside it/],
    ['an event without a start', () => calendar(event('SUMMARY:When?')), /without a start/],
    ['a date that is none', () => calendar(event('DTSTART:20260231T090000Z')), /is not a date/],
    ['a rule without a frequency', () => many(1, 'RRULE:COUNT=3'), /how often/],
    ['a rule of another standard', () => many(1, 'RRULE:RSCALE=CHINESE;FREQ=YEARLY'), /not supported/],
    [
      'a change of all that follows',
      () => many(1, 'RECURRENCE-ID;RANGE=THISANDFUTURE:20260101T000000Z'),
      /not supported/,
    ],
  ])('%s', (_, text, reason) => {
    const hostile = text()
    const before = process.cpuUsage()
    const refused = refusalOf(hostile)
    expect(refused.reason).toMatch(reason)
    expect(refused.reason).toMatch(/\.$/)
    // Microseconds of this process alone, so that other work on the machine does not count.
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000)
  })
})

function refusalOf(text: string): UnreadableCalendar {
  try {
    busyTimes(text, { timezone: 'Europe/Berlin', from: Date.UTC(2026, 0), to: Date.UTC(2027, 0) })
  } catch (error) {
    if (error instanceof UnreadableCalendar) return error
    throw error
  }
  throw new Error('it was read')
}
