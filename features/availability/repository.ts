import type { Queryable, SqlValue } from '../../db/database.ts'
import { fromJson } from '../../domain/sql.ts'
import { DEFAULT_AVAILABILITY, type Availability as Hours } from '../../domain/scheduling/availability.ts'
import type { Availability } from './schemas.ts'

/** The default hours apply when there is no row; their version and times are those of the interviewer. */
const FIND = `SELECT interviewers.id AS "interviewerId", interviewers.user_id AS "userId", interviewers.timezone,
    availability.weekly, availability.overrides, availability.time_off AS "timeOff", availability.travel,
    coalesce(availability.version, interviewers.version) AS version,
    coalesce(availability.created_at, interviewers.created_at) AS "createdAt",
    coalesce(availability.updated_at, interviewers.updated_at) AS "updatedAt"
  FROM interviewers LEFT JOIN availability ON availability.interviewer_id = interviewers.id
  WHERE interviewers.id = :interviewerId`
const INSERT = `INSERT INTO availability (interviewer_id, weekly, overrides, time_off, travel, version, created_at)
  VALUES (:interviewerId, :weekly, :overrides, :timeOff, :travel, :version + 1, :createdAt)`
const UPDATE = `UPDATE availability SET weekly = :weekly, overrides = :overrides, time_off = :timeOff, travel = :travel
  WHERE interviewer_id = :interviewerId AND version = :version`

type Columns<Value> = Readonly<Record<keyof Hours, Value>>
type Row = Omit<Availability, keyof Hours> & { readonly userId: string | null } & (Columns<string> | Columns<null>)

/** The hours of somebody, and the account that acts as them. */
export interface Kept {
  readonly availability: Availability
  readonly userId: string | null
  /** Whether they have ever said something. */
  readonly stated: boolean
}

export const availabilityRepository = (sql: Queryable) => ({
  find: async (interviewerId: string): Promise<Kept | undefined> => {
    const row = await sql.one<Row>(FIND, { interviewerId })
    return row && fromRow(row)
  },
  /** Writes the first row, under the version that follows. */
  insert: (availability: Availability) => sql.run(INSERT, toRow(availability)),
  /** Writes over the version it was read with; 0 changes when that is gone. */
  update: (availability: Availability) => sql.run(UPDATE, toRow(availability)),
})

function fromRow({ userId, ...row }: Row): Kept {
  if (row.weekly === null) return { availability: { ...row, ...DEFAULT_AVAILABILITY }, userId, stated: false }
  const hours: Hours = {
    weekly: fromJson(row.weekly),
    overrides: fromJson(row.overrides),
    timeOff: fromJson(row.timeOff),
    travel: fromJson(row.travel),
  }
  return { availability: { ...row, ...hours }, userId, stated: true }
}

function toRow({ interviewerId, version, createdAt, ...hours }: Availability): Record<string, SqlValue> {
  return {
    interviewerId,
    version,
    createdAt,
    weekly: JSON.stringify(hours.weekly),
    overrides: JSON.stringify(hours.overrides),
    timeOff: JSON.stringify(hours.timeOff),
    travel: JSON.stringify(hours.travel),
  }
}
