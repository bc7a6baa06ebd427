import type { Queryable } from '../../../db/database.ts'
import { EVENT_COLUMNS, type EventRow } from '../../../domain/interviews/repository.ts'
import { interviewerSubject } from '../../../domain/interviews/subjects.ts'

/** The interviews of somebody that end after one instant; cancelled ones only when they changed after another. */
const EVENTS = `SELECT ${EVENT_COLUMNS} FROM event_panel JOIN events ON events.id = event_panel.event_id
  WHERE event_panel.interviewer_id = :interviewerId AND events.ends_at > :from
    AND (events.status <> 'cancelled' OR events.updated_at > :cancelledAfter)
  ORDER BY events.starts_at, events.id LIMIT :limit`
const BUSY = `SELECT events.starts_at AS "startsAt", events.ends_at AS "endsAt", events.updated_at AS "updatedAt"
  FROM claims JOIN events ON events.id = claims.event_id
  WHERE claims.subject = :subject AND claims.starts_at >= :earliest AND claims.starts_at < :to AND events.ends_at > :from
  ORDER BY claims.starts_at LIMIT :limit`

/** More interviews than anybody has. */
const MOST_EVENTS = 5_000

export const filesRepository = (sql: Queryable) => ({
  eventsOf: (interviewerId: string, from: string, cancelledAfter: string) =>
    sql.many<EventRow>(EVENTS, { interviewerId, from, cancelledAfter, limit: MOST_EVENTS }),
  busy: (interviewerId: string, span: { earliest: string; from: string; to: string }) =>
    sql.many<Pick<EventRow, 'startsAt' | 'endsAt' | 'updatedAt'>>(BUSY, {
      subject: interviewerSubject(interviewerId),
      limit: MOST_EVENTS,
      ...span,
    }),
})
