import { LRUCache } from 'lru-cache'
import type { TableChanges } from '../../plugins/changes.ts'
import type { Bookable } from './people.ts'
import type { Interview } from '../scheduling/calendar.ts'
import type { Interval } from '../scheduling/intervals.ts'

/** About 100 bytes each. */
const INTERVIEWS_KEPT = 100_000
/** About 1 KB each. */
const PEOPLE_KEPT = 5_000

/** By subject; who has none may be missing. */
export type Interviews = ReadonlyMap<string, readonly Interview[]>

/** What is read of calendars again and again, as a coordinator looks for one panel after another. */
export interface CalendarMemory {
  /** Everybody who can be booked; `read` reads them. */
  people(read: () => Promise<readonly Bookable[]>): Promise<readonly Bookable[]>
  /** What takes the time of these subjects in a span; `read` reads it of some of them. */
  interviews(
    subjects: readonly string[],
    span: Interval,
    read: (subjects: readonly string[]) => Promise<Interviews>,
  ): Promise<Interviews>
}

/** Remembers nothing: within a transaction, where everything must be as it is there. */
export const NO_MEMORY: CalendarMemory = {
  people: read => read(),
  interviews: (subjects, _span, read) => read(subjects),
}

interface Kept<Value> {
  readonly value: Value
  /** How often its tables had changed before it was read. */
  readonly at: number
}

/**
 * Remembers what was read as long as the database says that its tables have not changed, by whichever program. What another
 * instance commits to PostgreSQL is noticed when the server has told of it, as it is by the cache of answers.
 */
export class KeptCalendars implements CalendarMemory {
  readonly #changes: TableChanges
  readonly #interviews = new LRUCache<string, Kept<readonly Interview[]>>({
    maxSize: INTERVIEWS_KEPT,
    sizeCalculation: ({ value }) => 1 + value.length,
  })
  #people: Kept<readonly Bookable[]> | undefined

  constructor(changes: TableChanges) {
    this.#changes = changes
  }

  async people(read: () => Promise<readonly Bookable[]>): Promise<readonly Bookable[]> {
    const at = this.#countOf('interviewers', 'availability')
    if (this.#people?.at === at) return this.#people.value
    const value = await read()
    if (value.length <= PEOPLE_KEPT) this.#people = { value, at }
    return value
  }

  async interviews(
    subjects: readonly string[],
    { start, end }: Interval,
    read: (subjects: readonly string[]) => Promise<Interviews>,
  ): Promise<Interviews> {
    const at = this.#countOf('claims')
    const keyOf = (subject: string) => `${subject} ${start} ${end}`
    const known = new Map<string, readonly Interview[]>()
    for (const subject of subjects) {
      const kept = this.#interviews.get(keyOf(subject))
      if (kept?.at === at) known.set(subject, kept.value)
    }
    const unknown = subjects.filter(subject => !known.has(subject))
    if (unknown.length === 0) return known
    const found = await read(unknown)
    for (const subject of unknown) {
      const value = found.get(subject) ?? []
      this.#interviews.set(keyOf(subject), { value, at })
      known.set(subject, value)
    }
    return known
  }

  /** How often these tables have changed, as the database says it now. */
  #countOf(...tables: readonly string[]): number {
    this.#changes.refresh()
    return this.#changes.countOf(tables)
  }
}
