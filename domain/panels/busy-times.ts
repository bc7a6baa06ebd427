import type { Queryable } from '../../db/database.ts'
import { candidateSubject, interviewerSubject, LONGEST_CLAIM_MINUTES } from '../interviews/subjects.ts'
import type { Calendar, Interview } from '../scheduling/calendar.ts'
import { DAY, MINUTE, wholeDays } from '../scheduling/days.ts'
import { ROLLING_DAYS } from '../scheduling/fairness.ts'
import { union, type Interval } from '../scheduling/intervals.ts'
import { WEEK_MARGIN } from '../scheduling/load-limits.ts'
import { NO_MEMORY, type CalendarMemory, type Interviews } from './memory.ts'

const AROUND = ({ dialect }: Queryable) => `FROM claims
  WHERE subject ${dialect.inList('subjects')} AND starts_at > :earliest AND starts_at < :latest`
const INTERVIEWS = (sql: Queryable) => `SELECT subject, event_id AS "eventId", starts_at AS "start", ends_at AS "end",
    buffer_before_minutes AS "bufferBeforeMinutes"
  ${AROUND(sql)} ORDER BY starts_at`
/**
 * One row a person, with the two instants and the buffer of each claim, one after the other: to make an object of each of
 * thousands of rows would take longer than all the rest of a search.
 */
const BUSY_TIMES = (sql: Queryable) => `SELECT subject,
    string_agg(starts_at || ends_at || buffer_before_minutes, ' ') AS claims
  ${AROUND(sql)} GROUP BY subject`
/** One row a person. What is read is right in one statement alone: a calendar may be read, or fail, between two. */
const IMPORTED = ({ dialect }: Queryable) => `SELECT calendars.interviewer_id AS id,
    min(CASE WHEN calendars.status <> 'ok' OR coalesce(calendars.expanded_until, '') < :latest THEN calendars.name || ': ' ||
      coalesce(calendars.problem, 'It is known until ' || calendars.expanded_until, 'It has not been read yet') END) AS problem,
    string_agg(busy.starts_at || busy.ends_at, '') AS busy
  FROM imported_calendars AS calendars LEFT JOIN imported_busy AS busy
    ON busy.calendar_id = calendars.id AND busy.ends_at > :earliest AND busy.starts_at < :latest
  WHERE calendars.interviewer_id ${dialect.inList('ids')}
  GROUP BY calendars.interviewer_id`

interface InterviewRow {
  readonly subject: string
  readonly eventId: string
  readonly start: string
  readonly end: string
  readonly bufferBeforeMinutes: number
}

/**
 * The same people with what takes their time in a span, and enough of what they sit in around it for all arithmetic.
 * What a memory knows is not read again, which is right only outside a transaction.
 */
export async function withBusyTimes<Person extends Calendar>(
  sql: Queryable,
  people: readonly Person[],
  span: Interval,
  memory = NO_MEMORY,
): Promise<Person[]> {
  const days = around(span, (ROLLING_DAYS + 1) * DAY)
  const interviews = await interviewsOf(sql, people.map(subjectOf), days, memory)
  const imported = await importedOf(sql, people, span)
  return people.map(person => ({
    ...person,
    interviews: interviews.get(subjectOf(person)) ?? [],
    ...imported.get(person.id),
  }))
}

/** The same people, with the interviews around a span of those who have limits: no more than booking them asks for. */
export async function withLoad<Person extends Calendar>(
  sql: Queryable,
  people: readonly Person[],
  span: Interval,
): Promise<readonly Person[]> {
  const limited = people.filter(({ maxPerDay, maxPerWeek }) => maxPerDay !== null || maxPerWeek !== null)
  if (limited.length === 0) return people
  const rows = await sql.many<InterviewRow>(INTERVIEWS(sql), bounds(limited.map(subjectOf), around(span, WEEK_MARGIN)))
  return people.map(person => ({
    ...person,
    interviews: rows.filter(({ subject }) => subject === subjectOf(person)).map(interviewFrom),
  }))
}

/** When a candidate, named by their address, is in interviews. */
export async function candidateBusyTimes(
  sql: Queryable,
  email: string,
  span: Interval,
  memory = NO_MEMORY,
): Promise<Interval[]> {
  const subject = candidateSubject(email)
  const interviews = await interviewsOf(sql, [subject], span, memory)
  return (interviews.get(subject) ?? []).map(({ claim }) => claim)
}

function subjectOf({ id }: Calendar): string {
  return interviewerSubject(id)
}

