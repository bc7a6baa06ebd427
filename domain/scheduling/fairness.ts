import type { Calendar } from './calendar.ts'
import { DAY } from './days.ts'

/** How many days the load of an interview is looked at over: up to and including its own, in UTC. */
export const ROLLING_DAYS = 28
/** What differs by less is the same: sums of fractions are not exact. */
const SAME = 1e-9

/** Why somebody is picked, term by term. */
export interface Score {
  /** Their share of all interviews of the pool: (N + ΣC) · weight / W. */
  readonly target: number
  /** How many they had. */
  readonly interviews: number
  /** What they would have had in the time in which they had not joined or were away. */
  readonly calibration: number
  readonly weight: number
  /** target − (interviews + calibration): who has the greatest comes first. */
  readonly shortfall: number
  /** Milliseconds since 1970; null when none is known. */
  readonly lastInterviewAt: number | null
}

/** What fairness asks of a calendar, by days since 1970 in UTC. */
export class Past {
  readonly weight: number
  readonly last: number | null
  /** The start of each interview, in order. */
  readonly #days: readonly number[]
  readonly #joined: number
  readonly #away: readonly { readonly from: number; readonly to: number }[]
  #latest: Rolling | undefined

  constructor({ weight, interviews, joinedAt, availability }: Calendar) {
    this.weight = weight
    this.last = interviews.at(-1)?.startsAt ?? null
    this.#days = interviews.map(({ startsAt }) => Math.floor(startsAt / DAY))
    this.#joined = Math.floor(joinedAt / DAY)
    this.#away = availability.timeOff.map(({ from, to }) => ({
      from: Date.parse(from) / DAY,
      to: Date.parse(to) / DAY,
    }))
  }

  /** The rolling days from this one on: how many interviews on each, and 1 for each that was missed. */
  rolling(first: number): Rolling {
    if (this.#latest?.first !== first) this.#latest = this.#rollingFrom(first)
    return this.#latest
  }

  #rollingFrom(first: number): Rolling {
    const [counts, missed] = [new Uint16Array(ROLLING_DAYS), new Uint8Array(ROLLING_DAYS)]
    let interviews = 0
    for (const day of this.#days) {
      if (day < first || day >= first + ROLLING_DAYS) continue
      counts[day - first] = (counts[day - first] ?? 0) + 1
      interviews += 1
    }
    missed.fill(1, 0, Math.max(0, this.#joined - first))
    for (const { from, to } of this.#away) missed.fill(1, Math.max(0, from - first), Math.max(0, to + 1 - first))
    return { first, weight: this.weight, interviews, counts, missed }
  }
}

interface Rolling {
  /** The first of its days. */
  readonly first: number
  readonly weight: number
  readonly interviews: number
  readonly counts: Uint16Array
  readonly missed: Uint8Array
}

/** The people who share the interviews of one kind, and whose turn it is. */
export class Pool {
  readonly #pasts: readonly Past[]

  /** Somebody who is in several pools has one past. */
  constructor(pasts: readonly Past[]) {
    this.#pasts = pasts
  }

  /** Scores are the same all day. */
  static dayOf(instant: number): number {
    return Math.floor(instant / DAY)
  }

  /** Everybody's score for an interview at this instant, in the order of the pool. */
  scores(at: number): Score[] {
    const first = Pool.dayOf(at) - ROLLING_DAYS + 1
    const rollings = this.#pasts.map(past => past.rolling(first))
    const rates = ratesOf(rollings)
    const calibrations = rollings.map(({ weight, missed }) => weight * missedOf(rates, missed))
    const all = sum(rollings.map(({ interviews }, index) => interviews + (calibrations[index] ?? 0)))
    const weights = sum(rollings.map(({ weight }) => weight))
    return rollings.map(({ weight, interviews }, index) => {
      const calibration = calibrations[index] ?? 0
      const target = (all * weight) / weights
      const shortfall = target - (interviews + calibration)
      return { target, interviews, calibration, weight, shortfall, lastInterviewAt: this.#pasts[index]?.last ?? null }
    })
  }
}

/** What those days averaged that somebody missed. */
function missedOf(rates: readonly number[], missed: Uint8Array): number {
  let sum = 0
  for (let day = 0; day < ROLLING_DAYS; day += 1) if (missed[day]) sum += rates[day] ?? 0
  return sum
}

/** What those who were there averaged each day, for each unit of weight. */
function ratesOf(rollings: readonly Rolling[]): number[] {
  return Array.from({ length: ROLLING_DAYS }, (_, day) => {
    let [interviews, weights] = [0, 0]
    for (const { weight, counts, missed } of rollings) {
      if (missed[day]) continue
      interviews += counts[day] ?? 0
      weights += weight
    }
    return weights === 0 ? 0 : interviews / weights
  })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0)
}

/** Negative when the first comes first: greatest shortfall, then longest since the last interview, then id. */
export function inTurn(one: { score: Score; id: string }, other: { score: Score; id: string }): number {
  const more = other.score.shortfall - one.score.shortfall
  if (Math.abs(more) > SAME) return more
  const longer = (one.score.lastInterviewAt ?? -Infinity) - (other.score.lastInterviewAt ?? -Infinity)
  if (longer < 0 || longer > 0) return longer // of two that never had any the difference is not a number
  return one.id < other.id ? -1 : 1
}
