import type { Availability, Weekday } from './availability.ts'
import type { Calendar } from './calendar.ts'
import { DAY, dayOf, MINUTE } from './days.ts'
import { Frame } from './frame.ts'
import type { Hours } from './hours.ts'
import { covers, intersect, lengthOf, overlaps, subtract, union, type Interval } from './intervals.ts'
import { Load, type ReachedLimit } from './load-limits.ts'
import type { ZoneClock, Zones } from './zones.ts'

/** What takes time away from somebody, in the order in which it is told: each minute is taken by the first that does. */
export const RULES = [
  'hours',
  'override',
  'timeOff',
  'claims',
  'imported',
  'dayLimit',
  'weekLimit',
  'buffer',
  'notice',
] as const
export type Rule = (typeof RULES)[number]

/** Minutes that each rule takes away, and those that are free. */
export type Account = Readonly<Record<Rule | 'free', number>>
export const NOTHING: Account = {
  hours: 0,
  override: 0,
  timeOff: 0,
  claims: 0,
  imported: 0,
  dayLimit: 0,
  weekLimit: 0,
  buffer: 0,
  notice: 0,
  free: 0,
}

/** A span of time that is looked at, with what holds for everybody. Instants in ms since 1970. */
export interface Span extends Interval {
  /** No interview starts before: the present and the notice that is asked for. */
  readonly notBefore: number
  /** The same without any notice. */
  readonly present: number
  readonly weekStartsOn: Weekday
  readonly zones: Zones
  /** An event that is being moved: it stands in nobody's way. */
  readonly moving?: string | undefined
}

/** What stands in the way of an interview; search and booking ask the same. */
export interface Obstacles {
  readonly timeOff: Availability['timeOff'][number] | undefined
  readonly limit: ReachedLimit | undefined
  readonly outsideHours: boolean
}

/** When one person is free in a span of time, and what takes the rest of it away. */
export class FreeTime {
  readonly #span: Span
  readonly #calendar: Calendar
  readonly #hours: Hours
  readonly #clock: ZoneClock
  #ownLoad: Load | undefined

  /** `frame` is that of the span, given when many are asked about the same. */
  constructor(calendar: Calendar, span: Span, frame = new Frame(span, span.zones)) {
    const { timezone, availability } = calendar
    this.#span = span
    this.#calendar = calendar
    this.#clock = frame.clock(timezone)
    this.#hours = frame.hours(timezone, availability)
  }

