import { minutesOf, type Availability, type Window } from './availability.ts'
import { DAY, MINUTE, type LocalDay } from './days.ts'
import { union, type Interval } from './intervals.ts'
import type { ZoneClock } from './zones.ts'

/** Somebody's days as stretches of time; each a list, as in intervals.ts. */
export interface Hours {
  /** The weekly hours, as if no day were an exception. */
  readonly weekly: Interval[]
  /** The hours with the days that are an exception. */
  readonly open: Interval[]
  /** The days that are no exception, whole, and the hours of those that are: what is left without weekly hours. */
  readonly unlimited: Interval[]
  readonly timeOff: Interval[]
  /** The same day by day, each with the absence it is of. */
  readonly daysOff: readonly DayOff[]
}

/** A whole day off. */
export interface DayOff extends Interval {
  readonly absence: Availability['timeOff'][number]
}

/**
 * The hours of these days. Every start and every end is converted by itself: a day may have 23 hours, and so may a
 * window from 00:00 to 24:00. A window whose end does not come after its start is none.
 */
export function hoursOf(
  availability: Availability,
  days: readonly LocalDay[],
  clockOf: (zone: string | undefined) => ZoneClock,
): Hours {
  const weekly = new Map<string, Interval[]>()
  for (const { weekday, ...window } of availability.weekly)
    weekly.set(weekday, [...(weekly.get(weekday) ?? []), sinceMidnight(window)])
  const overrides = new Map(availability.overrides.map(({ date, windows }) => [date, windows.map(sinceMidnight)]))
  const lists = { weekly: new Array<Interval>(), open: new Array<Interval>(), unlimited: new Array<Interval>() }
  const daysOff: DayOff[] = []
  for (const day of days) {
    const clock = clockOf(availability.travel.find(journey => within(journey, day))?.timezone)
    const usual = instantsOf(weekly.get(day.weekday) ?? [], day, clock)
    const exception = overrides.get(day.date)
    const actual = exception ? instantsOf(exception, day, clock) : usual
    lists.weekly.push(...usual)
    lists.open.push(...actual)
    lists.unlimited.push(...(exception ? actual : [wholeOf(day, clock)]))
    const absence = availability.timeOff.find(range => within(range, day))
    if (absence) daysOff.push({ ...wholeOf(day, clock), absence })
  }
  const { weekly: usual, open, unlimited } = lists
  return {
    weekly: union(usual),
    open: union(open),
    unlimited: union(unlimited),
    timeOff: union(daysOff),
    daysOff,
  }
}

/** The whole of a local day: 23 to 25 hours as a rule. */
export function wholeOf({ midnight }: LocalDay, clock: ZoneClock): Interval {
  return { start: clock.instantOf(midnight), end: clock.instantOf(midnight + DAY) }
}

/** Whether a date is in a range of dates, both ends included. */
function within({ from, to }: { readonly from: string; readonly to: string }, { date }: LocalDay): boolean {
  return from <= date && date <= to
}

/** Wall time since midnight, in ms. */
function sinceMidnight({ start, end }: Window): Interval {
  return { start: minutesOf(start) * MINUTE, end: minutesOf(end) * MINUTE }
}

function instantsOf(windows: readonly Interval[], { midnight }: LocalDay, clock: ZoneClock): Interval[] {
  const instants: Interval[] = []
  for (const window of windows) {
    const start = clock.instantOf(midnight + window.start)
    const end = clock.instantOf(midnight + window.end)
    if (start < end) instants.push({ start, end })
  }
  return instants
}
