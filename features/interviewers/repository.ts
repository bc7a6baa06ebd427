import type { Queryable, SqlValue } from '../../db/database.ts'
import { fromJson } from '../../domain/sql.ts'
import { when, wholeList, type Filter, type Listing } from '../../domain/lists/keyset.ts'
import { page, type Page } from '../../domain/lists/page.ts'
import type { Interviewer, InterviewerExportQuery, InterviewerQuery } from './schemas.ts'

const COLUMNS = `id, name, email, title, department, skills, interview_types AS "interviewTypes", timezone, status,
  buffer_before_minutes AS "bufferBeforeMinutes", buffer_after_minutes AS "bufferAfterMinutes",
  max_per_day AS "maxPerDay", max_per_week AS "maxPerWeek", weight, user_id AS "userId",
  version, created_at AS "createdAt", updated_at AS "updatedAt"`
const FIND = `SELECT ${COLUMNS} FROM interviewers WHERE id = :id`
const FIND_ALL = ({ dialect }: Queryable) => `SELECT ${COLUMNS} FROM interviewers WHERE id ${dialect.inList('ids')}`
const FIND_BY_EMAILS = ({ dialect }: Queryable) =>
  `SELECT ${COLUMNS} FROM interviewers WHERE lower(email) ${dialect.inList('emails')}`
const INSERT = `INSERT INTO interviewers (id, name, email, title, department, skills, interview_types, timezone, status,
    buffer_before_minutes, buffer_after_minutes, max_per_day, max_per_week, weight, user_id)
  VALUES (:id, :name, :email, :title, :department, :skills, :interviewTypes, :timezone, :status,
    :bufferBeforeMinutes, :bufferAfterMinutes, :maxPerDay, :maxPerWeek, :weight, :userId)`
const UPDATE = `UPDATE interviewers SET name = :name, email = :email, title = :title, department = :department,
    skills = :skills, interview_types = :interviewTypes, timezone = :timezone, status = :status,
    buffer_before_minutes = :bufferBeforeMinutes, buffer_after_minutes = :bufferAfterMinutes,
    max_per_day = :maxPerDay, max_per_week = :maxPerWeek, weight = :weight, user_id = :userId
  WHERE id = :id AND version = :version`
const DELETE = 'DELETE FROM interviewers WHERE id = :id'
const COUNT_EVENTS = 'SELECT count(*) AS events FROM event_panel WHERE interviewer_id = :id'
const FUTURE_EVENTS = `SELECT events.id AS "eventId", events.title, events.starts_at AS "startsAt", events.ends_at AS "endsAt"
  FROM event_panel JOIN events ON events.id = event_panel.event_id
  WHERE event_panel.interviewer_id = :id AND events.status = 'scheduled' AND events.ends_at > :now
  ORDER BY events.starts_at, events.id LIMIT 1000`

const LISTING: Listing = {
  columns: COLUMNS,
  from: 'interviewers',
  id: 'id',
  sorts: { name: 'lower(name)', email: 'lower(email)', createdAt: 'created_at', updatedAt: 'updated_at' },
  defaultSort: 'name',
  total: `SELECT total FROM row_counts WHERE table_name = 'interviewers'`,
}

export interface FutureEvent {
  readonly eventId: string
  readonly title: string
  readonly startsAt: string
  readonly endsAt: string
}

type Row = Omit<Interviewer, 'skills' | 'interviewTypes'> & { readonly skills: string; readonly interviewTypes: string }

export const interviewersRepository = (sql: Queryable) => ({
  find: async (id: string) => fromRow(await sql.one<Row>(FIND, { id })),
  findAll: async (ids: readonly string[]) =>
    (await sql.many<Row>(FIND_ALL(sql), { ids: JSON.stringify(ids) })).map(row => fromRow(row)),
  /** Finds interviewers by the keys of their addresses. */
  findByEmails: async (emails: readonly string[]) =>
    (await sql.many<Row>(FIND_BY_EMAILS(sql), { emails: JSON.stringify(emails) })).map(row => fromRow(row)),
  insert: (interviewer: Interviewer) => sql.run(INSERT, toRow(interviewer)),
  /** Writes over the version it was read with; 0 changes when that is gone. */
  update: (interviewer: Interviewer) => sql.run(UPDATE, toRow(interviewer)),
  delete: (id: string) => sql.run(DELETE, { id }),
  countEvents: async (id: string) => (await sql.one<{ events: number }>(COUNT_EVENTS, { id }))?.events ?? 0,
  /** Scheduled interviews that have not ended by `now`, the earliest first. */
  futureEvents: (id: string, now: string) => sql.many<FutureEvent>(FUTURE_EVENTS, { id, now }),
  list: async (query: InterviewerQuery): Promise<Page<Interviewer>> => {
    const { data, pagination } = await page<Row>(sql, LISTING, query, filtersOf(sql, query))
    return { data: data.map(row => fromRow(row)), pagination }
  },
  whole: (query: InterviewerExportQuery) =>
    wholeList<Row, Interviewer>(sql, LISTING, { ...query, filters: filtersOf(sql, query) }, rows =>
      rows.map(row => fromRow(row)),
    ),
})

function filtersOf({ dialect }: Queryable, query: Omit<InterviewerQuery, 'limit'>): Filter[] {
  const { status, department, skill, interviewType, timezone } = query
  return [
    ...when(status, 'status = :status', 'status'),
    ...when(department, `${dialect.folded('department')} = ${dialect.folded(':department')}`, 'department'),
    ...when(
      skill && element(skill),
      `${dialect.folded('skills')} LIKE ${dialect.folded(':skill')} ESCAPE '\\'`,
      'skill',
    ),
    ...when(
      interviewType && element(interviewType),
      `interview_types LIKE :interviewType ESCAPE '\\'`,
      'interviewType',
    ),
    ...when(timezone, 'timezone = :timezone', 'timezone'),
  ]
}

/** A LIKE pattern for a JSON array of strings that has this one, as JSON writes it. */
function element(text: string): string {
  return `%${JSON.stringify(text).replaceAll(/[\\%_]/g, character => `\\${character}`)}%`
}

function fromRow(row: Row): Interviewer
function fromRow(row: Row | undefined): Interviewer | undefined
function fromRow(row: Row | undefined): Interviewer | undefined {
  return row && { ...row, skills: fromJson(row.skills), interviewTypes: fromJson(row.interviewTypes) }
}

function toRow(interviewer: Interviewer): Record<string, SqlValue> {
  const { skills, interviewTypes, ...rest } = interviewer
  return { ...rest, skills: JSON.stringify(skills), interviewTypes: JSON.stringify(interviewTypes) }
}