/** The span with so much before it, in ms, and the weeks it touches. */
function around({ start, end }: Interval, before: number): Interval {
  return { start: start - before, end: end + WEEK_MARGIN }
}

function bounds(subjects: readonly string[], { start, end }: Interval) {
  return {
    subjects: JSON.stringify(subjects),
    earliest: new Date(start - LONGEST_CLAIM_MINUTES * MINUTE).toISOString(),
    latest: new Date(end).toISOString(),
  }
}

/**
 * What takes the time of these subjects on the days of a span, in UTC: whole days, so that the next search for the same
 * days finds them remembered. The interviews do not say which event they belong to.
 */
function interviewsOf(
  sql: Queryable,
  subjects: readonly string[],
  span: Interval,
  memory: CalendarMemory,
): Promise<Interviews> {
  const days = wholeDays(span)
  return memory.interviews(subjects, days, async unknown => {
    const rows = await sql.many<{ subject: string; claims: string }>(BUSY_TIMES(sql), bounds(unknown, days))
    return new Map(rows.map(({ subject, claims }) => [subject, interviewsIn(claims)]))
  })
}

function interviewsIn(claims: string): Interview[] {
  const interviews: Interview[] = []
  const instantAt = instantReader()
  for (let at = 0; at < claims.length;) {
    const [start, end] = [instantAt(claims, at), instantAt(claims, at + INSTANT_LENGTH)]
    const buffer = at + 2 * INSTANT_LENGTH
    const space = claims.indexOf(' ', buffer)
    const next = space < 0 ? claims.length : space
    const startsAt = start + numberAt(claims, buffer, next) * MINUTE
    interviews.push({ eventId: '', startsAt, claim: { start, end } })
    at = next + 1
  }
  return interviews.sort((one, other) => one.startsAt - other.startsAt)
}

function interviewFrom({ eventId, start, end, bufferBeforeMinutes }: InterviewRow): Interview {
  const claim = { start: Date.parse(start), end: Date.parse(end) }
  return { eventId, startsAt: claim.start + bufferBeforeMinutes * MINUTE, claim }
}

type Imported = Pick<Calendar, 'imported' | 'problem'>

/** When the calendars of other programs say that these people are busy in a span, by their ids. */
async function importedOf(sql: Queryable, people: readonly Calendar[], span: Interval): Promise<Map<string, Imported>> {
  const rows = await sql.many<{ id: string; problem: string | null; busy: string | null }>(IMPORTED(sql), {
    ids: JSON.stringify(people.map(({ id }) => id)),
    earliest: new Date(span.start).toISOString(),
    latest: new Date(span.end).toISOString(),
  })
  return new Map(rows.map(({ id, problem, busy }) => [id, importedFrom(problem, busy ?? '', span)]))
}

/** Whose calendar is not known is never free. */
function importedFrom(problem: string | null, busy: string, span: Interval): Imported {
  if (problem !== null) return { imported: [span], problem }
  const intervals: Interval[] = []
  const instantAt = instantReader()
  for (let at = 0; at < busy.length; at += 2 * INSTANT_LENGTH) {
    intervals.push({ start: instantAt(busy, at), end: instantAt(busy, at + INSTANT_LENGTH) })
  }
  return { imported: union(intervals) }
}

/** How many characters an instant has in the one form that is stored. */
const INSTANT_LENGTH = '2026-03-02T09:00:00.000Z'.length
const ZERO = '0'.charCodeAt(0)

/**
 * Reads stored instants out of longer texts, in ms since 1970: there may be thousands, too many for strings of their own.
 * One after the other is mostly of the same day, whose beginning is not worked out again.
 */
function instantReader(): (text: string, at: number) => number {
  let [date, midnight] = [0, 0]
  return (text, at) => {
    const [year, month, day] = [
      numberAt(text, at, at + 4),
      numberAt(text, at + 5, at + 7),
      numberAt(text, at + 8, at + 10),
    ]
    const read = (year * 100 + month) * 100 + day
    if (read !== date) [date, midnight] = [read, Date.UTC(year, month - 1, day)]
    const minutes = numberAt(text, at + 11, at + 13) * 60 + numberAt(text, at + 14, at + 16)
    return midnight + (minutes * 60 + numberAt(text, at + 17, at + 19)) * 1000 + numberAt(text, at + 20, at + 23)
  }
}

/** The decimal number in text[from, to). */
function numberAt(text: string, from: number, to: number): number {
  let number = 0
  for (let index = from; index < to; index += 1) number = number * 10 + text.charCodeAt(index) - ZERO
  return number
}
