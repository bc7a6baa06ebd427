import type { Availability } from './availability.ts'
import type { Interval } from './intervals.ts'

/** Everything about somebody that decides when they can be booked. */
export interface Calendar {
  readonly id: string
  readonly name: string
  readonly timezone: string
  readonly bufferBeforeMinutes: number
  readonly bufferAfterMinutes: number
  /** null: no limit. */
  readonly maxPerDay: number | null
  readonly maxPerWeek: number | null
  /** Their share of the load; 100 is a full one. */
  readonly weight: number
  /** Milliseconds since 1970. */
  readonly joinedAt: number
  readonly availability: Availability
  /** Those that hold their time: of every kind, scheduled, completed or no-show. In the order of their start. */
  readonly interviews: readonly Interview[]
  /** When calendars of other programs say that they are busy. A list, as in intervals.ts. */
  readonly imported: readonly Interval[]
  /** Why nobody knows when they are busy, in a sentence: then they are, all the time. */
  readonly problem?: string
}

export interface Interview {
  readonly eventId: string
  /** Milliseconds since 1970. */
  readonly startsAt: number
  /** The time it takes of this person, with the buffers they had when it was booked. */
  readonly claim: Interval
}
