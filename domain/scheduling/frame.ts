import type { Availability } from './availability.ts'
import { DAY, daysBetween, type LocalDay } from './days.ts'
import { hoursOf, type Hours } from './hours.ts'
import { intersect, subtract, type Interval } from './intervals.ts'
import { WEEK_MARGIN } from './load-limits.ts'
import { remembered } from './remembered.ts'
import type { ZoneClock, Zones } from './zones.ts'

/** Which of somebody's hours: with the days that are an exception, without them, or those days alone. */
type Kind = 'open' | 'weekly' | 'unlimited'

/** The clocks, days and hours of a span of time, each worked out once for all who share it: most have the same hours. */
export class Frame {
  readonly #span: Interval
  readonly #zones: Zones
  readonly #days: readonly LocalDay[]
  readonly #clocks = new Map<string, ZoneClock>()
  readonly #hours = new Map<string, Map<Availability, Hours>>()
  readonly #windows = new Map<Hours, Map<string, readonly Interval[]>>()

  constructor(span: Interval, zones: Zones) {
    this.#span = span
    this.#zones = zones
    // Wherever somebody is, the date is at most a day ahead or behind, and a journey may bring it on two days more.
    this.#days = daysBetween(span.start - 3 * DAY, span.end + 3 * DAY)
  }

  /** Right for the span and for the weeks it touches. */
  clock(zone: string): ZoneClock {
    const { start, end } = this.#span
    return remembered(this.#clocks, zone, () => this.#zones.clock(zone, start - WEEK_MARGIN, end + WEEK_MARGIN))
  }

  /** The hours of all its days for somebody of that zone. */
  hours(zone: string, availability: Availability): Hours {
    const ofZone = remembered(this.#hours, zone, () => new Map<Availability, Hours>())
    return remembered(ofZone, availability, () =>
      hoursOf(availability, this.#days, journey => this.clock(journey ?? zone)),
    )
  }

  /** The part of such hours that is in the span, with or without the time off. */
  windows(hours: Hours, kind: Kind, withTimeOff: boolean): readonly Interval[] {
    const ofHours = remembered(this.#windows, hours, () => new Map<string, readonly Interval[]>())
    return remembered(ofHours, `${kind} ${withTimeOff}`, () =>
      intersect([this.#span], withTimeOff ? hours[kind] : subtract(hours[kind], hours.timeOff)),
    )
  }
}
