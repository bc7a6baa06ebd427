import createError from '@fastify/error'
import { DateTime } from 'luxon'
import type { Queryable, Transaction } from '../../db/database.ts'
import { detailed, ValidationError } from '../../plugins/errors.ts'
import { withLoad } from '../../domain/panels/busy-times.ts'
import type { CalendarRules } from '../../domain/panels/calendars.ts'
import { peopleByIds, type Bookable } from '../../domain/panels/people.ts'
import { FreeTime, type Obstacles } from '../../domain/scheduling/free-time.ts'
import type { Event } from '../../domain/interviews/schemas.ts'
import type { Warning } from './schemas.ts'

/**
 * The rules for booking people, other than that they are free, which claims see to. Staff may override a day off and a
 * limit, with a reason. Hours outside those that somebody gives only cause a warning.
 */

const InterviewerInactive = createError<[string]>('INTERVIEWER_INACTIVE', '%s', 409)
const TimeOff = createError<[string]>('TIME_OFF', '%s; to book anyway, send override with a reason', 409)
const LoadLimit = createError<[string]>('LOAD_LIMIT', '%s; to book anyway, send override with a reason', 409)

/** The people of a panel. Throws a ValidationError that names the field of an interviewer who does not exist. */
export async function peopleOf(
  sql: Queryable,
  panel: readonly { interviewerId: string }[],
  fieldOf = (seat: number) => `/panel/${seat}/interviewerId`,
): Promise<Bookable[]> {
  const ids = panel.map(({ interviewerId }) => interviewerId)
  const people = await peopleByIds(sql, ids)
  const known = new Set(people.map(({ id }) => id))
  for (const [seat, id] of ids.entries()) {
    if (!known.has(id)) throw new ValidationError(fieldOf(seat), id, 'no interviewer has this id')
  }
  return people
}

/** A booking that people have to be admitted to. */
export interface Admission {
  readonly event: Pick<Event, 'id' | 'startsAt' | 'endsAt'>
  readonly people: readonly Bookable[]
  /** Whether staff book in spite of days off and limits. */
  readonly override: boolean
}

/**
 * Throws an error that names everybody who cannot be booked. Returns a warning for everybody who is outside their
 * hours. The interview does not count against its own limit. Runs in the transaction that books, so that nobody else
 * books meanwhile.
 */
export async function admit(
  tx: Transaction,
  rules: CalendarRules,
  { event, people, override }: Admission,
): Promise<Warning[]> {
  refuseInactive(people)
  const span = { start: Date.parse(event.startsAt), end: Date.parse(event.endsAt) }
  const frame = { ...span, ...rules, notBefore: span.start, present: span.start, moving: event.id }
  const known = await withLoad(tx, people, span)
  const asked = known.map(person => ({ person, ...new FreeTime(person, frame).obstacles() }))
  if (!override) refuseObstacles(asked)
  return asked.filter(({ outsideHours }) => outsideHours).map(({ person }) => outsideHoursOf(person, event))
}

/** The people who are new to the panel; the others were admitted when they were booked. */
export function newcomers(
  people: readonly Bookable[],
  { panel }: { panel: readonly { interviewerId: string }[] },
): Bookable[] {
  const seated = new Set(panel.map(({ interviewerId }) => interviewerId))
  return people.filter(({ id }) => !seated.has(id))
}

function refuseInactive(people: readonly Bookable[]): void {
  const away = people.filter(({ status }) => status !== 'active')
  if (away.length === 0) return
  const sentence = away.map(({ name, status }) => `${name} is ${status}`).join('; ')
  const details = away.map(({ id, name, status }) => ({ interviewerId: id, name, status }))
  throw detailed(new InterviewerInactive(sentence), details)
}

function refuseObstacles(asked: readonly (Obstacles & { readonly person: Bookable })[]): void {
  const off = asked.flatMap(({ person: { id, name }, timeOff }) =>
    timeOff ? [{ interviewerId: id, name, ...timeOff }] : [],
  )
  if (off.length > 0) {
    const sentence = off.map(
      ({ name, from, to }) => `${name} is off ${from === to ? `on ${from}` : `from ${from} to ${to}`}`,
    )
    throw detailed(new TimeOff(sentence.join('; ')), off)
  }
  const full = asked.flatMap(({ person: { id, name }, limit }) =>
    limit ? [{ interviewerId: id, name, ...limit }] : [],
  )
  if (full.length > 0) {
    const sentence = full.map(
      ({ name, per, limit, count, date }) =>
        `${name} has ${count === 1 ? 'one interview' : `${count} interviews`} ${per === 'day' ? `on ${date}` : `in the week of ${date}`} and takes at most ${limit} a ${per}`,
    )
    throw detailed(new LoadLimit(sentence.join('; ')), full)
  }
}

function outsideHoursOf({ id, name, timezone }: Bookable, { startsAt, endsAt }: Admission['event']): Warning {
  const local = (at: string) => DateTime.fromISO(at, { zone: timezone })
  const time = `${local(startsAt).toFormat('yyyy-MM-dd HH:mm')} to ${local(endsAt).toFormat('HH:mm')} (${timezone})`
  return { code: 'OUTSIDE_HOURS', interviewerId: id, message: `${time} is outside the hours of ${name}` }
}
