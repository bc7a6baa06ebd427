import type { Queryable } from '../../db/database.ts'
import { fromJson } from '../sql.ts'
import { DEFAULT_AVAILABILITY, type Availability } from '../scheduling/availability.ts'
import type { Calendar } from '../scheduling/calendar.ts'
import type { InterviewerStatus } from './interviewer.ts'

const PEOPLE = `SELECT interviewers.id, name, email, interviewers.timezone, status, skills, interview_types AS "interviewTypes",
    buffer_before_minutes AS "bufferBeforeMinutes", buffer_after_minutes AS "bufferAfterMinutes",
    max_per_day AS "maxPerDay", max_per_week AS "maxPerWeek", weight, interviewers.created_at AS "createdAt",
    availability.weekly, availability.overrides, availability.time_off AS "timeOff", availability.travel
  FROM interviewers LEFT JOIN availability ON availability.interviewer_id = interviewers.id`
const ACTIVE = `${PEOPLE} WHERE status = 'active' ORDER BY interviewers.id`
const BY_IDS = ({ dialect }: Queryable) => `${PEOPLE} WHERE interviewers.id ${dialect.inList('ids')}`

/** Somebody who interviews, as far as it matters for booking them. */
export interface Bookable extends Calendar {
  readonly email: string
  readonly status: InterviewerStatus
  readonly skills: readonly string[]
  readonly interviewTypes: readonly string[]
}

type Column = 'weekly' | 'overrides' | 'timeOff' | 'travel'
type Row = Omit<Bookable, 'skills' | 'interviewTypes' | 'availability' | 'joinedAt' | 'interviews' | 'imported'> &
  Readonly<Record<'skills' | 'interviewTypes' | 'createdAt', string>> &
  Readonly<Record<Column, string | null>>

/** Everybody who can be booked, without their interviews. */
export async function activePeople(sql: Queryable): Promise<Bookable[]> {
  return fromRows(await sql.many<Row>(ACTIVE))
}

/** Those of these ids that exist, in the order of the ids, without their interviews. */
export async function peopleByIds(sql: Queryable, ids: readonly string[]): Promise<Bookable[]> {
  const rows = await sql.many<Row>(BY_IDS(sql), { ids: JSON.stringify(ids) })
  const people = new Map(fromRows(rows).map(person => [person.id, person]))
  return ids.flatMap(id => people.get(id) ?? [])
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
