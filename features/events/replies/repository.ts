import type { Queryable } from '../../../db/database.ts'

const LAST_REPLY = `SELECT sequence, stamp FROM calendar_replies
  WHERE event_id = :eventId AND interviewer_id = :interviewerId`
const KEEP_REPLY = `INSERT INTO calendar_replies (event_id, interviewer_id, sequence, stamp)
  VALUES (:eventId, :interviewerId, :sequence, :stamp)
  ON CONFLICT (event_id, interviewer_id) DO UPDATE SET sequence = excluded.sequence, stamp = excluded.stamp`

/** The last reply of an interviewer that was applied. */
export interface KnownReply {
  readonly sequence: number
  /** RFC 3339. */
  readonly stamp: string
}

export const repliesRepository = (sql: Queryable) => ({
  last: (eventId: string, interviewerId: string) => sql.one<KnownReply>(LAST_REPLY, { eventId, interviewerId }),
  keep: (reply: KnownReply & { eventId: string; interviewerId: string }) => sql.run(KEEP_REPLY, { ...reply }),
})
