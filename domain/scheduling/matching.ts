/**
 * Who sits where. A panel has seats of several kinds, so many of each; everybody can take some of the kinds, written as
 * the bits of a number, and one seat at most. Whether a whole panel can be seated is exact, not first come: a greedy
 * pick misses panels that exist.
 */

/** How many kinds of seats one search may have: every set of kinds is looked at. */
export const MOST_KINDS = 8

/**
 * Seats, and the people there are for them. By Hall's theorem (P. Hall, On Representatives of Subsets, 1935) there is a
 * panel exactly if, for every set of kinds, at least as many people can take one of them as they have seats.
 */
export class Balance {
  /** How many more people than seats there are, by set of kinds. */
  readonly #spare: Int32Array

  constructor(seats: readonly number[]) {
    this.#spare = new Int32Array(1 << seats.length)
    for (const [kind, count] of seats.entries()) this.addSeats(kind, count)
  }

  /** So many seats more of a kind, or fewer when it is negative: a seat uses up one who can take its kind alone. */
  addSeats(kind: number, count: number): void {
    this.addPeople(1 << kind, -count)
  }

  /** So many people more who can take these kinds, or fewer when it is negative. */
  addPeople(kinds: number, count: number): void {
    for (let set = 1; set < this.#spare.length; set += 1) {
      if (set & kinds) this.#spare[set] = (this.#spare[set] ?? 0) + count
    }
  }

  hasPanel(): boolean {
    for (let set = 1; set < this.#spare.length; set += 1) if ((this.#spare[set] ?? 0) < 0) return false
    return true
  }
}

/** Somebody for a seat of a kind; both are indexes. */
export interface Place {
  readonly kind: number
  readonly person: number
}

export interface Choice<Ranked extends Place> {
  readonly seats: readonly number[]
  /** The kinds that each person can take; 0 for none. */
  readonly kindsOf: readonly number[]
  /** The places of each kind for all who can take it, the one to be given first at the front. */
  readonly ranked: readonly (readonly Ranked[])[]
  /** Whether one place should be given before another of another kind. */
  readonly isBefore: (one: Ranked, other: Ranked) => boolean
}

/**
 * A whole panel, the best place first: each goes to whoever comes first among those with whom a whole panel can still be
 * had. Undefined when there is none at all.
 */
export function seatBest<Ranked extends Place>({
  seats,
  kindsOf,
  ranked,
  isBefore,
}: Choice<Ranked>): Ranked[] | undefined {
  const balance = new Balance(seats)
  for (const [kinds, count] of countsOf(kindsOf)) balance.addPeople(kinds, count)
  if (!balance.hasPanel()) return undefined
  const open = [...seats]
  const seated = new Set<number>()
  const isFree = ({ person }: Place) => !seated.has(person) && (kindsOf[person] ?? 0) !== 0
  const queues = ranked.map(places => new Queue(places, isFree))
  const given: Ranked[] = []
  while (open.some(count => count > 0)) {
    const place = firstOf(queues, open, isBefore)
    if (!place) return undefined
    const { kind, person } = place
    const count = (change: 1 | -1) => {
      balance.addSeats(kind, change)
      balance.addPeople(kindsOf[person] ?? 0, change)
    }
    count(-1)
    if (balance.hasPanel()) {
      seated.add(person)
      open[kind] = (open[kind] ?? 0) - 1
      given.push(place)
    } else {
      // Without this person another kind would be short of people, and that will not change as more are seated.
      count(1)
      queues[kind]?.skip()
    }
  }
  return given
}

/** How many people there are of each set of kinds. */
function countsOf(kindsOf: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const kinds of kindsOf) counts.set(kinds, (counts.get(kinds) ?? 0) + 1)
  return counts
}

/** The places of one kind, in order. */
class Queue<Ranked extends Place> {
  readonly #places: readonly Ranked[]
  readonly #isFree: (place: Place) => boolean
  #next = 0

  constructor(places: readonly Ranked[], isFree: (place: Place) => boolean) {
    this.#places = places
    this.#isFree = isFree
  }

  /** The next one of somebody who has no seat yet. */
  first(): Ranked | undefined {
    for (; this.#next < this.#places.length; this.#next += 1) {
      const place = this.#places[this.#next]
      if (place && this.#isFree(place)) return place
    }
    return undefined
  }

  skip(): void {
    this.#next += 1
  }
}

function firstOf<Ranked extends Place>(
  queues: readonly Queue<Ranked>[],
  open: readonly number[],
  isBefore: Choice<Ranked>['isBefore'],
): Ranked | undefined {
  let best: Ranked | undefined
  for (const [kind, queue] of queues.entries()) {
    const place = open[kind] ? queue.first() : undefined
    if (place && (!best || isBefore(place, best))) best = place
  }
  return best
}
