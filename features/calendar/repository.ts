import type { Queryable } from '../../db/database.ts'
import { interviewerSubject } from '../../domain/interviews/subjects.ts'
import type { Interview, Seat } from '../../domain/interviews/calendar.ts'
import type { Feed } from './schemas.ts'

const INTERVIEWER = `SELECT id, name, email, user_id AS "userId" FROM interviewers WHERE id = :id`
const COLUMNS = `id, interviewer_id AS "interviewerId", version, created_at AS "createdAt", updated_at AS "updatedAt"`
const FEEDS = `SELECT ${COLUMNS} FROM feeds WHERE interviewer_id = :interviewerId ORDER BY id LIMIT 100`
const FIND_FEED = `SELECT ${COLUMNS} FROM feeds WHERE id = :id AND interviewer_id = :interviewerId`
const INSERT_FEED = 'INSERT INTO feeds (id, interviewer_id, hash) VALUES (:id, :interviewerId, :hash)'
const SET_HASH = 'UPDATE feeds SET hash = :hash WHERE id = :id'
const DELETE_FEED = 'DELETE FROM feeds WHERE id = :id'
const OF_SECRET = `SELECT interviewers.id, interviewers.name, interviewers.email, interviewers.user_id AS "userId"
  FROM feeds JOIN interviewers ON interviewers.id = feeds.interviewer_id WHERE feeds.hash = :hash`

const EVENT_COLUMNS = `events.id, events.title, events.status, events.candidate_name AS "candidateName",
  events.candidate_email AS "candidateEmail", events.position, events.starts_at AS "startsAt", events.ends_at AS "endsAt",
  events.location, events.meeting_url AS "meetingUrl", events.notes, events.sequence,
  events.created_at AS "createdAt", events.updated_at AS "updatedAt"`
const EVENT = `SELECT ${EVENT_COLUMNS} FROM events WHERE id = :id`
const SEATS = ({ dialect }: Queryable) => `SELECT event_panel.event_id AS "eventId",
    event_panel.interviewer_id AS "interviewerId", interviewers.name, interviewers.email, interviewers.user_id AS "userId",
    event_panel.role, event_panel.response
  FROM event_panel JOIN interviewers ON interviewers.id = event_panel.interviewer_id
  WHERE event_panel.event_id ${dialect.inList('ids')} ORDER BY event_panel.event_id, event_panel.seat`
/** What somebody sits in from a moment on; of what was cancelled, what was cancelled after another moment. */
const OF_INTERVIEWER = `SELECT ${EVENT_COLUMNS} FROM event_panel JOIN events ON events.id = event_panel.event_id
  WHERE event_panel.interviewer_id = :interviewerId AND events.ends_at > :from
    AND (events.status <> 'cancelled' OR events.updated_at > :cancelledAfter)
  ORDER BY events.starts_at, events.id LIMIT :limit`
const BUSY = `SELECT events.starts_at AS "startsAt", events.ends_at AS "endsAt", events.updated_at AS "updatedAt"
  FROM claims JOIN events ON events.id = claims.event_id
  WHERE claims.subject = :subject AND claims.starts_at >= :earliest AND claims.starts_at < :to AND events.ends_at > :from
  ORDER BY claims.starts_at LIMIT :limit`

const LAST_REPLY = `SELECT sequence, stamp FROM calendar_replies
  WHERE event_id = :eventId AND interviewer_id = :interviewerId`
const KEEP_REPLY = `INSERT INTO calendar_replies (event_id, interviewer_id, sequence, stamp)
  VALUES (:eventId, :interviewerId, :sequence, :stamp)
  ON CONFLICT (event_id, interviewer_id) DO UPDATE SET sequence = excluded.sequence, stamp = excluded.stamp`
const RESPOND = `UPDATE event_panel SET response = :response, responded_at = :now
  WHERE event_id = :eventId AND interviewer_id = :interviewerId`
/** The panel is a part of the event: its version has to move with it. */
const TOUCH = 'UPDATE events SET sequence = sequence WHERE id = :eventId'

/** More than anybody sits in. */
const MOST_EVENTS = 5_000

export interface Owner {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly userId: string | null
}

export interface EventRow extends Interview {
  readonly status: 'scheduled' | 'completed' | 'cancelled' | 'no_show'
  readonly updatedAt: string
}

export interface SeatRow extends Seat {
  readonly eventId: string
  readonly userId: string | null
}

export interface Reply {
  readonly sequence: number
  /** RFC 3339. */
  readonly stamp: string
}

export const feedsRepository = (sql: Queryable) => ({
  interviewer: (id: string) => sql.one<Owner>(INTERVIEWER, { id }),
  list: (interviewerId: string) => sql.many<Feed>(FEEDS, { interviewerId }),
  find: (id: string, interviewerId: string) => sql.one<Feed>(FIND_FEED, { id, interviewerId }),
  insert: (feed: { id: string; interviewerId: string; hash: string }) => sql.run(INSERT_FEED, feed),
  setHash: (id: string, hash: string) => sql.run(SET_HASH, { id, hash }),
  delete: (id: string) => sql.run(DELETE_FEED, { id }),
  ownerOf: (hash: string) => sql.one<Owner>(OF_SECRET, { hash }),
})

export const calendarRepository = (sql: Queryable) => ({
  event: (id: string) => sql.one<EventRow>(EVENT, { id }),
  seats: (ids: readonly string[]) => sql.many<SeatRow>(SEATS(sql), { ids: JSON.stringify(ids) }),
  eventsOf: (interviewerId: string, from: string, cancelledAfter: string) =>
    sql.many<EventRow>(OF_INTERVIEWER, { interviewerId, from, cancelledAfter, limit: MOST_EVENTS }),
  busy: (interviewerId: string, span: { earliest: string; from: string; to: string }) =>
    sql.many<Pick<EventRow, 'startsAt' | 'endsAt' | 'updatedAt'>>(BUSY, {
      subject: interviewerSubject(interviewerId),
      limit: MOST_EVENTS,
      ...span,
    }),
})

export const repliesRepository = (sql: Queryable) => ({
  last: (eventId: string, interviewerId: string) => sql.one<Reply>(LAST_REPLY, { eventId, interviewerId }),
  keep: (reply: Reply & { eventId: string; interviewerId: string }) => sql.run(KEEP_REPLY, { ...reply }),
  respond: async (answer: { eventId: string; interviewerId: string; response: string; now: string }) => {
    await sql.run(RESPOND, answer)
    await sql.run(TOUCH, { eventId: answer.eventId })
  },
})
