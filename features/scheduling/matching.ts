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
    this.#needed = seats.reduce<number[]>((sums, count) => [...sums, ...sums.map(sum => sum + count)], [0])
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

export interface Choice<Ranked extends Place> {
  readonly seats: readonly number[]
  /** By person, the kinds they can take; 0 for none. */
  readonly kindsOf: readonly number[]
  /** By kind, its places for all who can take it, the one that should be given first first. */
  readonly ranked: readonly (readonly Ranked[])[]
  /** Whether one place should be given before another of another kind. */
  readonly isBefore: (one: Ranked, other: Ranked) => boolean
}

/**
 * A whole panel, the best place first: each goes to whoever comes first among those with whom a whole panel can still be
 * had. Undefined when there is none at all.
 */
export function seatBest<Ranked extends Place>(choice: Choice<Ranked>): Ranked[] | undefined {
  let open = choice.seats
  const free = new FreePeople(choice.kindsOf)
  if (!new Demand(open).canBeMet(free)) return undefined
  const queues = choice.ranked.map(places => new Queue(places))
  const given: Ranked[] = []
  while (open.some(count => count > 0)) {
    const place = firstOf(queues, open, free, choice.isBefore)
    if (!place) return undefined
    const left = open.map((count, kind) => (kind === place.kind ? count - 1 : count))
    free.seat(place.person)
    if (new Demand(left).canBeMet(free)) {
      open = left
      given.push(place)
    } else {
      // Without this person another kind would be short of people, and that will not change as more are seated.
      free.unseat(place.person)
      queues[place.kind]?.skip()
    }
  }
  return given
}

/** The people who have no seat yet. */
class FreePeople implements Supply {
  readonly kinds: readonly number[]
  readonly people: Int32Array
  readonly #kindsOf: readonly number[]
  readonly #seated = new Set<number>()

  constructor(kindsOf: readonly number[]) {
    this.#kindsOf = kindsOf
    this.kinds = [...new Set(kindsOf)]
    this.people = new Int32Array(this.kinds.length)
    for (const kinds of kindsOf) this.#add(kinds, 1)
  }

  has(person: number): boolean {
    return !this.#seated.has(person) && (this.#kindsOf[person] ?? 0) !== 0
  }

  seat(person: number): void {
    this.#seated.add(person)
    this.#add(this.#kindsOf[person] ?? 0, -1)
  }

  unseat(person: number): void {
    this.#seated.delete(person)
    this.#add(this.#kindsOf[person] ?? 0, 1)
  }

  #add(kinds: number, people: number): void {
    const index = this.kinds.indexOf(kinds)
    this.people[index] = (this.people[index] ?? 0) + people
  }
}

/** The places of one kind, in order. */
class Queue<Ranked extends Place> {
  readonly #places: readonly Ranked[]
  #next = 0

  constructor(places: readonly Ranked[]) {
    this.#places = places
  }

  /** The next one of somebody who has no seat yet. */
  first(free: FreePeople): Ranked | undefined {
    for (; this.#next < this.#places.length; this.#next += 1) {
      const place = this.#places[this.#next]
      if (place && free.has(place.person)) return place
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
  free: FreePeople,
  isBefore: Choice<Ranked>['isBefore'],
): Ranked | undefined {
  let best: Ranked | undefined
  for (const [kind, queue] of queues.entries()) {
    const place = open[kind] ? queue.first(free) : undefined
    if (place && (!best || isBefore(place, best))) best = place
  }
  return best
}
