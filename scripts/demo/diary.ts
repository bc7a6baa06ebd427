import type { Interviewer } from '../../features/interviewers/schemas.ts'
import { wallTimeAt } from './wall-clock.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** What somebody without a limit of their own is asked for. */
const FAIR_PER_DAY = 5
const WORK_BEGINS = 8 * 60
const WORK_ENDS = 19 * 60

/** An interview's time, in ms: [from, to). */
export interface Slot {
  readonly from: number
  readonly to: number
}

export type Attendee = Pick<
  Interviewer,
  'id' | 'timezone' | 'bufferBeforeMinutes' | 'bufferAfterMinutes' | 'maxPerDay' | 'maxPerWeek'
>

/** Whose time is taken, so that a plan asks nobody twice: buffers, limits a day and a week, and working hours counted. */
export class Diary {
  readonly #taken = new Map<string, Slot[]>()
  readonly #counts = new Map<string, number>()

  /** Whether somebody works at that time and can be had. */
  hasTime(person: Attendee, slot: Slot): boolean {
    const { day, minutes } = wallTimeAt(person.timezone, slot.from)
    const weekday = new Date(day).getUTCDay()
    const ends = minutes + (slot.to - slot.from) / MINUTE_MS
    if (weekday === 0 || weekday === 6 || minutes < WORK_BEGINS || ends > WORK_ENDS) return false
    if (this.#count(person, day) >= (person.maxPerDay ?? FAIR_PER_DAY)) return false
    if (this.#count(person, weekOf(day), 'week') >= (person.maxPerWeek ?? Infinity)) return false
    return this.isFree(person.id, widened(person, slot))
  }

  isFree(subject: string, slot: Slot): boolean {
    return (this.#taken.get(subject) ?? []).every(({ from, to }) => to <= slot.from || slot.to <= from)
  }

  book(person: Attendee, slot: Slot): void {
    this.take(person.id, widened(person, slot))
    const { day } = wallTimeAt(person.timezone, slot.from)
    this.#counts.set(keyOf(person, day), this.#count(person, day) + 1)
    this.#counts.set(keyOf(person, weekOf(day), 'week'), this.#count(person, weekOf(day), 'week') + 1)
  }

  take(subject: string, slot: Slot): void {
    const taken = this.#taken.get(subject) ?? []
    taken.push(slot)
    this.#taken.set(subject, taken)
  }

  #count(person: Attendee, start: number, span = 'day'): number {
    return this.#counts.get(keyOf(person, start, span)) ?? 0
  }
}

function widened({ bufferBeforeMinutes, bufferAfterMinutes }: Attendee, { from, to }: Slot): Slot {
  return { from: from - bufferBeforeMinutes * MINUTE_MS, to: to + bufferAfterMinutes * MINUTE_MS }
}

/** The Monday of a day's week. */
export function weekOf(day: number): number {
  return day - ((new Date(day).getUTCDay() + 6) % 7) * DAY_MS
}

function keyOf({ id }: Attendee, start: number, span = 'day'): string {
  return `${id} ${span} ${start}`
}
