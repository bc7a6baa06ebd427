import { WEEKDAYS } from '../../../../domain/scheduling/availability.ts'
import type { Calendar } from '../../../../domain/scheduling/calendar.ts'
import type { Rule, Span } from '../../../../domain/scheduling/free-time.ts'
import type { Interval } from '../../../../domain/scheduling/intervals.ts'
import { at, later, shown, weekdayOf } from './wall-time.ts'

const MINUTE = 60_000
/** Every offset is a multiple of this, so that no date begins in between. */
const QUARTER = 15 * MINUTE

const dates = new Map<string, Map<number, string>>()
/** The local date of an instant. */
function dateIn(zone: string, instant: number): string {
  const quarter = Math.floor(instant / QUARTER) * QUARTER
  const known = dates.get(zone) ?? new Map<number, string>()
  const date = known.get(quarter) ?? shown(zone, quarter).slice(0, 10)
  known.set(quarter, date)
  dates.set(zone, known)
  return date
}

const has = (intervals: readonly Interval[], minute: number) =>
  intervals.some(({ start, end }) => start <= minute && minute < end)

/**
 * When somebody is free, minute by minute, as SPEC section 6 tells it: the reference for FreeTime. All that it is given
 * lies on whole minutes.
 */
export class SlowPerson {
  readonly #calendar: Calendar
  readonly #span: Span
  readonly #weekly: Interval[]
  readonly #open: Interval[]
  /** The dates of time off. */
  readonly #off: readonly string[]
  /** Those of the interviews that stand in the way. */
  readonly #claims: readonly Interval[]
  /** By minute of the span, whether an interview may go on. */
  readonly #free: boolean[] = []
  readonly #full = { day: new Map<number, boolean>(), week: new Map<number, boolean>() }

  constructor(calendar: Calendar, span: Span) {
    this.#calendar = calendar
    this.#span = span
    const first = later(new Date(span.start).toISOString().slice(0, 10), -3)
    const days = Math.ceil((span.end - span.start) / 86_400_000) + 6
    const dates = Array.from({ length: days }, (_, n) => later(first, n))
    this.#weekly = dates.flatMap(date => this.#windowsOf(date, true))
    this.#open = dates.flatMap(date => this.#windowsOf(date, false))
    const { timeOff } = calendar.availability
    this.#off = dates.filter(date => timeOff.some(({ from, to }) => from <= date && date <= to))
    this.#claims = this.#others().map(({ claim }) => claim)
    for (let minute = span.start; minute < span.end; minute += MINUTE) this.#free.push(this.#isFree(minute))
  }

  /** Whether an interview of this length may start at an instant. */
  mayStart(instant: number, length: number): boolean {
    const { start, end, notBefore } = this.#span
    if (instant < start || instant < notBefore || instant + length > end) return false
    for (
      let minute = Math.floor((instant - start) / MINUTE);
      minute < (instant + length - start) / MINUTE;
      minute += 1
    ) {
      if (!this.#free[minute]) return false
    }
    if (this.#isFull(instant, 'day') || this.#isFull(instant, 'week')) return false
    const { bufferBeforeMinutes: before, bufferAfterMinutes: after } = this.#calendar
    const claim = { start: instant - before * MINUTE, end: instant + length + after * MINUTE }
    return !this.#claims.some(other => other.start < claim.end && claim.start < other.end)
  }

  /** The first rule that takes a minute away. */
  takenBy(minute: number): Rule | 'free' {
    const { bufferBeforeMinutes: before, bufferAfterMinutes: after } = this.#calendar
    if (!has(this.#weekly, minute) && !has(this.#open, minute)) return 'hours'
    if (!has(this.#open, minute)) return 'override'
    if (this.#isOff(minute)) return 'timeOff'
    if (has(this.#claims, minute)) return 'claims'
    if (has(this.#calendar.imported, minute)) return 'imported'
    if (this.#isFull(minute, 'day')) return 'dayLimit'
    if (this.#isFull(minute, 'week')) return 'weekLimit'
    const widened = this.#claims.map(({ start, end }) => ({
      start: start - after * MINUTE,
      end: end + before * MINUTE,
    }))
    if (has(widened, minute)) return 'buffer'
    return minute < this.#span.notBefore ? 'notice' : 'free'
  }

  #isFree(minute: number): boolean {
    return has(this.#open, minute) && !this.#isOff(minute) && !has(this.#calendar.imported, minute)
  }

  /** Where somebody is on a date. */
  #zoneOn(date: string): string {
    const { timezone, availability } = this.#calendar
    return availability.travel.find(({ from, to }) => from <= date && date <= to)?.timezone ?? timezone
  }

  #windowsOf(date: string, isUsual: boolean): Interval[] {
    const { weekly, overrides } = this.#calendar.availability
    const usual = weekly.filter(({ weekday }) => weekday === WEEKDAYS[weekdayOf(date) - 1])
    const exception = isUsual ? undefined : overrides.find(override => override.date === date)
    const zone = this.#zoneOn(date)
    return (exception?.windows ?? usual)
      .map(({ start, end }) => ({ start: at(zone, date, start), end: at(zone, date, end) }))
      .filter(({ start, end }) => end > start && start < this.#span.end && end > this.#span.start)
  }

  #isOff(minute: number): boolean {
    return this.#off.some(date => dateIn(this.#zoneOn(date), minute) === date)
  }

  #others() {
    return this.#calendar.interviews.filter(({ eventId }) => eventId !== this.#span.moving)
  }

  /** By the date of the start at home, wherever they are. */
  #isFull(instant: number, per: 'day' | 'week'): boolean {
    const { maxPerDay, maxPerWeek } = this.#calendar
    const limit = per === 'day' ? maxPerDay : maxPerWeek
    if (limit === null) return false
    const quarter = Math.floor(instant / QUARTER)
    const full = this.#full[per].get(quarter) ?? this.#countIn(instant, per) >= limit
    this.#full[per].set(quarter, full)
    return full
  }

  #countIn(instant: number, per: 'day' | 'week'): number {
    const { timezone } = this.#calendar
    const periodOf = (moment: number) => {
      const date = dateIn(timezone, moment)
      return per === 'day' ? date : this.#weekOf(date)
    }
    const period = periodOf(instant)
    return this.#others().filter(({ startsAt }) => periodOf(startsAt) === period).length
  }

  #weekOf(date: string): string {
    const startsOn = WEEKDAYS.indexOf(this.#span.weekStartsOn) + 1
    return later(date, -((weekdayOf(date) - startsOn + 7) % 7))
  }
}
