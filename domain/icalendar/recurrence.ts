import ICAL from 'ical.js'
import { DAY, midnightOf, weekOf } from '../scheduling/days.ts'
import { WEEKDAYS } from '../scheduling/availability.ts'
import { monthAt, RuleDays } from './rule-days.ts'
import type { Property } from './tree.ts'
import { UnreadableCalendar, type Steps } from './unreadable.ts'
import { wallOf, type Wall } from './wall-times.ts'

/** One may end with `;`, as some programs write it. */
const PARTS =
  /^(?:|freq|interval|count|until|wkst|bysecond|byminute|byhour|byday|bymonthday|byyearday|byweekno|bymonth|bysetpos)$/
const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000]
/** The periods of the frequencies whose periods are equally long, in ms of wall time. */
const LENGTHS = new Map([
  ['SECONDLY', SECOND],
  ['MINUTELY', MINUTE],
  ['HOURLY', HOUR],
  ['DAILY', DAY],
  ['WEEKLY', 7 * DAY],
])
const MONTHS = new Map([
  ['MONTHLY', 1],
  ['YEARLY', 12],
])
const STEPS_OF_A_PERIOD = 3
/** So many days are looked at in one step. */
const DAYS_OF_A_STEP = 16

/**
 * How an event recurs (RFC 5545 §3.3.10), in wall time. ical.js reads the rule and checks its values, but its iterator
 * leaves instances out of all but the plainest rules (MONTHLY with BYMONTH, BYSETPOS, days from the end) and may look
 * for one for ever; so they are worked out here: of each period the days and times that belong.
 */
export class Rule {
  /** The last time at which it recurs, as it is written. */
  readonly until: Wall | undefined
  readonly #recur: ICAL.Recur

  constructor({ jCal, values }: Property) {
    const recur = new ICAL.Property([...jCal]).getFirstValue()
    const [parts] = values
    if (!(recur instanceof ICAL.Recur) || typeof parts !== 'object' || parts === null || !('freq' in parts)) {
      throw new UnreadableCalendar('The calendar has an event that recurs without saying how often.')
    }
    if (!Object.keys(parts).every(name => PARTS.test(name))) {
      throw new UnreadableCalendar('The calendar has an event that recurs in a way that is not supported.')
    }
    this.until = 'until' in parts ? wallOf(parts.until) : undefined
    this.#recur = recur
  }

  /** When it recurs from the first start on, in order: all wall times up to `to`, without those before `from` if it can. */
  *walls(first: number, { from, to }: { readonly from: number; readonly to: number }, steps: Steps): Generator<number> {
    const { interval, count } = this.#recur
    const days = new RuleDays(this.#recur, first)
    let left = count ?? Infinity
    for (let index = count === null ? this.#indexBefore(first, from) : 0; left > 0; index += interval) {
      const begin = this.#beginOf(first, index)
      // Nor is there anything after the end of time, which is NaN.
      if (!(begin <= to)) return
      for (const wall of this.#setOf(begin, this.#beginOf(first, index + 1), first, days, steps)) {
        if (wall < first || left === 0) continue
        yield wall
        left -= 1
      }
    }
  }

  /** The instances of one period. */
  #setOf(begin: number, end: number, first: number, days: RuleDays, steps: Steps): number[] {
    steps.take(STEPS_OF_A_PERIOD + (end - begin) / DAY / DAYS_OF_A_STEP)
    const [from, to] = [midnightOf(begin), Math.max(end, midnightOf(begin) + DAY)]
    const wanted = days.between(from, end - begin < DAY ? from + DAY : to)
    const times = this.#times(begin, first, end - begin)
    steps.take(wanted.length * times.length)
    const set = wanted.flatMap(day => times.map(time => day + time))
    const places = this.#recur.parts.BYSETPOS
    return places ? set.filter((_, at) => places.includes(at + 1) || places.includes(at - set.length)) : set
  }

  /** The times of day of a period so long, in order. What is as long as it or longer can only rule it out. */
  #times(begin: number, first: number, length: number): number[] {
    const { BYHOUR, BYMINUTE, BYSECOND } = this.#recur.parts
    const choose = (unit: number, units: number, wanted: readonly number[] | undefined) => {
      const own = Math.floor((length <= unit ? begin : first) / unit) % units
      if (!wanted) return [(own + units) % units]
      return wanted.filter(value => length > unit || value === (own + units) % units).sort((one, other) => one - other)
    }
    const [hours, minutes, seconds] = [
      choose(HOUR, 24, BYHOUR),
      choose(MINUTE, 60, BYMINUTE),
      choose(SECOND, 60, BYSECOND),
    ]
    return hours.flatMap(hour =>
      minutes.flatMap(minute => seconds.map(second => hour * HOUR + minute * MINUTE + second * SECOND)),
    )
  }

  /** The midnight, or for shorter periods the instant, with which one begins; that of the first start is 0. */
  #beginOf(first: number, index: number): number {
    const { freq, wkst } = this.#recur
    const months = MONTHS.get(freq)
    if (months !== undefined) {
      const start = new Date(first)
      const month = months === 1 ? start.getUTCMonth() : 0
      return monthAt(start.getUTCFullYear(), month + index * months)
    }
    const length = LENGTHS.get(freq) ?? DAY
    // ical.js counts the days of the week from 1, which is Sunday.
    const weekStart = WEEKDAYS[(wkst + 5) % 7] ?? 'monday'
    const begin = freq === 'WEEKLY' ? weekOf(first, weekStart) : Math.floor(first / length) * length
    return begin + index * length
  }

  /** A period of the rule that ends before this: years of past instances are not walked through. */
  #indexBefore(first: number, from: number): number {
    const { freq, interval } = this.#recur
    const length = LENGTHS.get(freq) ?? (MONTHS.get(freq) ?? 1) * 31 * DAY
    return Math.max(0, Math.floor((from - first) / length / interval) - 1) * interval
  }
}
