import fp from 'fastify-plugin'
import type { Queryable } from '../../db/database.ts'
import { KeptCalendars, NO_MEMORY, type CalendarMemory, type Interviews } from './memory.ts'
import type { InterviewerStatus } from './interviewer.ts'
import { candidateSubject, interviewerSubject, LONGEST_CLAIM_MINUTES } from '../interviews/subjects.ts'
import { fromJson } from '../sql.ts'
import { Explained, Score } from './answers.ts'
import { DEFAULT_AVAILABILITY, type Availability, type Weekday } from '../scheduling/availability.ts'
import type { Calendar, Interview } from '../scheduling/calendar.ts'
import { DAY, MINUTE, wholeDays } from '../scheduling/days.ts'
import { ROLLING_DAYS } from '../scheduling/fairness.ts'
import { union, type Interval } from '../scheduling/intervals.ts'
import { WEEK_MARGIN } from '../scheduling/load-limits.ts'
import { Zones } from '../scheduling/zones.ts'
import { INSTANT_LENGTH, instantReader, numberAt } from '../time.ts'

const PEOPLE = `SELECT interviewers.id, name, email, interviewers.timezone, status, skills, interview_types AS "interviewTypes",
    buffer_before_minutes AS "bufferBeforeMinutes", buffer_after_minutes AS "bufferAfterMinutes",
    max_per_day AS "maxPerDay", max_per_week AS "maxPerWeek", weight, interviewers.created_at AS "createdAt",
    availability.weekly, availability.overrides, availability.time_off AS "timeOff", availability.travel
  FROM interviewers LEFT JOIN availability ON availability.interviewer_id = interviewers.id`
const ACTIVE = `${PEOPLE} WHERE status = 'active' ORDER BY interviewers.id`
const BY_IDS = ({ dialect }: Queryable) => `${PEOPLE} WHERE interviewers.id ${dialect.inList('ids')}`
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

/** Somebody who interviews, as far as it matters for booking them. */
export interface Bookable extends Calendar {
  readonly email: string
  readonly status: InterviewerStatus
  readonly skills: readonly string[]
  readonly interviewTypes: readonly string[]
}

/** What all arithmetic with calendars shares. */
export interface CalendarRules {
  /** Remembers the clocks of zones, and is of use only as long as there is one. */
  readonly zones: Zones
  readonly weekStartsOn: Weekday
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly calendars: CalendarRules
    readonly calendarMemory: CalendarMemory
  }
}

export const calendarsPlugin = fp(
  async app => {
    for (const schema of [Score, Explained]) app.addSchema(schema)
    const { WEEK_STARTS_ON: weekStartsOn, CACHE_MAX_BYTES } = app.config
    app.decorate('calendars', { zones: new Zones(), weekStartsOn })
    app.decorate('calendarMemory', CACHE_MAX_BYTES === 0 ? NO_MEMORY : new KeptCalendars(app.changes))
  },
  { name: 'calendars', dependencies: ['config', 'changes'] },
)

type Column = 'weekly' | 'overrides' | 'timeOff' | 'travel'
type Row = Omit<Bookable, 'skills' | 'interviewTypes' | 'availability' | 'joinedAt' | 'interviews' | 'imported'> &
  Readonly<Record<'skills' | 'interviewTypes' | 'createdAt', string>> &
  Readonly<Record<Column, string | null>>

interface InterviewRow {
  readonly subject: string
  readonly eventId: string
  readonly start: string
  readonly end: string
  readonly bufferBeforeMinutes: number
}

export type CalendarStore = ReturnType<typeof calendarStore>

