import { shown } from './tree.ts'
import { UnreadableCalendar } from './unreadable.ts'

/** A date or a time as it is written; which instant it is depends on the zone. */
export interface Wall {
  /** The instant at which a clock in UTC shows it, in ms; for a date, at its midnight. */
  readonly wall: number
  readonly isDate: boolean
  readonly isUtc: boolean
}

const WRITTEN = /^(\d{4})-(\d\d)-(\d\d)(?:T(?:(\d\d):(\d\d):(\d\d)(Z?)|::))?$/

/** Reads the form of jCal. A date without VALUE=DATE, which some programs write, ends in `T::` there. */
export function wallOf(written: unknown): Wall {
  const [whole, year, month, day, hour, minute, second, zulu] = WRITTEN.exec(String(written)) ?? []
  if (whole === undefined) throw notADate(written)
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  if (date.getUTCMonth() !== Number(month) - 1) throw notADate(written)
  if (hour === undefined) return { wall: date.getTime(), isDate: true, isUtc: false }
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) throw notADate(written)
  // A leap second counts as the second before it.
  date.setUTCHours(Number(hour), Number(minute), Math.min(Number(second), 59))
  return { wall: date.getTime(), isDate: false, isUtc: zulu === 'Z' }
}

function notADate(written: unknown): UnreadableCalendar {
  return new UnreadableCalendar(`The calendar is broken: “${shown(String(written))}” is not a date.`)
}
