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
  readonly #interviews = new Map<number, number>()
  readonly #joined: number
  readonly #away: readonly { readonly from: number; readonly to: number }[]

  constructor({ weight, interviews, joinedAt, availability }: Calendar) {
    this.weight = weight
    this.last = interviews.at(-1)?.startsAt ?? null
    for (const { startsAt } of interviews) {
      const day = Math.floor(startsAt / DAY)
      this.#interviews.set(day, this.on(day) + 1)
    }
    this.#joined = Math.floor(joinedAt / DAY)
    this.#away = availability.timeOff.map(({ from, to }) => ({
      from: Date.parse(from) / DAY,
      to: Date.parse(to) / DAY,
    }))
  }

  on(day: number): number {
    return this.#interviews.get(day) ?? 0
  }

  wasThere(day: number): boolean {
    return this.#joined <= day && !this.#away.some(({ from, to }) => from <= day && day <= to)
  }
}

/** The people who share the interviews of one kind, and whose turn it is. */
export class Pool {
  readonly #records: readonly Past[]

  constructor(calendars: readonly Calendar[]) {
    this.#records = calendars.map(calendar => new Past(calendar))
  }

  /** Scores are the same all day. */
  static dayOf(instant: number): number {
    return Math.floor(instant / DAY)
  }

  /** Everybody's score for an interview at this instant, in the order of the pool. */
  scores(at: number): Score[] {
    const last = Pool.dayOf(at)
    const days = Array.from({ length: ROLLING_DAYS }, (_, back) => last - back)
    const rates = new Map(days.map(day => [day, this.#rateOn(day)]))
    const terms = this.#records.map(record => {
      let [interviews, calibration] = [0, 0]
      for (const day of days) {
        interviews += record.on(day)
        if (!record.wasThere(day)) calibration += record.weight * (rates.get(day) ?? 0)
      }
      return { interviews, calibration, weight: record.weight, lastInterviewAt: record.last }
    })
    const all = terms.reduce((sum, { interviews, calibration }) => sum + interviews + calibration, 0)
    const weights = terms.reduce((sum, { weight }) => sum + weight, 0)
    return terms.map(term => {
      const target = (all * term.weight) / weights
      return { ...term, target, shortfall: target - (term.interviews + term.calibration) }
    })
  }

  /** What those who were there had on a day, for each unit of weight: what the others averaged. */
  #rateOn(day: number): number {
    let [interviews, weights] = [0, 0]
    for (const record of this.#records) {
      if (!record.wasThere(day)) continue
      interviews += record.on(day)
      weights += record.weight
    }
    return weights === 0 ? 0 : interviews / weights
  }
}

/** Negative when the first comes first: greatest shortfall, then longest since the last interview, then id. */
export function inTurn(one: { score: Score; id: string }, other: { score: Score; id: string }): number {
  const more = other.score.shortfall - one.score.shortfall
  if (Math.abs(more) > SAME) return more
  const longer = (one.score.lastInterviewAt ?? -Infinity) - (other.score.lastInterviewAt ?? -Infinity)
  if (longer < 0 || longer > 0) return longer // of two that never had any the difference is not a number
  return one.id < other.id ? -1 : 1
}
