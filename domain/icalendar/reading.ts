import ICAL from 'ical.js'
import { isList } from '../lists/fields.ts'
import { DAY } from '../scheduling/days.ts'
import { intersect, union, type Interval } from '../scheduling/intervals.ts'
import type { ZoneClock } from '../scheduling/zones.ts'
import { Clocks } from './clocks.ts'
import { Rule } from './recurrence.ts'
import { calendarsIn, propertiesOf, textOf, wordOf, type Component, type Property } from './tree.ts'
import { reading, Steps, UnreadableCalendar } from './unreadable.ts'
import { wallOf } from './wall-times.ts'

export { UnreadableCalendar } from './unreadable.ts'

const MOST_INSTANCES = 50_000
/** A wall time is at most so far from the instant it is shown at; the clocks know a little more of the past and future. */
const MARGIN = 2 * DAY

export interface Owner {
  /** IANA name: of all-day events and of times without a zone. */
  readonly timezone: string
  /** What is asked about, [from, to) in ms since 1970. */
  readonly from: number
  readonly to: number
}

/**
 * When a calendar (RFC 5545) says that its owner is busy: a list, as in intervals.ts, within [from, to). Events that are
 * transparent or cancelled are free. Tentative ones are busy: who may be somewhere else is not offered. All-day events
 * take the owner's local days. Instances of one series last as long by the wall clock: 22:00 to 06:00 stays that in the
 * night the clocks change.
 *
 * Throws UnreadableCalendar for what is no calendar and for one that would take too much work: never is somebody free
 * because their calendar was not understood.
 */
export function busyTimes(text: string, { timezone, from, to }: Owner): Interval[] {
  return reading(() => {
    const steps = new Steps()
    const span = { start: from, end: to }
    const instances = new Instances(span)
    for (const calendar of calendarsIn(text)) {
      if (calendar.name !== 'vcalendar') continue
      new Reader(calendar, new Clocks(calendar, timezone, span, steps), span, steps).addTo(instances)
    }
    return instances.list()
  })
}

/** The busy times that were found, so many and no more. */
class Instances {
  readonly #span: Interval
  readonly #found: Interval[] = []
  #seen = 0

  constructor(span: Interval) {
    this.#span = span
  }

  add(interval: Interval): void {
    this.#seen += 1
    if (this.#seen > MOST_INSTANCES) throw new UnreadableCalendar('The calendar has more than 50,000 busy times.')
    this.#found.push(interval)
  }

  list(): Interval[] {
    return intersect([this.#span], union(this.#found))
  }
}

/** A wall time and the clock that shows it. */
interface Moment {
  readonly wall: number
  readonly clock: ZoneClock
  readonly isDate: boolean
}

/** How the end is found from the start: so much wall time later on a clock, and then so many ms. */
interface Length {
  readonly wall: number
  readonly clock: ZoneClock
  readonly exact: number
}

/** What is left out of a series: instants, and the midnights of whole days. */
interface Exceptions {
  readonly instants: Set<number>
  readonly days: Set<number>
}

class Reader {
  readonly #calendar: Component
  readonly #clocks: Clocks
  readonly #span: Interval
  readonly #steps: Steps

  constructor(calendar: Component, clocks: Clocks, span: Interval, steps: Steps) {
    this.#calendar = calendar
    this.#clocks = clocks
    this.#span = span
    this.#steps = steps
  }

  addTo(instances: Instances): void {
    const { components } = this.#calendar
    const events = components.filter(({ name }) => name === 'vevent')
    const replaced = this.#replacedByUid(events)
    for (const event of events) {
      if (isFree(event)) continue
      const start = this.#startOf(event)
      const length = this.#lengthOf(event, start)
      if (propertiesOf(event, 'recurrence-id').length > 0) this.#add(start, length, instances)
      else this.#addSeries(event, start, length, replaced.get(textOf(event, 'uid') ?? ''), instances)
    }
    for (const component of components) if (component.name === 'vfreebusy') this.#addPeriods(component, instances)
  }

  /** The instances that have an event of their own, moved or cancelled, by the UID of their series. */
  #replacedByUid(events: readonly Component[]): Map<string, Exceptions> {
    const replaced = new Map<string, Exceptions>()
    for (const event of events) {
      for (const property of propertiesOf(event, 'recurrence-id')) {
        if (property.parameters.has('range')) {
          throw new UnreadableCalendar('The calendar changes a series from one instance on, which is not supported.')
        }
        const uid = textOf(event, 'uid') ?? ''
        const exceptions = replaced.get(uid) ?? { instants: new Set(), days: new Set() }
        this.#except(property, exceptions)
        replaced.set(uid, exceptions)
      }
    }
    return replaced
  }

  #except(property: Property, { instants, days }: Exceptions): void {
    for (const { wall, clock, isDate } of this.#momentsOf(property)) {
      if (isDate) days.add(wall)
      else instants.add(clock.instantOf(wall))
    }
  }

  #startOf(event: Component): Moment {
    const [property] = propertiesOf(event, 'dtstart')
    const [start] = property ? this.#momentsOf(property) : []
    if (!start) throw new UnreadableCalendar('The calendar has an event without a start.')
    return start
  }

  #momentsOf(property: Property): Moment[] {
    this.#steps.take(property.values.length)
    return property.values.map(value => this.#momentOf(isList(value) ? value[0] : value, property))
  }

