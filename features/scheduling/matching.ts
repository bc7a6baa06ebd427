/**
 * Who sits where. A panel has seats of several kinds, so many of each; everybody can take some of the kinds, written as
 * the bits of a number, and one seat at most. Whether a whole panel can be seated is exact, not first come: a greedy
 * pick misses panels that exist.
 */

/** How many kinds of seats one search may have: every set of kinds is looked at. */
export const MOST_KINDS = 8

/** How many people there are, by the kinds they can take: two lists of one length. */
export interface Supply {
  readonly kinds: readonly number[]
  readonly people: ArrayLike<number>
}

/** Seats by kind, as a question: is there a panel? */
export class Demand {
  /** By set of kinds, how many seats they have together. */
  readonly #needed: readonly number[]

  constructor(seats: readonly number[]) {
    this.#needed = Array.from({ length: 1 << seats.length }, (_, set) =>
      seats.reduce((sum, count, kind) => (set & (1 << kind) ? sum + count : sum), 0),
    )
  }

  /**
   * Hall's theorem (P. Hall, On Representatives of Subsets, 1935): there is a panel exactly if, for every set of kinds,
   * at least as many people can take one of them as they have seats.
   */
  canBeMet({ kinds, people }: Supply): boolean {
    for (let set = 1; set < this.#needed.length; set += 1) {
      let able = 0
      for (let index = 0; index < kinds.length; index += 1) if ((kinds[index] ?? 0) & set) able += people[index] ?? 0
      if (able < (this.#needed[set] ?? 0)) return false
    }
    return true
  }
}

/** Somebody for a seat of a kind; both are indexes. */
export interface Place {
  readonly kind: number
  readonly person: number
}

export interface Choice {
  readonly seats: readonly number[]
  /** By person, the kinds they can take; 0 for none. */
  readonly kindsOf: readonly number[]
  /** By kind, the people who can take it, the one who should come first first. */
  readonly ranked: readonly (readonly number[])[]
  /** Whether one place should be given before another of another kind. */
  readonly isBefore: (one: Place, other: Place) => boolean
}

/**
 * A whole panel, the best place first: each goes to whoever comes first among those with whom a whole panel can still be
 * had. Undefined when there is none at all.
 */
export function seatBest({ seats, kindsOf, ranked, isBefore }: Choice): Place[] | undefined {
  let open = [...seats]
  const free = [...kindsOf]
  if (!canBeSeated(open, free)) return undefined
  const queues = ranked.map(people => new Queue(people))
  const places: Place[] = []
  while (open.some(count => count > 0)) {
    const place = firstOf(queues, open, free, isBefore)
    if (!place) return undefined
    const { kind, person } = place
    const left = open.map((count, other) => (other === kind ? count - 1 : count))
    const kinds = free[person] ?? 0
    free[person] = 0
    if (canBeSeated(left, free)) {
      open = left
      places.push(place)
    } else {
      // Without this person another kind would be short of people, and that will not change as more are seated.
      free[person] = kinds
      queues[kind]?.skip()
    }
  }
  return places
}

/** Who wants a seat of one kind, in order. */
class Queue {
  readonly #people: readonly number[]
  #next = 0

  constructor(people: readonly number[]) {
    this.#people = people
  }

  /** The next one who has no seat yet. */
  first(free: readonly number[]): number | undefined {
    for (; this.#next < this.#people.length; this.#next += 1) {
      const person = this.#people[this.#next]
      if (person !== undefined && free[person]) return person
    }
    return undefined
  }

  skip(): void {
    this.#next += 1
  }
}

function firstOf(
  queues: readonly Queue[],
  open: readonly number[],
  free: readonly number[],
  isBefore: Choice['isBefore'],
): Place | undefined {
  let best: Place | undefined
  for (const [kind, queue] of queues.entries()) {
    const person = open[kind] ? queue.first(free) : undefined
    if (person === undefined) continue
    const place = { kind, person }
    if (!best || isBefore(place, best)) best = place
  }
  return best
}

function canBeSeated(seats: readonly number[], kindsOf: readonly number[]): boolean {
  return new Demand(seats).canBeMet(supplyOf(kindsOf))
}

function supplyOf(kindsOf: readonly number[]): Supply {
  const counts = new Map<number, number>()
  for (const kinds of kindsOf) if (kinds) counts.set(kinds, (counts.get(kinds) ?? 0) + 1)
  return { kinds: [...counts.keys()], people: [...counts.values()] }
}
