import type { Calendar } from './calendar.ts'
import { inTurn, Past, Pool, type Score } from './fairness.ts'
import { FreeTime, NOTHING, startsIn, type Account, type Rule, type Span } from './free-time.ts'
import { Frame } from './frame.ts'
import { includes, type Grid } from './grid.ts'
import { subtract, union, type Interval } from './intervals.ts'
import { seatBest, type Place } from './matching.ts'
import { remembered } from './remembered.ts'
import type { Work } from '../turns.ts'
import { SupplyOverTime, type Offer } from './supply.ts'

/** Somebody who can take a seat: which kinds, as the bits of a number. */
export interface Eligible {
  readonly calendar: Calendar
  readonly kinds: number
}

/** When shall a panel meet? Instants and lengths in ms. */
export interface Question {
  readonly span: Span
  /** The instants that come into question. */
  readonly grid: Grid
  readonly length: number
  /** How many seats there are of each kind. */
  readonly seats: readonly number[]
  readonly people: readonly Eligible[]
  /** When the candidate is in other interviews. */
  readonly candidate: readonly Interval[]
  /** Rules that do not count. */
  readonly relaxed?: readonly Rule[]
}

/** A place for somebody, with why it is theirs. */
export interface Seated extends Place {
  readonly id: string
  readonly score: Score
}

export interface PanelSlot {
  readonly start: number
  readonly end: number
  /** Those who are free for each kind, the one whose turn it is first. */
  readonly available: readonly (readonly Seated[])[]
  /** Who should sit where, by kind. */
  readonly panel: readonly Seated[]
}

/** Everybody's free time in a question, worked out once, and what follows from it. */
export class PanelSearch {
  readonly question: Question
  readonly #frame: Frame
  readonly #freeTimes = new Map<number, FreeTime>()
  /** What follows from windows, which many people share. */
  readonly #starts = new Map<readonly Interval[], Interval[]>()
  readonly #ranges = new Map<number, Interval[]>()
  readonly #candidate: readonly Interval[]
  #ownSupply: SupplyOverTime | undefined
  readonly #turns: Turns

  constructor(question: Question) {
    const { people, span, grid, length, seats, candidate } = question
    this.question = question
    this.#frame = new Frame(span, span.zones)
    this.#candidate = grid.ranges(union(candidate.map(({ start, end }) => ({ start: start - length + 1, end }))))
    this.#turns = new Turns(people, seats.length)
  }

  /** The first slots in which a whole panel can meet, each with the fairest one. */
  *slots(limit: number): Work<PanelSlot[]> {
    for (const person of this.question.people.keys()) {
      this.rangesOf(person)
      yield
    }
    const feasible = this.feasible()
    const slots: PanelSlot[] = []
    for (
      let index = feasible.indexOf(1);
      index !== -1 && slots.length < limit;
      index = feasible.indexOf(1, index + 1)
    ) {
      const slot = this.#slotAt(index)
      if (slot) slots.push(slot)
      yield
    }
    return slots
  }

  /** 1 at each instant of the grid at which a whole panel can meet, else 0; if people could start in other `ranges`. */
  feasible(ranges?: readonly (readonly Interval[])[]): Uint8Array {
    return this.#withCandidate((ranges ? this.#supplyOf(ranges) : this.#supply()).feasible())
  }

  /** The same with one more, or one fewer, who can take these kinds. */
  feasibleWith(kinds: number, more: 1 | -1): Uint8Array {
    return this.#withCandidate(this.#supply().feasible(kinds, more))
  }

  /** The ranges of the grid in which one of the people can start, with a rule relaxed when it is given. */
  rangesOf(person: number, relaxed?: Rule): readonly Interval[] {
    if (!relaxed) return remembered(this.#ranges, person, () => this.#rangesIn(person))
    return this.#rangesIn(person, relaxed)
  }

  /** How many minutes each rule takes of one of the people. */
  accountOf(person: number): Account {
    return this.#freeTimeOf(person)?.account(this.question.relaxed) ?? NOTHING
  }

  /** As the free time's own starts would be, without asking of each what all with the same hours have in common. */
  #rangesIn(person: number, alsoRelaxed?: Rule): Interval[] {
    const free = this.#freeTimeOf(person)
    if (!free) return []
    const { grid, length, relaxed: ofAll = [] } = this.question
    const relaxed = alsoRelaxed ? [...ofAll, alsoRelaxed] : ofAll
    const windows = free.windows(relaxed)
    const starts = remembered(this.#starts, windows, () => grid.ranges(startsIn(windows, length)))
    return subtract(starts, union(grid.ranges(free.closed(length, relaxed))))
  }

  #freeTimeOf(person: number): FreeTime | undefined {
    const { people, span } = this.question
    const calendar = people[person]?.calendar
    return calendar && remembered(this.#freeTimes, person, () => new FreeTime(calendar, span, this.#frame))
  }

  #supply(): SupplyOverTime {
    return (this.#ownSupply ??= this.#supplyOf(this.question.people.map((_, person) => this.rangesOf(person))))
  }

  #supplyOf(ranges: readonly (readonly Interval[])[]): SupplyOverTime {
    const { grid, people, seats } = this.question
    const offers = people.map(({ kinds }, person): Offer => ({ kinds, ranges: ranges[person] ?? [] }))
    return new SupplyOverTime(grid.instants.length, seats, offers)
  }

  #withCandidate(feasible: Uint8Array): Uint8Array {
    for (const { start, end } of this.#candidate) feasible.fill(0, start, end)
    return feasible
  }

  #slotAt(index: number): PanelSlot | undefined {
    const { people, grid, length, seats } = this.question
    const start = grid.instants[index] ?? 0
    const kindsOf = people.map(({ kinds }, person) => (includes(this.rangesOf(person), index) ? kinds : 0))
    const available = this.#turns.at(start).map(order => order.filter(({ person }) => kindsOf[person]))
    const isBefore = (one: Seated, other: Seated) => inTurn(one, other) < 0
    const panel = seatBest({ seats, kindsOf, ranked: available, isBefore })?.sort((one, other) => one.kind - other.kind)
    return panel && { start, end: start + length, available, panel }
  }
}

/** Somebody with what fairness knows of them. */
interface Member {
  readonly person: number
  readonly id: string
  readonly past: Past
}

/** Whose turn it is, kind by kind. It is the same all day. */
class Turns {
  readonly #pools: readonly (readonly Member[])[]
  readonly #days = new Map<number, Seated[][]>()

  constructor(people: readonly Eligible[], kinds: number) {
    const members = people.map(({ calendar }, person) => ({ person, id: calendar.id, past: new Past(calendar) }))
    const canTake = (kind: number) => (_: Member, person: number) => ((people[person]?.kinds ?? 0) & (1 << kind)) !== 0
    this.#pools = Array.from({ length: kinds }, (_, kind) => members.filter(canTake(kind)))
  }

  at(instant: number): Seated[][] {
    return remembered(this.#days, Pool.dayOf(instant), () =>
      this.#pools.map((members, kind) => inOrder(members, kind, instant)),
    )
  }
}

function inOrder(members: readonly Member[], kind: number, instant: number): Seated[] {
  const scores = new Pool(members.map(({ past }) => past)).scores(instant)
  const seated = members.flatMap(({ person, id }, index): Seated[] => {
    const score = scores[index]
    return score ? [{ kind, person, id, score }] : []
  })
  return seated.sort(inTurn)
}