  #momentOf(value: unknown, property: Property): Moment {
    const written = wallOf(value)
    return { wall: written.wall, isDate: written.isDate, clock: this.#clocks.of(written, property) }
  }

  /** A day of an all-day event that says no more, and nothing of another. An end that is not after the start is none. */
  #lengthOf(event: Component, { wall, clock, isDate }: Moment): Length {
    const [end] = propertiesOf(event, 'dtend')
    const [duration] = propertiesOf(event, 'duration')
    if (end) {
      const moment = this.#momentOf(end.values[0], end)
      const length = moment.wall - wall
      return { wall: isDate && length <= 0 ? DAY : length, clock: moment.clock, exact: 0 }
    }
    if (duration) return lengthOf(duration.values[0], clock)
    return { wall: isDate ? DAY : 0, clock, exact: 0 }
  }

  #addSeries(event: Component, start: Moment, length: Length, replaced: Exceptions | undefined, instances: Instances) {
    const { instants, days } = replaced ?? { instants: new Set(), days: new Set() }
    const exceptions = { instants: new Set(instants), days: new Set(days) }
    for (const property of propertiesOf(event, 'exdate')) this.#except(property, exceptions)
    const isLeftOut = ({ wall, clock }: Moment) =>
      exceptions.days.has(Math.floor(wall / DAY) * DAY) || exceptions.instants.has(clock.instantOf(wall))

    if (!isLeftOut(start)) this.#add(start, length, instances)
    for (const property of propertiesOf(event, 'rrule')) {
      for (const wall of this.#wallsOf(new Rule(property), start, length)) {
        const instance = { ...start, wall }
        if (this.#matters(wall, length) && !isLeftOut(instance)) this.#add(instance, length, instances)
      }
    }
    for (const { at, length: own } of this.#dates(event, length)) if (!isLeftOut(at)) this.#add(at, own, instances)
  }

  /** What a series has besides its rule, each as long as the others or as its period says. */
  *#dates(event: Component, length: Length): Generator<{ readonly at: Moment; readonly length: Length }> {
    for (const property of propertiesOf(event, 'rdate')) {
      this.#steps.take(property.values.length)
      for (const value of property.values) {
        const [start, end] = isList(value) ? value : [value]
        const at = this.#momentOf(start, property)
        yield { at, length: end === undefined ? length : this.#lengthUntil(end, at, property) }
      }
    }
  }

  /** The wall times of a series up to the end of the span. The start is one of them, whatever the rule says. */
  *#wallsOf(rule: Rule, start: Moment, length: Length): Generator<number> {
    const { until } = rule
    const last = until ? lastOf(until, start) : Infinity
    const earliest = this.#span.start - MARGIN - length.wall - length.exact
    if (last < earliest) return
    const to = Math.min(last, this.#span.end + MARGIN)
    for (const wall of rule.walls(start.wall, { from: earliest, to }, this.#steps)) {
      if (wall > to) return
      if (wall > start.wall) yield wall
    }
  }

  #matters(wall: number, length: Length): boolean {
    return wall + length.wall + length.exact + MARGIN > this.#span.start && wall - MARGIN < this.#span.end
  }

  #add({ wall, clock }: Moment, length: Length, instances: Instances): void {
    if (!this.#matters(wall, length)) return
    const end = length.clock.instantOf(wall + length.wall) + length.exact
    instances.add({ start: clock.instantOf(wall), end })
  }

  #addPeriods(freeBusy: Component, instances: Instances): void {
    for (const property of propertiesOf(freeBusy, 'freebusy')) {
      const type = property.parameters.get('fbtype')
      if (typeof type === 'string' && type.toUpperCase() === 'FREE') continue
      for (const period of property.values) {
        const [at, end] = isList(period) ? period : []
        const start = this.#momentOf(at, property)
        this.#add(start, this.#lengthUntil(end, start, property), instances)
      }
    }
  }

  /** Reads a period (RFC 5545 §3.3.9), whose end is a time or a duration. */
  #lengthUntil(end: unknown, start: Moment, property: Property): Length {
    if (ICAL.Duration.isValueString(String(end))) return lengthOf(end, start.clock)
    const moment = this.#momentOf(end, property)
    return { wall: moment.wall - start.wall, clock: moment.clock, exact: 0 }
  }
}

/** Weeks and days are of the calendar, hours and less are exact (RFC 5545 §3.3.6). */
function lengthOf(written: unknown, clock: ZoneClock): Length {
  const { isNegative, weeks, days, hours, minutes, seconds } = ICAL.Duration.fromString(String(written))
  if (isNegative) return { wall: 0, clock, exact: 0 }
  return { wall: (weeks * 7 + days) * DAY, clock, exact: ((hours * 60 + minutes) * 60 + seconds) * 1000 }
}

/** The last wall time of a series; a date takes the whole of its day in. */
function lastOf({ wall, isDate, isUtc }: NonNullable<Rule['until']>, { clock }: Moment): number {
  if (isUtc) return clock.wallOf(wall)
  return isDate ? wall + DAY - 1 : wall
}

function isFree(event: Component): boolean {
  return wordOf(event, 'transp') === 'TRANSPARENT' || wordOf(event, 'status') === 'CANCELLED'
}
