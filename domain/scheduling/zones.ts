import { IANAZone } from 'luxon'
import { LRUCache } from 'lru-cache'

const SECOND = 1_000
const HOUR = 3_600 * SECOND
const DAY = 24 * HOUR
/** No zone changes its offset twice within a week; where one pauses summer time, for Ramadan, it does so for longer. */
const PROBE = 7 * DAY
/** The offsets of one zone in one year take about 200 bytes. */
const YEARS_KEPT = 4_000
/** The clocks that are furthest ahead of and behind UTC, with an hour to spare. */
const FURTHEST_AHEAD = 15 * HOUR
const FURTHEST_BEHIND = 13 * HOUR

/** A stretch of time with one offset, [start, end). Offsets are in ms, positive east of UTC. */
interface Stretch {
  readonly start: number
  readonly end: number
  readonly offset: number
}

/** The clock of one zone over a span of time. A wall time is given as the instant at which a clock in UTC shows it. */
export class ZoneClock {
  readonly #stretches: readonly Stretch[]

  constructor(stretches: readonly Stretch[]) {
    this.#stretches = stretches
  }

  /** What the clock shows at an instant. */
  wallOf(at: number): number {
    return at + this.#offsetAt(at)
  }

  /**
   * The instant of a wall time (RFC 5545 §3.3.5): of a time that occurs twice the first, and one that does not exist is
   * read with the offset before the gap.
   */
  instantOf(wall: number): number {
    const before = this.#offsetAt(wall - FURTHEST_AHEAD)
    const first = wall - before
    if (this.#offsetAt(first) === before) return first
    const second = wall - this.#offsetAt(wall + FURTHEST_BEHIND)
    return this.wallOf(second) === wall ? second : first
  }

  /** The instants of [from, to) at which the clock shows a multiple of `step` ms past midnight, in order. */
  multiplesOf(step: number, from: number, to: number): number[] {
    const instants: number[] = []
    for (const { start, end, offset } of this.#stretches) {
      const [first, last] = [Math.max(start, from), Math.min(end, to)]
      for (let at = Math.ceil((first + offset) / step) * step - offset; at < last; at += step) instants.push(at)
    }
    return instants
  }

  #offsetAt(at: number): number {
    for (const { end, offset } of this.#stretches) if (at < end) return offset
    return this.#stretches.at(-1)?.offset ?? 0
  }
}

/** The clocks of all zones, out of luxon; it is slow to ask, so that what it said is kept by zone and year. */
export class Zones {
  readonly #years = new LRUCache<string, readonly Stretch[]>({ max: YEARS_KEPT })

  /** The clock of an IANA zone, right for every wall time of [from, to] and two days around it. */
  clock(zone: string, from: number, to: number): ZoneClock {
    const stretches: Stretch[] = []
    const last = new Date(to + 2 * DAY).getUTCFullYear()
    for (let year = new Date(from - 2 * DAY).getUTCFullYear(); year <= last; year += 1) {
      stretches.push(...this.#yearOf(zone, year))
    }
    return new ZoneClock(stretches)
  }

  #yearOf(name: string, year: number): readonly Stretch[] {
    const key = `${year} ${name}`
    const known = this.#years.get(key) ?? stretchesOf(IANAZone.create(name), Date.UTC(year, 0), Date.UTC(year + 1, 0))
    this.#years.set(key, known)
    return known
  }
}

function stretchesOf(zone: IANAZone, from: number, to: number): Stretch[] {
  const stretches: Stretch[] = []
  let start = from
  let offset = offsetOf(zone, from)
  for (let at = from; at < to; at += PROBE) {
    const end = Math.min(at + PROBE, to)
    if (offsetOf(zone, end) === offset) continue
    const change = changeBetween(zone, at, end)
    if (change > start) stretches.push({ start, end: change, offset })
    start = change
    offset = offsetOf(zone, change)
  }
  if (start < to) stretches.push({ start, end: to, offset })
  return stretches
}

/** To the second, by halving. */
function changeBetween(zone: IANAZone, from: number, to: number): number {
  const before = offsetOf(zone, from)
  let [low, high] = [from, to]
  while (high - low > SECOND) {
    const middle = Math.floor((low + high) / 2 / SECOND) * SECOND
    if (offsetOf(zone, middle) === before) low = middle
    else high = middle
  }
  return high
}

function offsetOf(zone: IANAZone, at: number): number {
  return Math.round(zone.offset(at) * 60) * SECOND
}
