import type { Queryable } from '../../db/database.ts'
import { interviewerSubject } from '../../domain/interviews/subjects.ts'
import { EVENT_COLUMNS, type EventRow } from '../../domain/interviews/repository.ts'
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

/** What somebody sits in from a moment on; of what was cancelled, what was cancelled after another moment. */
const OF_INTERVIEWER = `SELECT ${EVENT_COLUMNS} FROM event_panel JOIN events ON events.id = event_panel.event_id
  WHERE event_panel.interviewer_id = :interviewerId AND events.ends_at > :from
    AND (events.status <> 'cancelled' OR events.updated_at > :cancelledAfter)
  ORDER BY events.starts_at, events.id LIMIT :limit`
const BUSY = `SELECT events.starts_at AS "startsAt", events.ends_at AS "endsAt", events.updated_at AS "updatedAt"
  FROM claims JOIN events ON events.id = claims.event_id
  WHERE claims.subject = :subject AND claims.starts_at >= :earliest AND claims.starts_at < :to AND events.ends_at > :from
  ORDER BY claims.starts_at LIMIT :limit`

/** More than anybody sits in. */
const MOST_EVENTS = 5_000

export interface Owner {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly userId: string | null
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
  eventsOf: (interviewerId: string, from: string, cancelledAfter: string) =>
    sql.many<EventRow>(OF_INTERVIEWER, { interviewerId, from, cancelledAfter, limit: MOST_EVENTS }),
  busy: (interviewerId: string, span: { earliest: string; from: string; to: string }) =>
    sql.many<Pick<EventRow, 'startsAt' | 'endsAt' | 'updatedAt'>>(BUSY, {
      subject: interviewerSubject(interviewerId),
      limit: MOST_EVENTS,
      ...span,
    }),
})
