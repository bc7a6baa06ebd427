import type ICAL from 'ical.js'
import { DAY } from '../scheduling/days.ts'

const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA']
const WEEK = 7 * DAY
/** 1970-01-04 was a Sunday. */
const FIRST_SUNDAY = 3 * DAY

/** A weekday, and if the place is not 0 which one of its month or year: -1 is the last. */
interface Weekday {
  readonly index: number
  readonly place: number
}

/** A span from one midnight to the moment before another. */
interface Range {
  readonly from: number
  readonly to: number
}

/** A month and its year. */
interface Frame {
  /** January is 1. */
  readonly number: number
  readonly month: Range
  readonly year: Range
}

/** Which days belong to a rule of recurrence, but for how often it does: the BY parts of RFC 5545 §3.3.10. */
export class RuleDays {
  readonly #months: readonly number[] | undefined
  readonly #monthDays: readonly number[] | undefined
  readonly #yearDays: readonly number[] | undefined
  readonly #weeks: readonly number[] | undefined
  readonly #weekdays: readonly Weekday[] | undefined
  /** Whether places are those of the year. */
  readonly #ofYear: boolean
  /** 0 is Sunday. */
  readonly #weekStart: number
  #frame: Frame | undefined

  constructor(rule: ICAL.Recur, first: number) {
    const { freq, wkst, parts } = rule
    const { BYMONTH, BYMONTHDAY, BYDAY } = parts
    const implied = impliedBy(rule, new Date(first))
    const hasPlaces = freq === 'MONTHLY' || freq === 'YEARLY'
    this.#months = BYMONTH ?? implied.months
    this.#monthDays = BYMONTHDAY ?? implied.monthDays
    this.#yearDays = parts.BYYEARDAY
    this.#weeks = parts.BYWEEKNO
    this.#weekdays = BYDAY ? BYDAY.map(day => weekdayOf(day, hasPlaces)) : implied.weekdays
    this.#ofYear = freq === 'YEARLY' && !BYMONTH
    this.#weekStart = wkst - 1
  }

  /** The midnights of those from one midnight to before another, in order. */
  between(from: number, to: number): number[] {
    const days: number[] = []
    for (let begin = from; begin < to;) {
      const frame = this.#frameAt(begin)
      const end = frame.month.to
      if (!this.#months || this.#months.includes(frame.number)) this.#addDays(days, begin, Math.min(end, to), frame)
      begin = end
    }
    return days
  }

  /** Kept from one to the next: most are asked about in order. */
  #frameAt(day: number): Frame {
    const known = this.#frame
    if (known && known.month.from <= day && day < known.month.to) return known
    const date = new Date(day)
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
    return (this.#frame = {
      number: month + 1,
      month: { from: monthAt(year, month), to: monthAt(year, month + 1) },
      year: { from: monthAt(year, 0), to: monthAt(year, 12) },
    })
  }

  #addDays(days: number[], from: number, to: number, frame: Frame): void {
    for (let day = from; day < to; day += DAY) if (this.#belongs(day, frame)) days.push(day)
  }

  #belongs(day: number, { month, year }: Frame): boolean {
    if (this.#monthDays && !isAt(this.#monthDays, day, month)) return false
    if (this.#yearDays && !isAt(this.#yearDays, day, year)) return false
    if (this.#weeks && !this.#isInWeeks(this.#weeks, day)) return false
    if (!this.#weekdays) return true
    const weekday = ((((day - FIRST_SUNDAY) / DAY) % 7) + 7) % 7
    const range = this.#ofYear ? year : month
    return this.#weekdays.some(({ index, place }) => index === weekday && (place === 0 || isPlace(place, day, range)))
  }

  /** Week 1 is the first with four days in the year; -1 is the last. */
  #isInWeeks(weeks: readonly number[], day: number): boolean {
    const week = day - (((((day - FIRST_SUNDAY) / DAY - this.#weekStart) % 7) + 7) % 7) * DAY
    const year = new Date(week + 3 * DAY).getUTCFullYear()
    const [first, next] = [this.#firstWeekOf(year), this.#firstWeekOf(year + 1)]
    return weeks.some(number => number === (week - first) / WEEK + 1 || number === (week - next) / WEEK)
  }

  #firstWeekOf(year: number): number {
    const fourth = monthAt(year, 0) + 3 * DAY
    return fourth - (((((fourth - FIRST_SUNDAY) / DAY - this.#weekStart) % 7) + 7) % 7) * DAY
  }
}

interface Implied {
  readonly months?: readonly number[]
  readonly monthDays?: readonly number[]
  readonly weekdays?: readonly Weekday[]
}

/** What a rule that names no days takes from its first start. */
function impliedBy({ freq, parts }: ICAL.Recur, start: Date): Implied {
  if (parts.BYMONTHDAY ?? parts.BYYEARDAY ?? parts.BYDAY) return {}
  const weekdays = [{ index: start.getUTCDay(), place: 0 }]
  const monthDays = [start.getUTCDate()]
  if (freq === 'WEEKLY') return { weekdays }
  if (freq === 'MONTHLY') return { monthDays }
  if (freq !== 'YEARLY') return {}
  return parts.BYWEEKNO ? { weekdays } : { months: [start.getUTCMonth() + 1], monthDays }
}

/** The midnight with which a month begins; 12 is January of the next year. */
export function monthAt(year: number, month: number): number {
  return new Date(0).setUTCFullYear(year, month, 1)
}

/** Whether a day is one of these of a month or year: 1 is its first, -1 its last. */
function isAt(numbers: readonly number[], day: number, { from, to }: Range): boolean {
  return numbers.some(number => day === (number > 0 ? from - DAY : to) + number * DAY)
}

function isPlace(place: number, day: number, { from, to }: Range): boolean {
  if (place > 0) return Math.floor((day - from) / WEEK) + 1 === place
  return Math.floor((to - DAY - day) / WEEK) + 1 === -place
}

/** `MO`, `2MO`, `-1FR`; only months and years have places. */
function weekdayOf(written: string, hasPlaces: boolean): Weekday {
  const place = Number(written.slice(0, -2))
  return { index: WEEKDAYS.indexOf(written.slice(-2)), place: hasPlaces ? place : 0 }
}
