import type { Queryable, SqlValue } from '../../db/database.ts'
import { folded, fromJson } from '../../domain/sql.ts'
import { when, wholeList, type Filter, type Listing } from '../../domain/lists/keyset.ts'
import { page, type Page } from '../../domain/lists/page.ts'
import { instant } from '../../domain/time.ts'
import type { Event, EventExportQuery, EventQuery, PanelMember } from './schemas.ts'

const COLUMNS = `id, title, type, status, candidate_name AS "candidateName", candidate_email AS "candidateEmail", position,
  starts_at AS "startsAt", ends_at AS "endsAt", timezone, location, meeting_url AS "meetingUrl", notes,
  organizer_id AS "organizerId", override, cancellation, sequence, external_id AS "externalId", version,
  created_at AS "createdAt", updated_at AS "updatedAt"`
const FIND = `SELECT ${COLUMNS} FROM events WHERE id = :id`
const FIND_ALL = ({ dialect }: Queryable) => `SELECT ${COLUMNS} FROM events WHERE id ${dialect.inList('ids')}`
const INSERT = `INSERT INTO events (id, title, type, candidate_name, candidate_email, position, starts_at, ends_at, timezone,
    location, meeting_url, notes, organizer_id, override, external_id)
  VALUES (:id, :title, :type, :candidateName, :candidateEmail, :position, :startsAt, :endsAt, :timezone,
    :location, :meetingUrl, :notes, :organizerId, :override, :externalId)`
const UPDATE = `UPDATE events SET title = :title, type = :type, status = :status, candidate_name = :candidateName,
    candidate_email = :candidateEmail, position = :position, starts_at = :startsAt, ends_at = :endsAt,
    timezone = :timezone, location = :location, meeting_url = :meetingUrl, notes = :notes, override = :override,
    cancellation = :cancellation, sequence = :sequence, external_id = :externalId
  WHERE id = :id AND version = :version`
const SET_NO_SHOW = 'UPDATE events SET no_show_party = :party WHERE id = :id'
const DELETE = 'DELETE FROM events WHERE id = :id'

const SEAT_COLUMNS = `event_panel.event_id AS "eventId", event_panel.interviewer_id AS "interviewerId", interviewers.name,
  interviewers.email, event_panel.role, event_panel.response, event_panel.responded_at AS "respondedAt"`
const SEATS_FROM = `FROM event_panel JOIN interviewers ON interviewers.id = event_panel.interviewer_id`
const PANEL = `SELECT ${SEAT_COLUMNS} ${SEATS_FROM} WHERE event_panel.event_id = :id ORDER BY event_panel.seat`
const INSERT_SEAT = `INSERT INTO event_panel (event_id, interviewer_id, seat, role, response, responded_at)
  VALUES (:eventId, :interviewerId, :seat, :role, :response, :respondedAt)`
const CLEAR_SEATS = 'DELETE FROM event_panel WHERE event_id = :id'
const SEAT_OF_USER = `SELECT event_panel.interviewer_id AS "interviewerId" ${SEATS_FROM}
  WHERE event_panel.event_id = :id AND interviewers.user_id = :userId`

const USERS_OF = ({ dialect }: Queryable) => `SELECT user_id AS "userId" FROM interviewers
  WHERE id ${dialect.inList('ids')} AND user_id IS NOT NULL`

const LISTING: Listing = {
  columns: COLUMNS,
  from: 'events',
  id: 'id',
  sorts: { startsAt: 'starts_at', createdAt: 'created_at' },
  defaultSort: 'startsAt',
  total: `SELECT total FROM row_counts WHERE table_name = 'events'`,
}

type Row = Omit<Event, 'panel' | 'override' | 'cancellation'> & {
  readonly override: string | null
  readonly cancellation: string | null
}
type Seat = PanelMember & { readonly eventId: string }

/** What a new seat is: the person's name is read back, not written. */
export type NewSeat = Pick<PanelMember, 'interviewerId' | 'role' | 'response' | 'respondedAt'>

