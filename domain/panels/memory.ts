import type { FastifyInstance } from 'fastify'
import type { TableChanges } from '../../plugins/changes.ts'
import { Remembered, type Reading } from '../../plugins/changes/remembered.ts'
import type { Bookable } from './people.ts'
import type { Interview } from '../scheduling/calendar.ts'
import type { Interval } from '../scheduling/intervals.ts'

/** Each takes about 100 bytes. */
const INTERVIEWS_KEPT = 100_000
/** Each takes about 1 KB. */
const PEOPLE_KEPT = 5_000

/** The interviews of each subject; one who has none may be missing. */
export type Interviews = ReadonlyMap<string, readonly Interview[]>

/** What is read of calendars again and again, while a coordinator looks for one panel after another. */
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

/** Remembers nothing, as within a transaction everything must be read there. */
export const NO_MEMORY: CalendarMemory = {
  people: read => read(),
  interviews: (subjects, _span, read) => read(subjects),
}

/**
 * Remembers what was read as long as the database says that its tables have not changed, by whichever program. What another
 * instance commits to PostgreSQL is noticed when the server has reported it, as it is by the cache of answers.
 */
export class KeptCalendars implements CalendarMemory {
  readonly #changes: TableChanges
  readonly #people: Remembered<readonly Bookable[]>
  readonly #interviews: Remembered<readonly Interview[]>

  constructor(app: Pick<FastifyInstance, 'changes' | 'log'>) {
    this.#changes = app.changes
    this.#people = new Remembered('people', app, { most: PEOPLE_KEPT, sizeOf: people => 1 + people.length })
    this.#interviews = new Remembered('interviews', app, {
      most: INTERVIEWS_KEPT,
      sizeOf: interviews => 1 + interviews.length,
    })
  }

  async people(read: () => Promise<readonly Bookable[]>): Promise<readonly Bookable[]> {
    const known = this.#people.get('everybody')
    if (known) return known
    const reading = this.#reading('interviewers', 'availability')
    const people = await read()
    this.#people.set('everybody', people, reading)
    return people
  }

  async interviews(
    subjects: readonly string[],
    { start, end }: Interval,
    read: (subjects: readonly string[]) => Promise<Interviews>,
  ): Promise<Interviews> {
    const keyOf = (subject: string) => `${subject} ${start} ${end}`
    const known = new Map<string, readonly Interview[]>()
    for (const subject of subjects) {
      const interviews = this.#interviews.get(keyOf(subject))
      if (interviews) known.set(subject, interviews)
    }
    const unknown = subjects.filter(subject => !known.has(subject))
    if (unknown.length === 0) return known
    const reading = this.#reading('claims')
    const found = await read(unknown)
    for (const subject of unknown) {
      const interviews = found.get(subject) ?? []
      this.#interviews.set(keyOf(subject), interviews, reading)
      known.set(subject, interviews)
    }
    return known
  }

  #reading(...tables: readonly string[]): Reading {
    return { tables, at: this.#changes.countOf(tables) }
  }
}
