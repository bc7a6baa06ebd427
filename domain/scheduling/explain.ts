import type { Calendar } from './calendar.ts'
import { RULES, type Account, type Rule } from './free-time.ts'
import { subtract, type Interval } from './intervals.ts'
import { remembered } from './remembered.ts'
import type { Work } from '../turns.ts'
import type { PanelSearch } from './search.ts'

/** What relaxing a rule would bring: so many more slots than there are. */
export interface Relaxation {
  readonly rule: Rule
  readonly slots: number
}

export interface PersonExplained {
  readonly id: string
  readonly name: string
  /** What each rule takes away and what is left; together the whole span. */
  readonly minutes: Account
  /** The rule of this person alone that would bring the most; undefined when none brings any. */
  readonly relaxation: Relaxation | undefined
  /** Why nobody knows when they are busy. */
  readonly problem: string | undefined
}

export interface Explanation {
  readonly people: readonly PersonExplained[]
  /** The rule that would bring the most if it were relaxed for everybody. */
  readonly relaxation: Relaxation | undefined
}

/** Why there are no more slots than there are: for everybody, where their time goes, and what would help. */
export function* explain(search: PanelSearch): Work<Explanation> {
  const gains = new Gains(search)
  const { people: eligible, relaxed } = search.question
  const people: PersonExplained[] = []
  const ofAll = new Map(RULES.map(rule => [rule, new Array<Ranges>()]))
  for (const [person, { calendar, kinds }] of eligible.entries()) {
    const { id, name, problem } = calendar
    const minutes = search.accountOf(person)
    const without = (rule: Rule) =>
      search.rangesOf(person, matters(rule, calendar, minutes, relaxed) ? rule : undefined)
    const ranges = new Map(RULES.map(rule => [rule, without(rule)]))
    for (const [rule, own] of ranges) ofAll.get(rule)?.push(own)
    const relaxation = best(
      new Map(RULES.map(rule => [rule, gains.of(kinds, search.rangesOf(person), ranges.get(rule) ?? [])])),
    )
    people.push({ id, name, problem, minutes, relaxation })
    yield
  }
  const slots = new Map<Rule, number>()
  for (const [rule, ranges] of ofAll) {
    slots.set(rule, gains.ofAll(ranges))
    yield
  }
  return { people, relaxation: best(slots) }
}

/**
 * Whether relaxing a rule could change anything. What takes no time away brings none back, unless another rule hides it:
 * one that is relaxed already, or a full day, which closes starts alone and which interviews fill from outside the hours.
 */
function matters(rule: Rule, calendar: Calendar, minutes: Account, relaxed: readonly Rule[] = []): boolean {
  if (minutes[rule] > 0 || relaxed.length > 0) return true
  // It may also give time, which is then lost.
  if (rule === 'override') return calendar.availability.overrides.length > 0
  return (rule === 'claims' || rule === 'buffer') && minutes.dayLimit + minutes.weekLimit > 0
}

/** When several rules would bring as much, the first is named; claims come last, because without them no day is full either. */
const IN_TURN: readonly Rule[] = [...RULES.filter(rule => rule !== 'claims'), 'claims']

function best(slotsOf: ReadonlyMap<Rule, number>): Relaxation | undefined {
  let most: Relaxation | undefined
  for (const rule of IN_TURN) {
    const slots = slotsOf.get(rule) ?? 0
    if (slots > (most?.slots ?? 0)) most = { rule, slots }
  }
  return most
}

type Ranges = readonly Interval[]

/** How many slots there would be more if people could start at other instants; negative for fewer. */
class Gains {
  readonly #search: PanelSearch
  readonly #feasible: Uint8Array
  /** How many instants would change up to each, by kinds, for one person more and one fewer. */
  readonly #changes = new Map<string, Int32Array>()

  constructor(search: PanelSearch) {
    this.#search = search
    this.#feasible = search.feasible()
  }

  /** If everybody could start in these ranges. */
  ofAll(ranges: readonly Ranges[]): number {
    const feasible = this.#search.feasible(ranges)
    return sum(feasible) - sum(this.#feasible)
  }

  /** If one who can take these kinds could start in other ranges than their own. */
  of(kinds: number, own: Ranges, other: Ranges): number {
    return this.#change(kinds, 1, subtract(other, own)) - this.#change(kinds, -1, subtract(own, other))
  }

  #change(kinds: number, more: 1 | -1, ranges: Ranges): number {
    if (ranges.length === 0) return 0
    const upTo = remembered(this.#changes, `${kinds} ${more}`, () => this.#changesWith(kinds, more))
    return ranges.reduce((changes, { start, end }) => changes + (upTo[end] ?? 0) - (upTo[start] ?? 0), 0)
  }

  #changesWith(kinds: number, more: 1 | -1): Int32Array {
    const other = this.#search.feasibleWith(kinds, more)
    const upTo = new Int32Array(other.length + 1)
    for (const [index, now] of this.#feasible.entries()) {
      upTo[index + 1] = (upTo[index] ?? 0) + (other[index] === now ? 0 : 1)
    }
    return upTo
  }
}

function sum(feasible: Uint8Array): number {
  return feasible.reduce((all, one) => all + one, 0)
}
