import { WEEKDAYS, type Weekday } from './availability.ts'
import type { Interval } from './intervals.ts'

export const MINUTE = 60_000
export const DAY = 24 * 60 * MINUTE
/** 1970-01-01 was a Thursday. */
const FIRST_WEEKDAY = 3

/** A date of somebody's calendar, wherever they are. */
export interface LocalDay {
  /** `YYYY-MM-DD` */
  readonly date: string
  readonly weekday: Weekday
  /** Its midnight, as a wall time. */
  readonly midnight: number
}

/** The day that a wall time belongs to. */
export function dayOf(wall: number): LocalDay {
  const midnight = midnightOf(wall)
  const weekday = WEEKDAYS[weekdayIndex(midnight)] ?? 'monday'
  return { date: new Date(midnight).toISOString().slice(0, 10), weekday, midnight }
}

/** Every day from that of one wall time to that of another, both included. */
export function daysBetween(from: number, to: number): LocalDay[] {
  const days: LocalDay[] = []
  for (let midnight = midnightOf(from); midnight <= to; midnight += DAY) days.push(dayOf(midnight))
  return days
}

/** All the days that a stretch of time touches, in UTC. */
export function wholeDays({ start, end }: Interval): Interval {
  return { start: midnightOf(start), end: midnightOf(end + DAY - 1) }
}

export function midnightOf(wall: number): number {
  return Math.floor(wall / DAY) * DAY
}

/** The midnight with which the week of a wall time begins. */
export function weekOf(wall: number, startsOn: Weekday): number {
  const midnight = midnightOf(wall)
  return midnight - ((weekdayIndex(midnight) - WEEKDAYS.indexOf(startsOn) + 7) % 7) * DAY
}

function weekdayIndex(midnight: number): number {
  return (((midnight / DAY + FIRST_WEEKDAY) % 7) + 7) % 7
}
