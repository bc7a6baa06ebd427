import type { Weekday } from './availability.ts'
import type { Calendar } from './calendar.ts'
import { DAY, midnightOf, weekOf, type LocalDay } from './days.ts'
import type { ZoneClock } from './zones.ts'

/** A limit that somebody has reached: they have `count` interviews on that day, or in the week that begins with it. */
export interface ReachedLimit {
  readonly per: 'day' | 'week'
  readonly limit: number
  readonly count: number
  /** `YYYY-MM-DD` in the interviewer's own zone. */
  readonly date: string
}

/**
 * How much somebody sits in, by the date of its start in their own zone, wherever candidate, server and viewer are.
 * Search and booking both ask here.
 */
export class Load {
  readonly #perDay = new Map<number, number>()
  readonly #perWeek = new Map<number, number>()
  readonly #calendar: Calendar
  readonly #weekStartsOn: Weekday

  /** `clock` is that of the calendar's own zone. An event that is being moved is not counted. */
  constructor(calendar: Calendar, clock: ZoneClock, weekStartsOn: Weekday, moving?: string) {
    this.#calendar = calendar
    this.#weekStartsOn = weekStartsOn
    if (calendar.maxPerDay === null && calendar.maxPerWeek === null) return
    for (const { eventId, startsAt } of calendar.interviews) {
      if (eventId === moving) continue
      const day = midnightOf(clock.wallOf(startsAt))
      this.#perDay.set(day, (this.#perDay.get(day) ?? 0) + 1)
    }
    for (const [day, count] of this.#perDay) {
      const week = weekOf(day, weekStartsOn)
      this.#perWeek.set(week, (this.#perWeek.get(week) ?? 0) + count)
    }
  }

  /** The limit of this day that is reached: nothing more may start on it. */
  dayLimit({ midnight }: LocalDay): ReachedLimit | undefined {
    return reached('day', this.#calendar.maxPerDay, this.#perDay.get(midnight), midnight)
  }

  /** The midnights of the days whose limit is reached. */
  fullDays(): number[] {
    return fullOf(this.#calendar.maxPerDay, this.#perDay)
  }

  /** The midnights with which the weeks begin whose limit is reached. */
  fullWeeks(): number[] {
    return fullOf(this.#calendar.maxPerWeek, this.#perWeek)
  }

  /** The limit of its week that is reached. */
  weekLimit({ midnight }: LocalDay): ReachedLimit | undefined {
    const week = weekOf(midnight, this.#weekStartsOn)
    return reached('week', this.#calendar.maxPerWeek, this.#perWeek.get(week), week)
  }
}

/** A limit is at least 1, so that none is reached where nothing is. */
function fullOf(limit: number | null, counts: ReadonlyMap<number, number>): number[] {
  const full: number[] = []
  if (limit !== null) for (const [midnight, count] of counts) if (count >= limit) full.push(midnight)
  return full
}

function reached(
  per: ReachedLimit['per'],
  limit: number | null,
  count = 0,
  midnight: number,
): ReachedLimit | undefined {
  if (limit === null || count < limit) return undefined
  return { per, limit, count, date: new Date(midnight).toISOString().slice(0, 10) }
}

/** So far around a span of time interviews have to be known for its weeks to be counted whole. */
export const WEEK_MARGIN = 9 * DAY
