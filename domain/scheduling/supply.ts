import type { Interval } from './intervals.ts'
import { Balance } from './matching.ts'

/** Somebody's possible starts, as ranges of indexes of a grid, with the kinds of seats they can take. */
export interface Offer {
  readonly kinds: number
  readonly ranges: readonly Interval[]
}

/** How many people of which kinds there are at each instant of a grid, and so where a panel can meet. */
export class SupplyOverTime {
  readonly #size: number
  readonly #seats: readonly number[]
  readonly #kinds: readonly number[]
  /** What changes at each instant, by kinds. */
  readonly #changes: readonly Int32Array[]
  readonly #changesAt: Uint8Array

  /** `seats` by kind. */
  constructor(size: number, seats: readonly number[], offers: readonly Offer[]) {
    this.#size = size
    this.#seats = seats
    this.#kinds = [...new Set(offers.map(({ kinds }) => kinds))]
    this.#changes = this.#kinds.map(() => new Int32Array(size + 1))
    this.#changesAt = new Uint8Array(size + 1)
    const changes = new Map(this.#kinds.map((kinds, index) => [kinds, this.#changes[index]]))
    for (const { kinds, ranges } of offers) {
      const own = changes.get(kinds) ?? new Int32Array(0)
      for (const { start, end } of ranges) {
        own[start] = (own[start] ?? 0) + 1
        own[end] = (own[end] ?? 0) - 1
        this.#changesAt[start] = this.#changesAt[end] = 1
      }
    }
  }

  /**
   * 1 at each instant at which a whole panel can be had, else 0; with `more` people than there are who can take these
   * `kinds`, or fewer when it is negative.
   */
  feasible(kinds = 0, more = 0): Uint8Array {
    const feasible = new Uint8Array(this.#size)
    const balance = new Balance(this.#seats)
    balance.addPeople(kinds, more)
    let hasPanel: 0 | 1 = balance.hasPanel() ? 1 : 0
    for (let at = 0; at < this.#size; at += 1) {
      if (this.#changesAt[at]) {
        for (let index = 0; index < this.#kinds.length; index += 1) {
          const change = this.#changes[index]?.[at] ?? 0
          if (change !== 0) balance.addPeople(this.#kinds[index] ?? 0, change)
        }
        hasPanel = balance.hasPanel() ? 1 : 0
      }
      feasible[at] = hasPanel
    }
    return feasible
  }
}
