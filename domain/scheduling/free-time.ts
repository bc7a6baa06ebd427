import type { Availability, Weekday } from './availability.ts'
import type { Calendar } from './calendar.ts'
import { DAY, dayOf, MINUTE } from './days.ts'
import { Frame } from './frame.ts'
import type { Hours } from './hours.ts'
import { covers, intersect, lengthOf, overlaps, subtract, union, type Interval } from './intervals.ts'
import { Load, type ReachedLimit } from './load-limits.ts'
import type { ZoneClock, Zones } from './zones.ts'

/** What takes time away from somebody, in the order in which it counts: each minute is taken by the first that does. */
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
  readonly #frame: Frame
  readonly #calendar: Calendar
  readonly #hours: Hours
  readonly #clock: ZoneClock
  #ownLoad: Load | undefined

  /** `frame` is that of the span, given when many are asked about the same. */
  constructor(calendar: Calendar, span: Span, frame = new Frame(span, span.zones)) {
    const { timezone, availability } = calendar
    this.#span = span
    this.#frame = frame
    this.#calendar = calendar
    this.#clock = frame.clock(timezone)
    this.#hours = frame.hours(timezone, availability)
  }

  /** When an interview of this length, in ms, may start, as if the relaxed rules were not there: [first, last + 1) each. */
  starts(length: number, relaxed: readonly Rule[] = []): Interval[] {
    return subtract(startsIn(this.windows(relaxed), length), union(this.closed(length, relaxed)))
  }

  /** The hours in which an interview may take place, whatever else does: one list for all who share these hours. */
  windows(relaxed: readonly Rule[] = []): readonly Interval[] {
    const kind = relaxed.includes('hours') ? 'unlimited' : relaxed.includes('override') ? 'weekly' : 'open'
    return this.#frame.windows(this.#hours, kind, relaxed.includes('timeOff'))
  }

  /**
   * When one of this length, in ms, may not start for what else takes place, whatever the hours: [first, last + 1) each, in
   * no order. Without their interviews nobody has a full day either.
   */
  closed(length: number, relaxed: readonly Rule[] = []): Interval[] {
    const counts = (rule: Rule) => !relaxed.includes(rule)
    const closed = this.#tooSoon(relaxed)
    const close = ({ start, end }: Interval) => closed.push({ start: start - length + 1, end })
    if (counts('imported')) this.#calendar.imported.forEach(close)
    if (!counts('claims')) return closed
    this.#eachClaim(counts('buffer') ? this.#calendar : NO_BUFFERS, close)
    for (const rule of ['dayLimit', 'weekLimit'] as const) if (counts(rule)) closed.push(...this.#fullDays(rule))
    return closed
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
      claims: () => subtract(left, union(this.#claims())),
      imported: () => subtract(left, imported),
      dayLimit: () => subtract(left, union(this.#fullDays('dayLimit'))),
      weekLimit: () => subtract(left, union(this.#fullDays('weekLimit'))),
      buffer: () => subtract(left, union(this.#claims(this.#calendar))),
      notice: () => subtract(left, this.#tooSoon()),
    }
    const after = RULES.map(rule => {
      if (!relaxed.includes(rule)) left = steps[rule]()
      return [rule, lengthOf(left)] as const
    })
    return inMinutes(end - start, after)
  }

  /** Their interviews in the span, widened by the buffers a new one would have: before it, and after it. */
  #claims(buffers = NO_BUFFERS): Interval[] {
    const claims: Interval[] = []
    this.#eachClaim(buffers, claim => claims.push(claim))
    return claims
  }

  #eachClaim({ bufferBeforeMinutes, bufferAfterMinutes }: Buffers, tell: (claim: Interval) => void): void {
    const { moving, start: from, end: to } = this.#span
    for (const { eventId, claim } of this.#calendar.interviews) {
      const start = claim.start - bufferAfterMinutes * MINUTE
      const end = claim.end + bufferBeforeMinutes * MINUTE
      if (start < to && end > from && eventId !== moving) tell({ start, end })
    }
  }

  #fullDays(rule: 'dayLimit' | 'weekLimit'): Interval[] {
    const load = this.#load()
    const [midnights, days] = rule === 'dayLimit' ? [load.fullDays(), 1] : [load.fullWeeks(), 7]
    const instantOf = (wall: number) => this.#clock.instantOf(wall)
    return midnights.map(from => ({ start: instantOf(from), end: instantOf(from + days * DAY) }))
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

/** When something of this length, in ms, may start so that it ends within one of these windows: [first, last + 1) each. */
export function startsIn(windows: readonly Interval[], length: number): Interval[] {
  return windows
    .filter(({ start, end }) => end - start >= length)
    .map(({ start, end }) => ({ start, end: end - length + 1 }))
}

type Buffers = Pick<Calendar, 'bufferBeforeMinutes' | 'bufferAfterMinutes'>
const NO_BUFFERS: Buffers = { bufferBeforeMinutes: 0, bufferAfterMinutes: 0 }

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