/** With a memory what it knows is not read again, which is right only outside a transaction. */
export const calendarStore = (sql: Queryable, memory = NO_MEMORY) => ({
  /** Everybody who can be booked, without their interviews. */
  active: (): Promise<readonly Bookable[]> => memory.people(async () => fromRows(await sql.many<Row>(ACTIVE))),

  /** Those of these ids that exist, in the order of the ids, without their interviews. */
  byIds: async (ids: readonly string[]): Promise<Bookable[]> => {
    const rows = await sql.many<Row>(BY_IDS(sql), { ids: JSON.stringify(ids) })
    const people = new Map(fromRows(rows).map(person => [person.id, person]))
    return ids.flatMap(id => people.get(id) ?? [])
  },

  /** The same people with what takes their time in a span, and enough of what they sit in around it for all arithmetic. */
  withBusyTimes: async <Person extends Calendar>(people: readonly Person[], span: Interval): Promise<Person[]> => {
    const interviews = await busyTimesOf({ sql, memory }, people.map(subjectOf), around(span, (ROLLING_DAYS + 1) * DAY))
    const imported = await importedOf(sql, people, span)
    return people.map(person => ({
      ...person,
      interviews: interviews.get(subjectOf(person)) ?? [],
      ...imported.get(person.id),
    }))
  },

  /** The same people, with the interviews around a span of those who have limits: no more than booking them asks for. */
  withLoad: async <Person extends Calendar>(people: readonly Person[], span: Interval): Promise<readonly Person[]> => {
    const limited = people.filter(({ maxPerDay, maxPerWeek }) => maxPerDay !== null || maxPerWeek !== null)
    if (limited.length === 0) return people
    const rows = await sql.many<InterviewRow>(
      INTERVIEWS(sql),
      bounds(limited.map(subjectOf), around(span, WEEK_MARGIN)),
    )
    return people.map(person => ({
      ...person,
      interviews: rows.filter(({ subject }) => subject === subjectOf(person)).map(interviewFrom),
    }))
  },

  /** When a candidate, by address, is in interviews. */
  candidate: async (email: string, span: Interval): Promise<Interval[]> => {
    const subject = candidateSubject(email)
    const interviews = await busyTimesOf({ sql, memory }, [subject], span)
    return (interviews.get(subject) ?? []).map(({ claim }) => claim)
  },
})

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
 * What takes the time of these subjects on the days of a span, in UTC: so who asks again a moment later asks for the same.
 * Which events it is of is not told.
 */
function busyTimesOf(
  { sql, memory }: { sql: Queryable; memory: CalendarMemory },
  subjects: readonly string[],
  span: Interval,
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

/** Field by field: to copy the rest of each row would take longer than the query. */
function fromRows(rows: readonly Row[]): Bookable[] {
  const availabilityOf = availabilities()
  return rows.map(row => ({
    id: row.id,
    name: row.name,
    email: row.email,
    timezone: row.timezone,
    status: row.status,
    skills: fromJson<string[]>(row.skills),
    interviewTypes: fromJson<string[]>(row.interviewTypes),
    bufferBeforeMinutes: row.bufferBeforeMinutes,
    bufferAfterMinutes: row.bufferAfterMinutes,
    maxPerDay: row.maxPerDay,
    maxPerWeek: row.maxPerWeek,
    weight: row.weight,
    joinedAt: Date.parse(row.createdAt),
    availability: availabilityOf([row.weekly, row.overrides, row.timeOff, row.travel]),
    interviews: [],
    imported: [],
  }))
}

/** The same text gives the same value, so that what follows from it is worked out once for all who share it. */
function availabilities(): (lists: readonly (string | null)[]) => Availability {
  const known = new Map<string, Availability>()
  return lists => {
    const [weekly, overrides, timeOff, travel] = lists
    // Those who have said nothing have no row.
    if (!weekly || !overrides || !timeOff || !travel) return DEFAULT_AVAILABILITY
    const key = lists.join('\n')
    const availability = known.get(key) ?? {
      weekly: fromJson<Availability['weekly']>(weekly),
      overrides: fromJson<Availability['overrides']>(overrides),
      timeOff: fromJson<Availability['timeOff']>(timeOff),
      travel: fromJson<Availability['travel']>(travel),
    }
    known.set(key, availability)
    return availability
  }
}
