import { IANAZone } from 'luxon'
import { findIana } from 'windows-iana'
import { DAY } from '../scheduling/days.ts'
import type { Interval } from '../scheduling/intervals.ts'
import { ZoneClock, Zones } from '../scheduling/zones.ts'
import { Rule } from './recurrence.ts'
import { propertiesOf, shown, textOf, type Component, type Property } from './tree.ts'
import { UnreadableCalendar, type Steps } from './unreadable.ts'
import { wallOf, type Wall } from './wall-times.ts'

/** A clock is asked about a wall time of the span wherever it is shown, and what lies outside is cut off. */
const MARGIN = 4 * DAY
const YEAR = 366 * DAY
/** Making the clock of a zone takes as long as so many steps. */
const STEPS_OF_A_ZONE = 2_000
const OFFSET = /^([+-])(\d\d):(\d\d)(?::(\d\d))?$/

export const UTC = new ZoneClock([{ start: -Infinity, end: Infinity, offset: 0 }])

/** The clocks of one calendar, right for the wall times of a span. */
export class Clocks {
  readonly #own: ReadonlyMap<string, Component>
  readonly #owner: string
  readonly #span: Interval
  readonly #steps: Steps
  readonly #zones = new Zones()
  readonly #made = new Map<string, ZoneClock>()

  /** `owner` is the IANA zone of the owner of the calendar. */
  constructor(calendar: Component, owner: string, span: Interval, steps: Steps) {
    const zones = calendar.components.filter(({ name }) => name === 'vtimezone')
    this.#own = new Map(zones.map(zone => [textOf(zone, 'tzid') ?? '', zone]))
    this.#owner = owner
    this.#span = span
    this.#steps = steps
  }

  /** The clock of a time: UTC, a zone that it names, or without one, as for every date, that of the owner. */
  of({ isUtc, isDate }: Pick<Wall, 'isUtc' | 'isDate'>, { parameters }: Property): ZoneClock {
    const tzid = parameters.get('tzid')
    if (isUtc) return UTC
    return isDate || typeof tzid !== 'string' ? this.#iana(this.#owner) : this.#named(tzid)
  }

  /** The zone of the file itself comes first: it says what its times were written with. */
  #named(tzid: string): ZoneClock {
    const known = this.#made.get(tzid)
    if (known) return known
    this.#steps.take(STEPS_OF_A_ZONE)
    const own = this.#own.get(tzid)
    const changes = own ? own.components.flatMap(observance => this.#changesOf(observance)) : []
    const clock = changes.length > 0 ? clockOf(changes) : this.#iana(ianaName(tzid))
    this.#made.set(tzid, clock)
    return clock
  }

  #iana(name: string): ZoneClock {
    const key = `iana ${name}`
    const clock = this.#made.get(key) ?? this.#zones.clock(name, this.#span.start - MARGIN, this.#span.end + MARGIN)
    this.#made.set(key, clock)
    return clock
  }

  /** When a STANDARD or DAYLIGHT part begins (RFC 5545 §3.6.5), up to the end of the span. */
  #changesOf(observance: Component): Change[] {
    const [start] = propertiesOf(observance, 'dtstart')
    if (!start) return []
    const [before, offset] = [offsetOf(observance, 'tzoffsetfrom'), offsetOf(observance, 'tzoffsetto')]
    const first = wallOf(start.values[0]).wall
    const walls = [first]
    for (const { values } of propertiesOf(observance, 'rdate')) walls.push(...values.map(value => wallOf(value).wall))
    for (const property of propertiesOf(observance, 'rrule')) {
      const rule = new Rule(property)
      const until = rule.until ? rule.until.wall + (rule.until.isUtc ? before : 0) : Infinity
      // The last change that a rule makes holds for ever, and each makes one a year.
      const from = Math.min(until, this.#span.start) - 2 * YEAR
      const to = Math.min(until, this.#span.end + YEAR)
      for (const wall of rule.walls(first, { from, to }, this.#steps)) if (wall <= to) walls.push(wall)
    }
    return walls.map(wall => ({ at: wall - before, before, offset }))
  }
}

/** Offsets are in ms, positive east of UTC. */
interface Change {
  readonly at: number
  readonly before: number
  readonly offset: number
}

function clockOf(unordered: readonly Change[]): ZoneClock {
  const changes = [...unordered].sort((one, other) => one.at - other.at)
  const stretches = [{ start: -Infinity, end: changes[0]?.at ?? Infinity, offset: changes[0]?.before ?? 0 }]
  for (const [index, { at, offset }] of changes.entries()) {
    stretches.push({ start: at, end: changes[index + 1]?.at ?? Infinity, offset })
  }
  return new ZoneClock(stretches)
}

function offsetOf(observance: Component, name: string): number {
  const [whole, sign, hours, minutes, seconds] = OFFSET.exec(textOf(observance, name) ?? '') ?? []
  if (whole === undefined) throw new UnreadableCalendar('The calendar has a time zone without an offset.')
  const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds ?? 0)) * 1000
  return sign === '-' ? -offset : offset
}

/** Takes a name of IANA, one with a prefix (`/mozilla.org/20050126_1/Europe/Berlin`), or a name of Windows. */
function ianaName(tzid: string): string {
  const parts = tzid.startsWith('/') ? tzid.split('/').slice(-3) : []
  const names = [tzid, ...findIana(tzid).slice(0, 1), ...parts.map((_, index) => parts.slice(index).join('/'))]
  const name = names.find(candidate => IANAZone.isValidZone(candidate))
  if (name === undefined) throw new UnreadableCalendar(`The calendar uses an unknown time zone: “${shown(tzid)}”.`)
  return name
}
