import type { Queryable, SqlValue } from '../../db/database.ts'
import {
  COLUMNS,
  EVENT_COLUMNS,
  interviewsRepository,
  SEATS_FROM,
  withPanels,
  type EventRow,
} from '../../domain/interviews/repository.ts'
import type { Event, PanelMember } from '../../domain/interviews/schemas.ts'
import { addressKey } from '../../domain/sql.ts'
import { when, wholeList, type Filter, type Listing } from '../../domain/lists/keyset.ts'
import { page, type Page } from '../../domain/lists/page.ts'
import { instant } from '../../domain/time.ts'
import type { EventExportQuery, EventQuery } from './schemas.ts'

/** The database fills in the rest. */
const { version, createdAt, updatedAt, ...WRITTEN } = COLUMNS
const { id, organizerId, ...CHANGED } = WRITTEN
const INSERT = `INSERT INTO events (${Object.values(WRITTEN).join(', ')})
  VALUES (${Object.keys(WRITTEN)
    .map(field => `:${field}`)
    .join(', ')})`
const UPDATE = `UPDATE events SET ${Object.entries(CHANGED)
  .map(([field, column]) => `${column} = :${field}`)
  .join(', ')} WHERE id = :id AND version = :version`
const SET_NO_SHOW = 'UPDATE events SET no_show_party = :party WHERE id = :id'
const DELETE = 'DELETE FROM events WHERE id = :id'
const INSERT_SEAT = `INSERT INTO event_panel (event_id, interviewer_id, seat, role, response, responded_at)
  VALUES (:eventId, :interviewerId, :seat, :role, :response, :respondedAt)`
const CLEAR_SEATS = 'DELETE FROM event_panel WHERE event_id = :id'
const USERS_OF = ({ dialect }: Queryable) => `SELECT id, user_id AS "userId" FROM interviewers
  WHERE id ${dialect.inList('ids')} AND user_id IS NOT NULL`

const LISTING: Listing = {
  columns: EVENT_COLUMNS,
  from: 'events',
  id: 'id',
  sorts: { startsAt: COLUMNS.startsAt, createdAt: COLUMNS.createdAt },
  defaultSort: 'startsAt',
  total: `SELECT total FROM row_counts WHERE table_name = 'events'`,
}

/** The fields of a seat that are written; the name is read back from the interviewer. */
export type NewSeat = Pick<PanelMember, 'interviewerId' | 'role' | 'response' | 'respondedAt'>

export const eventsRepository = (sql: Queryable) => ({
  ...interviewsRepository(sql),
  insert: (event: Event) => sql.run(INSERT, toRow(event)),
  /** Replaces the version that was read; 0 changes when there is a newer one. The triggers raise the version. */
  update: (event: Event) => sql.run(UPDATE, toRow(event)),
  setNoShow: (id: string, party: string | null) => sql.run(SET_NO_SHOW, { id, party }),
  delete: (id: string) => sql.run(DELETE, { id }),
  seat: (eventId: string, panel: readonly NewSeat[]) => seat(sql, eventId, panel),
  reseat: async (id: string, panel: readonly NewSeat[]): Promise<void> => {
    await sql.run(CLEAR_SEATS, { id })
    await seat(sql, id, panel)
  },
  /** Only the interviews of the user `viewerId`, when there is one. */
  list: async (query: EventQuery, viewerId?: string): Promise<Page<Event>> => {
    const { data, pagination } = await page<EventRow>(sql, LISTING, query, filtersOf(query, viewerId))
    return { data: await withPanels(sql, data), pagination }
  },
  whole: (query: EventExportQuery, viewerId?: string) =>
    wholeList<EventRow, Event>(sql, LISTING, { ...query, filters: filtersOf(query, viewerId) }, rows =>
      withPanels(sql, rows),
    ),
  /** The accounts that act as these interviewers, by the ids of the interviewers. */
  usersOf: async (interviewerIds: readonly string[]) => {
    const rows = await sql.many<{ id: string; userId: string }>(USERS_OF(sql), { ids: JSON.stringify(interviewerIds) })
    return new Map(rows.map(({ id, userId }) => [id, userId]))
  },
})

async function seat(sql: Queryable, eventId: string, panel: readonly NewSeat[]): Promise<void> {
  for (const [place, { interviewerId, role, response, respondedAt }] of panel.entries()) {
    await sql.run(INSERT_SEAT, { eventId, seat: place, interviewerId, role, response, respondedAt })
  }
}

function filtersOf(query: Omit<EventQuery, 'limit'>, viewerId: string | undefined): Filter[] {
  const seatedIn = (condition: string) => `id IN (SELECT event_panel.event_id ${SEATS_FROM} WHERE ${condition})`
  const { interviewerEmail, candidateEmail, startsAfter, startsBefore } = query
  return [
    ...when(query.status, 'status = :status', 'status'),
    ...when(query.type, 'type = :type', 'type'),
    ...when(query.interviewerId, seatedIn('event_panel.interviewer_id = :interviewerId'), 'interviewerId'),
    ...when(
      interviewerEmail && addressKey(interviewerEmail),
      seatedIn('lower(interviewers.email) = :interviewerEmail'),
      'interviewerEmail',
    ),
    ...when(viewerId, seatedIn('interviewers.user_id = :viewerId'), 'viewerId'),
    ...when(candidateEmail && addressKey(candidateEmail), 'lower(candidate_email) = :candidateEmail', 'candidateEmail'),
    ...when(startsAfter && instant(startsAfter), 'starts_at >= :startsAfter', 'startsAfter'),
    ...when(startsBefore && instant(startsBefore), 'starts_at < :startsBefore', 'startsBefore'),
    ...when(query.externalId, 'external_id = :externalId', 'externalId'),
  ]
}

function toRow({ panel: _, override, cancellation, ...event }: Event): Record<string, SqlValue> {
  return {
    ...event,
    override: override && JSON.stringify(override),
    cancellation: cancellation && JSON.stringify(cancellation),
  }
}
