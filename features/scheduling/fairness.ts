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
  /** In ms since 1970; null when none is known. */
  readonly lastInterviewAt: number | null
}

/** What fairness asks of a calendar, by days since 1970 in UTC. */
class Past {
  readonly weight: number
  readonly last: number | null
  /** Of each interview, in order. */
  readonly #days: readonly number[]
  readonly #joined: number
  readonly #away: readonly { readonly from: number; readonly to: number }[]

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

  /** How many interviews there were from one day to another, both included. */
  between(first: number, last: number): number {
    let interviews = 0
    for (const day of this.#days) if (first <= day && day <= last) interviews += 1
    return interviews
  }

  /** How many there were on each day from one to another that had any. */
  perDay(first: number, last: number): Map<number, number> {
    const counts = new Map<number, number>()
    for (const day of this.#days) if (first <= day && day <= last) counts.set(day, (counts.get(day) ?? 0) + 1)
    return counts
  }

  /** Of these days, those on which they had not joined or were away. */
  missing(days: readonly number[]): number[] {
    const first = days[0] ?? 0
    if (this.#joined <= first && this.#away.length === 0) return []
    return days.filter(day => day < this.#joined || this.#away.some(({ from, to }) => from <= day && day <= to))
  }
}

/** The people who share the interviews of one kind, and whose turn it is. */
export class Pool {
  readonly #pasts: readonly Past[]

  constructor(calendars: readonly Calendar[]) {
    this.#pasts = calendars.map(calendar => new Past(calendar))
  }

  /** Scores are the same all day. */
  static dayOf(instant: number): number {
    return Math.floor(instant / DAY)
  }

  /** Everybody's score for an interview at this instant, in the order of the pool. */
  scores(at: number): Score[] {
    const last = Pool.dayOf(at)
    const days = Array.from({ length: ROLLING_DAYS }, (_, index) => last - ROLLING_DAYS + 1 + index)
    const missing = this.#pasts.map(past => past.missing(days))
    const rates = this.#rates(days, missing)
    const terms = this.#pasts.map((past, index) => {
      const interviews = past.between(days[0] ?? last, last)
      const calibration = past.weight * sum((missing[index] ?? []).map(day => rates.get(day) ?? 0))
      return { interviews, calibration, weight: past.weight, lastInterviewAt: past.last }
    })
    const all = sum(terms.map(({ interviews, calibration }) => interviews + calibration))
    const weights = sum(terms.map(({ weight }) => weight))
    return terms.map(term => {
      const target = (all * term.weight) / weights
      return { ...term, target, shortfall: target - (term.interviews + term.calibration) }
    })
  }

  /** By day, what those who were there had for each unit of weight: what they averaged. Only if somebody missed any. */
  #rates(days: readonly number[], missing: readonly (readonly number[])[]): Map<number, number> {
    if (missing.every(missed => missed.length === 0)) return new Map()
    const [first = 0, last = 0] = [days[0], days.at(-1)]
    const there = new Map(days.map(day => [day, { interviews: 0, weights: 0 }]))
    for (const [index, past] of this.#pasts.entries()) {
      const [missed, counts] = [new Set(missing[index]), past.perDay(first, last)]
      for (const [day, sums] of there) {
        if (missed.has(day)) continue
        sums.interviews += counts.get(day) ?? 0
        sums.weights += past.weight
      }
    }
    return new Map([...there].map(([day, { interviews, weights }]) => [day, weights === 0 ? 0 : interviews / weights]))
  }
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
