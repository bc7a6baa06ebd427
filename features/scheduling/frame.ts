import type { Availability } from './availability.ts'
import { DAY, daysBetween, type LocalDay } from './days.ts'
import { hoursOf, type Hours } from './hours.ts'
import type { Interval } from './intervals.ts'
import { WEEK_MARGIN } from './load-limits.ts'
import type { ZoneClock, Zones } from './zones.ts'

/** The clocks, days and hours of a span of time, each worked out once for all who share it: most have the same hours. */
export class Frame {
  readonly #span: Interval
  readonly #zones: Zones
  readonly #clocks = new Map<string, ZoneClock>()
  readonly #days = new Map<string, readonly LocalDay[]>()
  readonly #hours = new Map<string, Map<Availability, Hours>>()

  constructor(span: Interval, zones: Zones) {
    this.#span = span
    this.#zones = zones
  }

  /** Right for the span and for the weeks it touches. */
  clock(zone: string): ZoneClock {
    const { start, end } = this.#span
    return remembered(this.#clocks, zone, () => this.#zones.clock(zone, start - WEEK_MARGIN, end + WEEK_MARGIN))
  }

  /** The local days of the span, and two more on either side: a journey may bring a date on 26 hours earlier or later. */
  days(zone: string): readonly LocalDay[] {
    const { start, end } = this.#span
    const clock = this.clock(zone)
    return remembered(this.#days, zone, () => daysBetween(clock.wallOf(start) - 2 * DAY, clock.wallOf(end) + 2 * DAY))
  }

  /** The hours of these days for somebody of that zone. */
  hours(zone: string, availability: Availability): Hours {
    const ofZone = remembered(this.#hours, zone, () => new Map<Availability, Hours>())
    return remembered(ofZone, availability, () =>
      hoursOf(availability, this.days(zone), journey => this.clock(journey ?? zone)),
    )
  }
}

function remembered<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = known.get(key) ?? make()
  known.set(key, value)
  return value
}
