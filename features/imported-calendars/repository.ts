import type { Queryable } from '../../db/database.ts'
import { when, type Listing } from '../../domain/lists/keyset.ts'
import { page, type Page } from '../../domain/lists/page.ts'
import type { ImportedCalendar, ImportedCalendarQuery } from './schemas.ts'

/** Neither the url nor the text: what is not read cannot be shown. */
const COLUMNS = `id, interviewer_id AS "interviewerId", name, source, host, status, problem,
  (SELECT count(*) FROM imported_busy WHERE calendar_id = imported_calendars.id) AS busy,
  expanded_until AS "expandedUntil", checked_at AS "checkedAt",
  version, created_at AS "createdAt", updated_at AS "updatedAt"`
const FIND = `SELECT ${COLUMNS} FROM imported_calendars WHERE id = :id AND interviewer_id = :interviewerId`
const COUNT = 'SELECT count(*) AS total FROM imported_calendars WHERE interviewer_id = :interviewerId'
const SOURCE = `SELECT imported_calendars.id, interviewer_id AS "interviewerId", interviewers.timezone, source, url, etag,
    last_modified AS "lastModified", imported_calendars.status, expanded_until AS "expandedUntil", failures
  FROM imported_calendars JOIN interviewers ON interviewers.id = imported_calendars.interviewer_id
  WHERE imported_calendars.id = :id`
const TEXT = 'SELECT text FROM imported_calendars WHERE id = :id'
const INSERT = `INSERT INTO imported_calendars (id, interviewer_id, name, source, url, host, text, etag, last_modified,
    status, problem, expanded_until, checked_at, next_check_at, failures)
  VALUES (:id, :interviewerId, :name, :source, :url, :host, :text, :etag, :lastModified,
    :status, :problem, :expandedUntil, :checkedAt, :nextCheckAt, :failures)`
const CHECKED = `UPDATE imported_calendars SET status = :status, problem = :problem, expanded_until = :expandedUntil,
    checked_at = :checkedAt, next_check_at = :nextCheckAt, failures = :failures
  WHERE id = :id`
const READ = `UPDATE imported_calendars SET status = :status, problem = :problem, expanded_until = :expandedUntil,
    checked_at = :checkedAt, next_check_at = :nextCheckAt, failures = :failures,
    text = :text, etag = :etag, last_modified = :lastModified
  WHERE id = :id`
const DELETE = 'DELETE FROM imported_calendars WHERE id = :id'
const CLEAR = 'DELETE FROM imported_busy WHERE calendar_id = :id'
const FILL = ({ dialect }: Queryable) => `INSERT INTO imported_busy (calendar_id, starts_at, ends_at)
  SELECT CAST(:id AS text), one, other FROM ${dialect.pairs('busy')}`
/** One that was read in a time to come, before a clock was set back, is due as well. */
const IS_DUE = '(next_check_at <= :now OR checked_at > :soon)'
const DUE = `SELECT id FROM imported_calendars WHERE ${IS_DUE} ORDER BY next_check_at, id LIMIT 100`
const CLAIM = `UPDATE imported_calendars SET next_check_at = :leased,
    checked_at = CASE WHEN checked_at > :soon THEN :now ELSE checked_at END
  WHERE id = :id AND ${IS_DUE}`

const LISTING: Listing = {
  columns: COLUMNS,
  from: 'imported_calendars',
  id: 'id',
  sorts: { createdAt: 'created_at', name: 'lower(name)' },
  defaultSort: 'createdAt',
  total: `SELECT total FROM row_counts WHERE table_name = 'imported_calendars'`,
}

/** What is needed to read a calendar, and to know what has changed since. */
export interface Source {
  readonly id: string
  readonly interviewerId: string
  /** The zone of the interviewer, in which whole days are meant. */
  readonly timezone: string
  readonly source: 'upload' | 'url'
  readonly url: string | null
  readonly etag: string | null
  readonly lastModified: string | null
  readonly status: ImportedCalendar['status']
  readonly expandedUntil: string | null
  /** So many times in a row it could not be read. */
  readonly failures: number
}

/** How it stands after it was read, or tried to. */
export type Standing = Pick<ImportedCalendar, 'status' | 'problem' | 'expandedUntil' | 'checkedAt'> & {
  readonly nextCheckAt: string
  readonly failures: number
}

/** The last that could be read, with the names its server has for that version. */
export interface Content {
  readonly text: string | null
  readonly etag: string | null
  readonly lastModified: string | null
}

export type NewRow = Pick<ImportedCalendar, 'id' | 'interviewerId' | 'name' | 'source' | 'host'> & {
  readonly url: string | null
}

/** Now, and a time that no clock of another instance is ahead of it. */
export interface Moment {
  readonly now: string
  readonly soon: string
}

export const importedCalendarsRepository = (sql: Queryable) => ({
  find: (interviewerId: string, id: string) => sql.one<ImportedCalendar>(FIND, { interviewerId, id }),
  list: (interviewerId: string, query: ImportedCalendarQuery): Promise<Page<ImportedCalendar>> =>
    page(sql, LISTING, query, when(interviewerId, 'interviewer_id = :interviewerId', 'interviewerId')),
  countOf: async (interviewerId: string) => (await sql.one<{ total: number }>(COUNT, { interviewerId }))?.total ?? 0,
  source: (id: string) => sql.one<Source>(SOURCE, { id }),
  text: async (id: string) => (await sql.one<{ text: string | null }>(TEXT, { id }))?.text ?? null,
  insert: (row: NewRow & Standing & Content) => sql.run(INSERT, { ...row }),
  checked: (id: string, standing: Standing) => sql.run(CHECKED, { id, ...standing }),
  read: (id: string, standing: Standing, content: Content) => sql.run(READ, { id, ...standing, ...content }),
  delete: (id: string) => sql.run(DELETE, { id }),
  /** Puts these busy times, pairs of instants as JSON, in the place of those that were known. */
  putBusy: async (id: string, busy: string): Promise<void> => {
    await sql.run(CLEAR, { id })
    await sql.run(FILL(sql), { id, busy })
  },
  /** Those that are to be read by now, at most a hundred, who waits longest first. */
  due: async (at: Moment) => (await sql.many<{ id: string }>(DUE, { ...at })).map(({ id }) => id),
  /** Takes one of them until `leased`; false when another instance was quicker. */
  claim: async (id: string, at: Moment, leased: string) => (await sql.run(CLAIM, { id, ...at, leased })).changes === 1,
})
