import type { Queryable } from '../../db/database.ts'
import { fromJson } from '../sql.ts'
import type { Event, PanelMember } from './schemas.ts'

/** Reads interviews, for every feature that shows them. */

/** An interview as a row of `events`: without its panel, and with JSON as text. */
export type EventRow = Omit<Event, 'panel' | 'override' | 'cancellation'> & {
  readonly override: string | null
  readonly cancellation: string | null
}
type Seat = PanelMember & { readonly eventId: string }

/** The column of each field. */
export const COLUMNS: Readonly<Record<keyof EventRow, string>> = {
  id: 'id',
  title: 'title',
  type: 'type',
  status: 'status',
  candidateName: 'candidate_name',
  candidateEmail: 'candidate_email',
  position: 'position',
  startsAt: 'starts_at',
  endsAt: 'ends_at',
  timezone: 'timezone',
  location: 'location',
  meetingUrl: 'meeting_url',
  notes: 'notes',
  organizerId: 'organizer_id',
  override: 'override',
  cancellation: 'cancellation',
  sequence: 'sequence',
  externalId: 'external_id',
  version: 'version',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
}
const SEAT: Readonly<Record<keyof Seat, string>> = {
  eventId: 'event_panel.event_id',
  interviewerId: 'event_panel.interviewer_id',
  name: 'interviewers.name',
  email: 'interviewers.email',
  role: 'event_panel.role',
  response: 'event_panel.response',
  respondedAt: 'event_panel.responded_at',
}

/** The columns that a SELECT from `events` needs to return an EventRow. */
export const EVENT_COLUMNS = Object.entries(COLUMNS)
  .map(([field, column]) => `events.${column} AS "${field}"`)
  .join(', ')
const SEAT_COLUMNS = Object.entries(SEAT)
  .map(([field, column]) => `${column} AS "${field}"`)
  .join(', ')
export const SEATS_FROM = 'FROM event_panel JOIN interviewers ON interviewers.id = event_panel.interviewer_id'

const FIND = `SELECT ${EVENT_COLUMNS} FROM events WHERE id = :id`
const FIND_ALL = ({ dialect }: Queryable) => `SELECT ${EVENT_COLUMNS} FROM events WHERE id ${dialect.inList('ids')}`
const PANEL = `SELECT ${SEAT_COLUMNS} ${SEATS_FROM} WHERE event_panel.event_id = :id ORDER BY event_panel.seat`
const PANELS = ({ dialect }: Queryable) => `SELECT ${SEAT_COLUMNS} ${SEATS_FROM}
  WHERE event_panel.event_id ${dialect.inList('ids')} ORDER BY event_panel.seat`
const SEAT_OF_USER = `SELECT event_panel.interviewer_id AS "interviewerId" ${SEATS_FROM}
  WHERE event_panel.event_id = :id AND interviewers.user_id = :userId`

export const interviewsRepository = (sql: Queryable) => ({
  find: async (id: string): Promise<Event | undefined> => {
    const row = await sql.one<EventRow>(FIND, { id })
    return row && fromRow(row, await sql.many<Seat>(PANEL, { id }))
  },
  findAll: async (ids: readonly string[]) =>
    withPanels(sql, await sql.many<EventRow>(FIND_ALL(sql), { ids: JSON.stringify(ids) })),
  /** The interviewer as which this user sits on the panel. */
  seatOfUser: async (id: string, userId: string | null) =>
    (await sql.one<Pick<Seat, 'interviewerId'>>(SEAT_OF_USER, { id, userId }))?.interviewerId,
})

export async function withPanels(sql: Queryable, rows: readonly EventRow[]): Promise<Event[]> {
  const seats = await sql.many<Seat>(PANELS(sql), { ids: JSON.stringify(rows.map(({ id }) => id)) })
  const panels = new Map<string, Seat[]>(rows.map(({ id }) => [id, []]))
  for (const seat of seats) panels.get(seat.eventId)?.push(seat)
  return rows.map(row => fromRow(row, panels.get(row.id) ?? []))
}

function fromRow({ override, cancellation, ...row }: EventRow, seats: readonly Seat[]): Event {
  return {
    ...row,
    override: override === null ? null : fromJson(override),
    cancellation: cancellation === null ? null : fromJson(cancellation),
    panel: seats.map(({ eventId: _, ...member }) => member),
  }
}