  /** When an interview of this length, in ms, may start, as if the relaxed rules were not there: [first, last + 1) each. */
  starts(length: number, relaxed: readonly Rule[] = []): Interval[] {
    const free = subtract(this.#windows(relaxed), this.#busy(relaxed))
    const starts = free
      .filter(({ start, end }) => end - start >= length)
      .map(({ start, end }) => ({ start, end: end - length + 1 }))
    return subtract(starts, this.#closed(relaxed))
  }

  /**
   * What stands against an interview that takes the whole of this span, other than other interviews: a day off, a limit
   * that is reached, and hours that it is outside of, which is no more than a warning.
   */
  obstacles(): Obstacles {
    const { start, end } = this.#span
    const { daysOff, open } = this.#hours
    const day = dayOf(this.#clock.wallOf(start))
    const load = this.#load()
    return {
      timeOff: daysOff.find(dayOff => overlaps(dayOff, this.#span))?.absence,
      limit: load.dayLimit(day) ?? load.weekLimit(day),
      outsideHours: !covers(open, { start, end }),
    }
  }

  /** How many minutes each rule takes away and how many are free; together the whole span. A relaxed one takes none. */
  account(relaxed: readonly Rule[] = []): Account {
    const { start, end } = this.#span
    const { weekly, open, timeOff } = this.#hours
    const { imported } = this.#calendar
    let left: readonly Interval[] = [{ start, end }]
    const steps: Readonly<Record<Rule, () => Interval[]>> = {
      hours: () => intersect(left, union([...weekly, ...open])),
      override: () => intersect(left, open),
      timeOff: () => subtract(left, timeOff),
      claims: () => subtract(left, this.#claims()),
      imported: () => subtract(left, imported),
      dayLimit: () => subtract(left, this.#fullDays('dayLimit')),
      weekLimit: () => subtract(left, this.#fullDays('weekLimit')),
      buffer: () => subtract(left, this.#claims(this.#calendar)),
      notice: () => subtract(left, this.#tooSoon()),
    }
    const after = RULES.map(rule => {
      if (!relaxed.includes(rule)) left = steps[rule]()
      return [rule, lengthOf(left)] as const
    })
    return inMinutes(end - start, after)
  }

  #windows(relaxed: readonly Rule[]): Interval[] {
    const { weekly, open, unlimited, timeOff } = this.#hours
    const windows = relaxed.includes('hours') ? unlimited : relaxed.includes('override') ? weekly : open
    const { start, end } = this.#span
    return intersect([{ start, end }], relaxed.includes('timeOff') ? windows : subtract(windows, timeOff))
  }

  #busy(relaxed: readonly Rule[]): Interval[] {
    const buffers = relaxed.includes('buffer') ? NO_BUFFERS : this.#calendar
    const claims = relaxed.includes('claims') ? [] : this.#claims(buffers)
    return relaxed.includes('imported') ? claims : union([...claims, ...this.#calendar.imported])
  }

  /** When nothing may start. Without their interviews nobody has a full day either. */
  #closed(relaxed: readonly Rule[]): Interval[] {
    const limits = relaxed.includes('claims') ? [] : (['dayLimit', 'weekLimit'] as const)
    const rules = limits.filter(rule => !relaxed.includes(rule))
    return union([...rules.flatMap(rule => this.#fullDays(rule)), ...this.#tooSoon(relaxed)])
  }

  /** Of their interviews, widened by the buffers a new one would have: before it, and after it. */
  #claims({ bufferBeforeMinutes, bufferAfterMinutes }: Buffers = NO_BUFFERS): Interval[] {
    const claims = this.#calendar.interviews
      .filter(({ eventId }) => eventId !== this.#span.moving)
      .map(({ claim: { start, end } }) => ({
        start: start - bufferAfterMinutes * MINUTE,
        end: end + bufferBeforeMinutes * MINUTE,
      }))
    return union(claims)
  }

  #fullDays(rule: 'dayLimit' | 'weekLimit'): Interval[] {
    const load = this.#load()
    const [midnights, days] = rule === 'dayLimit' ? [load.fullDays(), 1] : [load.fullWeeks(), 7]
    const instantOf = (wall: number) => this.#clock.instantOf(wall)
    return union(midnights.map(from => ({ start: instantOf(from), end: instantOf(from + days * DAY) })))
  }

  #load(): Load {
    const { weekStartsOn, moving } = this.#span
    return (this.#ownLoad ??= new Load(this.#calendar, this.#clock, weekStartsOn, moving))
  }

  #tooSoon(relaxed: readonly Rule[] = []): Interval[] {
    const { start, notBefore, present } = this.#span
    const end = relaxed.includes('notice') ? present : notBefore
    return end > start ? [{ start, end }] : []
  }
}

type Buffers = Pick<Calendar, 'bufferBeforeMinutes' | 'bufferAfterMinutes'>
const NO_BUFFERS = { bufferBeforeMinutes: 0, bufferAfterMinutes: 0 }

/** Whole minutes that add up exactly: not each is rounded, but the sum up to each. `after` is what each rule leaves, in ms. */
function inMinutes(whole: number, after: readonly (readonly [Rule, number])[]): Account {
  const minutes: Record<Rule | 'free', number> = { ...NOTHING }
  let before = Math.round(whole / MINUTE)
  for (const [rule, left] of after) {
    const rounded = Math.round(left / MINUTE)
    minutes[rule] = before - rounded
    before = rounded
  }
  minutes.free = before
  return minutes
}
