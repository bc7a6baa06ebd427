// Bookings made at random, so close together that most of them are in each other's way.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '../../support/app.ts'

const STARTS_EVERY_MINUTES = 15
const LENGTHS = [15, 30, 45, 60, 90]
const CANDIDATES = 60

export interface Booking {
  /** No two bookings have the same one: by it an event is known again whose answer was lost. */
  readonly title: string
  readonly type: 'technical'
  readonly startsAt: string
  readonly durationMinutes: number
  readonly candidateEmail: string
  readonly panel: readonly { readonly interviewerId: string }[]
}

/** What came of a booking. The status is 0 when there was no answer. */
export interface Attempt {
  readonly booking: Booking
  readonly status: number
  readonly id?: string
  readonly code?: string
}

/** Bookings of three people each, within `days` from a day of 2026 on; their titles begin with `name`. */
export function* randomBookings(
  interviewers: readonly string[],
  name: string,
  total: number,
  { from = 1, days = 3 } = {},
): Generator<Booking> {
  for (let number = 0; number < total; number += 1) {
    const minutes = below((days * 24 * 60) / STARTS_EVERY_MINUTES) * STARTS_EVERY_MINUTES
    yield {
      title: `${name} ${number}`,
      type: 'technical',
      startsAt: new Date(Date.UTC(2026, 0, from, 0, minutes)).toISOString(),
      durationMinutes: LENGTHS[below(LENGTHS.length)] ?? 30,
      candidateEmail: `candidate${below(CANDIDATES)}@example.com`,
      panel: drawn(interviewers, 3).map(interviewerId => ({ interviewerId })),
    }
  }
}

/** Tries each of the bookings, so many at a time, and gives what came of them. Ends early once nobody answers. */
export async function attemptAll(
  bookings: Iterator<Booking>,
  parallel: number,
  book: (booking: Booking) => Promise<Answer>,
  told: (attempt: Attempt) => void = () => undefined,
): Promise<Attempt[]> {
  const attempts: Attempt[] = []
  const one = async () => {
    for (let next = bookings.next(); next.done !== true; next = bookings.next()) {
      const attempt = await attempted(next.value, book)
      attempts.push(attempt)
      told(attempt)
      if (attempt.status === 0) return
    }
  }
  await Promise.all(Array.from({ length: parallel }, one))
  return attempts
}

/** A machine that is too slow for what is asked of it says so, and is asked again. */
async function attempted(booking: Booking, book: (booking: Booking) => Promise<Answer>): Promise<Attempt> {
  try {
    for (;;) {
      const { status, body } = await book(booking)
      if (body.code !== 'UNDER_PRESSURE') return { booking, status, id: body.id, code: body.code }
      await sleep(500)
    }
  } catch {
    return { booking, status: 0 }
  }
}

function drawn(from: readonly string[], many: number): string[] {
  const left = [...from]
  return Array.from({ length: many }, () => left.splice(below(left.length), 1)[0] ?? '')
}

function below(limit: number): number {
  return Math.floor(Math.random() * limit)
}
