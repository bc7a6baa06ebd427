// What must be true of a database whatever was done to it, looked at with plain SQL and a plain loop.
import { expect } from 'vitest'
import type { Database } from '../../../db/database.ts'
import type { Attempt, Booking } from './bookings.ts'

const OVERLAPPING = `SELECT a.subject, a.event_id AS "one", b.event_id AS "other" FROM claims a JOIN claims b
  ON a.subject = b.subject AND a.event_id < b.event_id AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at`
const EVENTS = `SELECT id, title,
    (SELECT COUNT(*) FROM claims WHERE event_id = events.id AND subject LIKE 'interviewer:%'
      AND starts_at = events.starts_at AND ends_at = events.ends_at) AS interviewers,
    (SELECT COUNT(*) FROM claims WHERE event_id = events.id AND subject = 'candidate:' || candidate_email
      AND starts_at = events.starts_at AND ends_at = events.ends_at) AS candidates,
    (SELECT COUNT(*) FROM event_panel WHERE event_id = events.id) AS seats,
    (SELECT COUNT(*) FROM audit_logs WHERE entity_id = events.id AND action = 'create') AS journal
  FROM events`
const TOTALS = `SELECT (SELECT COUNT(*) FROM claims) AS claims, (SELECT COUNT(*) FROM event_panel) AS seats,
  (SELECT COUNT(*) FROM audit_logs WHERE entity_type = 'event') AS journal`

interface EventRow {
  readonly id: string
  readonly title: string
}

/**
 * Nobody is booked twice; every event has its three seats, its claims and its one journal row; and after all that was
 * tried, what was answered 201 is there and what was refused is not. Gives how many were booked, refused and lost.
 */
export async function expectSound(database: Database, attempts: readonly Attempt[]) {
  if (database.engine === 'sqlite') {
    expect(await database.one('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' })
    expect(await database.many('PRAGMA foreign_key_check')).toEqual([])
  }
  expect(await database.many(OVERLAPPING)).toEqual([])
  const events = await database.many<EventRow>(EVENTS)
  const whole = { interviewers: 3, candidates: 1, seats: 3, journal: 1 }
  expect(events.filter(({ id, title, ...parts }) => JSON.stringify(parts) !== JSON.stringify(whole))).toEqual([])
  const total = events.length
  expect(await database.one(TOTALS)).toEqual({ claims: total * 4, seats: total * 3, journal: total })

  const titles = new Map(events.map(({ id, title }) => [title, id]))
  expect(titles.size).toBe(total)
  const booked = attempts.filter(({ status }) => status === 201)
  expect(booked.filter(({ booking, id }) => titles.get(booking.title) !== id)).toEqual([])
  const refused = attempts.filter(({ status }) => status >= 300)
  expect(refused.filter(({ booking }) => titles.has(booking.title))).toEqual([])
  const lost = attempts.filter(({ status }) => status === 0)
  const known = new Set([...booked, ...lost].map(({ booking }) => booking.title))
  expect([...titles.keys()].filter(title => !known.has(title))).toEqual([])
  return { booked: booked.length, refused: refused.length, lost: lost.length, there: total }
}

/** Every refusal was right: somebody in it sits in another event at that time. True while nothing was cancelled. */
export function expectNoneRefusedInVain(attempts: readonly Attempt[]): void {
  const booked = attempts.filter(({ status }) => status === 201)
  const refused = attempts.filter(({ status }) => status !== 201)
  expect([...new Set(refused.map(({ status, code }) => `${status} ${code}`))]).toEqual(['409 EVENT_OVERLAP'])
  const inVain = refused.filter(({ booking }) => !booked.some(other => inTheWay(other.booking, booking)))
  expect(inVain).toEqual([])
}

function inTheWay(one: Booking, other: Booking): boolean {
  return startOf(one) < endOf(other) && startOf(other) < endOf(one) && share(peopleOf(one), peopleOf(other))
}

function startOf({ startsAt }: Booking): number {
  return Date.parse(startsAt)
}

function endOf(booking: Booking): number {
  return startOf(booking) + booking.durationMinutes * 60_000
}

function peopleOf({ panel, candidateEmail }: Booking): string[] {
  return [candidateEmail, ...panel.map(({ interviewerId }) => interviewerId)]
}

function share(one: readonly string[], other: readonly string[]): boolean {
  return one.some(person => other.includes(person))
}
