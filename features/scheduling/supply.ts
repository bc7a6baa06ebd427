import type { Interval } from './intervals.ts'
import type { Demand, Supply } from './matching.ts'

/** Somebody's possible starts, as ranges of indexes of a grid, with the kinds of seats they can take. */
export interface Offer {
  readonly kinds: number
  readonly ranges: readonly Interval[]
}

/** How many people of which kinds there are at each instant of a grid, and so where a panel can meet. */
export class SupplyOverTime {
  readonly #size: number
  readonly #demand: Demand
  readonly #kinds: readonly number[]
  /** By kinds, what changes at each instant. */
  readonly #changes: readonly Int32Array[]
  readonly #changesAt: Uint8Array

  constructor(size: number, demand: Demand, offers: readonly Offer[]) {
    this.#size = size
    this.#demand = demand
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
    const supply = {
      kinds: this.#kinds,
      people: this.#kinds.map(other => (other === kinds ? more : 0)),
    } satisfies Supply
    let canBeMet: 0 | 1 = 0
    for (let at = 0; at < this.#size; at += 1) {
      if (at === 0 || this.#changesAt[at]) {
        for (let index = 0; index < this.#kinds.length; index += 1) {
          supply.people[index] = (supply.people[index] ?? 0) + (this.#changes[index]?.[at] ?? 0)
        }
        canBeMet = this.#demand.canBeMet(supply) ? 1 : 0
      }
      feasible[at] = canBeMet
    }
    return feasible
  }
}
