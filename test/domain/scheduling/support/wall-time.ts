import { Temporal } from 'temporal-polyfill'

/** What another implementation says of clocks: the reference for zones, hours and days. Instants in ms since 1970. */

/** What temporal-polyfill says of 2030 in Morocco, where summer time pauses, depends on what it was asked before. */
const UNRELIABLE = { zones: ['Africa/Casablanca', 'Africa/El_Aaiun'], from: Date.UTC(2029, 11) }
const DAY = 86_400_000

/** The instant of a wall time, given as the instant at which a clock in UTC shows it. RFC 5545 §3.3.5 is `compatible`. */
export function instantIn(zone: string, wall: number): number {
  if (wall >= UNRELIABLE.from && UNRELIABLE.zones.includes(zone)) return systemInstantIn(zone, wall)
  const shown = Temporal.Instant.fromEpochMilliseconds(wall).toZonedDateTimeISO('UTC').toPlainDateTime()
  return shown.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds
}

/** The same by the system's zone data, for a clock that changes at most once in two days. */
function systemInstantIn(zone: string, wall: number): number {
  const offsetAt = (at: number) => wallIn(zone, at) - at
  const before = wall - offsetAt(wall - DAY)
  const after = wall - offsetAt(wall + DAY)
  return [before, after].sort((one, other) => one - other).find(at => wallIn(zone, at) === wall) ?? before
}

const clocks = new Map<string, Intl.DateTimeFormat>()
const FIELDS = {
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
} as const

/** The wall time of an instant, as the system's own zone data show it. */
export function wallIn(zone: string, at: number): number {
  const clock = clocks.get(zone) ?? new Intl.DateTimeFormat('en', { timeZone: zone, hourCycle: 'h23', ...FIELDS })
  clocks.set(zone, clock)
  const shown = new Map(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const field = (name: Intl.DateTimeFormatPartTypes) => shown.get(name) ?? 0
  const [month, day] = [field('month') - 1, field('day')]
  const wall = Date.UTC(field('year'), month, day, field('hour'), field('minute'), field('second'))
  return wall + (((at % 1000) + 1000) % 1000)
}

/** The instant of a date and a time, `YYYY-MM-DD` and `HH:MM`; 24:00 is the midnight of the next date. */
export function at(zone: string, date: string, time: string): number {
  const shown = Temporal.PlainDateTime.from(time === '24:00' ? later(date, 1) : `${date}T${time}`)
  return shown.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds
}

/** What a clock shows: `YYYY-MM-DDTHH:MM`. */
export function shown(zone: string, instant: number): string {
  return new Date(wallIn(zone, instant)).toISOString().slice(0, 16)
}

export interface Transition {
  readonly zone: string
  readonly at: number
  /** Offsets in ms. */
  readonly before: number
  readonly after: number
}

/** When the offset of a zone changes in [from, to). */
export function transitionsOf(zone: string, from: number, to: number): Transition[] {
  const transitions: Transition[] = []
  let now = Temporal.Instant.fromEpochMilliseconds(from - 1).toZonedDateTimeISO(zone)
  for (;;) {
    const next = now.getTimeZoneTransition('next')
    if (!next || next.epochMilliseconds >= to) return transitions
    const [before, after] = [now.offsetNanoseconds / 1_000_000, next.offsetNanoseconds / 1_000_000]
    transitions.push({ zone, at: next.epochMilliseconds, before, after })
    now = next
  }
}

/** So many days after a date. */
export function later(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10)
}

/** 1 for Monday to 7 for Sunday. */
export function weekdayOf(date: string): number {
  return new Date(date).getUTCDay() || 7
}

/** `HH:MM` of so many minutes since midnight. */
export function timeOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

/** How long a day is there, in hours. */
export function hoursIn(date: string, zone: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime(zone).hoursInDay
}