export const eventsRepository = (sql: Queryable) => ({
  find: async (id: string): Promise<Event | undefined> => {
    const row = await sql.one<Row>(FIND, { id })
    return row && fromRow(row, await sql.many<Seat>(PANEL, { id }))
  },
  findAll: async (ids: readonly string[]) =>
    seated(sql, await sql.many<Row>(FIND_ALL(sql), { ids: JSON.stringify(ids) })),
  insert: (event: Event) => sql.run(INSERT, toRow(event)),
  /** Writes over the version it was read with; 0 changes when that is gone. The triggers bump the version. */
  update: (event: Event) => sql.run(UPDATE, toRow(event)),
  setNoShow: (id: string, party: string | null) => sql.run(SET_NO_SHOW, { id, party }),
  delete: (id: string) => sql.run(DELETE, { id }),
  seat: (eventId: string, panel: readonly NewSeat[]) => seat(sql, eventId, panel),
  reseat: async (id: string, panel: readonly NewSeat[]): Promise<void> => {
    await sql.run(CLEAR_SEATS, { id })
    await seat(sql, id, panel)
  },
  /** The interviewer as which this user sits on the panel. */
  seatOfUser: async (id: string, userId: string | null) =>
    (await sql.one<{ interviewerId: string }>(SEAT_OF_USER, { id, userId }))?.interviewerId,
  /** Events that `viewerId`, when given, sits in. */
  list: async (query: EventQuery, viewerId?: string): Promise<Page<Event>> => {
    const { data, pagination } = await page<Row>(sql, LISTING, query, filtersOf(query, viewerId))
    return { data: await seated(sql, data), pagination }
  },
  whole: (query: EventExportQuery, viewerId?: string) =>
    wholeList<Row, Event>(sql, LISTING, { ...query, filters: filtersOf(query, viewerId) }, rows => seated(sql, rows)),
  /** The accounts that act as these interviewers. */
  usersOf: async (interviewerIds: readonly string[]) => {
    const rows = await sql.many<{ userId: string }>(USERS_OF(sql), { ids: JSON.stringify(interviewerIds) })
    return rows.map(({ userId }) => userId)
  },
})

/** Events with their panels. */
async function seated(sql: Queryable, rows: readonly Row[]): Promise<Event[]> {
  const seats = await sql.many<Seat>(panelsOf(sql), { ids: JSON.stringify(rows.map(({ id }) => id)) })
  const panels = new Map<string, Seat[]>(rows.map(({ id }) => [id, []]))
  for (const seat of seats) panels.get(seat.eventId)?.push(seat)
  return rows.map(row => fromRow(row, panels.get(row.id) ?? []))
}

async function seat(sql: Queryable, eventId: string, panel: readonly NewSeat[]): Promise<void> {
  for (const [place, { interviewerId, role, response, respondedAt }] of panel.entries()) {
    await sql.run(INSERT_SEAT, { eventId, seat: place, interviewerId, role, response, respondedAt })
  }
}

function panelsOf({ dialect }: Queryable): string {
  return `SELECT ${SEAT_COLUMNS} ${SEATS_FROM} WHERE event_panel.event_id ${dialect.inList('ids')} ORDER BY event_panel.seat`
}

function filtersOf(query: Omit<EventQuery, 'limit'>, viewerId: string | undefined): Filter[] {
  const seatedIn = (condition: string) => `id IN (SELECT event_panel.event_id ${SEATS_FROM} WHERE ${condition})`
  const { interviewerEmail, candidateEmail, startsAfter, startsBefore } = query
  return [
    ...when(query.status, 'status = :status', 'status'),
    ...when(query.type, 'type = :type', 'type'),
    ...when(query.interviewerId, seatedIn('event_panel.interviewer_id = :interviewerId'), 'interviewerId'),
    ...when(
      interviewerEmail && folded(interviewerEmail),
      seatedIn('lower(interviewers.email) = :interviewerEmail'),
      'interviewerEmail',
    ),
    ...when(viewerId, seatedIn('interviewers.user_id = :viewerId'), 'viewerId'),
    ...when(candidateEmail && folded(candidateEmail), 'lower(candidate_email) = :candidateEmail', 'candidateEmail'),
    ...when(startsAfter && instant(startsAfter), 'starts_at >= :startsAfter', 'startsAfter'),
    ...when(startsBefore && instant(startsBefore), 'starts_at < :startsBefore', 'startsBefore'),
    ...when(query.externalId, 'external_id = :externalId', 'externalId'),
  ]
}

function fromRow({ override, cancellation, ...row }: Row, seats: readonly Seat[]): Event {
  return {
    ...row,
    override: override === null ? null : fromJson(override),
    cancellation: cancellation === null ? null : fromJson(cancellation),
    panel: seats.map(({ eventId: _, ...member }) => member),
  }
}

function toRow({ panel: _, override, cancellation, ...event }: Event): Record<string, SqlValue> {
  return {
    ...event,
    override: override && JSON.stringify(override),
    cancellation: cancellation && JSON.stringify(cancellation),
  }
}
