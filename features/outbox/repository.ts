import type { Queryable } from '../../db/database.ts'
import { addressKey } from '../../domain/sql.ts'
import { when, type Listing } from '../../domain/lists/keyset.ts'
import { page, type Page } from '../../domain/lists/page.ts'
import type { OutboxMail, OutboxQuery } from './schemas.ts'

const COLUMNS = `id, kind, event_id AS "eventId", recipient, subject, status, due_at AS "dueAt", attempts, problem,
  sent_at AS "sentAt", version, created_at AS "createdAt", updated_at AS "updatedAt"`
const FIND = `SELECT ${COLUMNS} FROM outbox WHERE id = :id`
const INSERT = `INSERT INTO outbox (id, kind, event_id, recipient, subject, message, due_at, status, problem)
  VALUES (:id, :kind, :eventId, :recipient, :subject, :message, :dueAt, :status, :problem)`
const FORGET_REMINDERS = `DELETE FROM outbox WHERE event_id = :eventId AND kind = 'reminder' AND status = 'pending'`
/** The oldest mail that is due, unless an older one about the same interview waits for the same person. */
const NEXT = `SELECT id, recipient, subject, message, attempts, created_at AS "createdAt" FROM outbox AS mail
  WHERE status = 'pending' AND due_at <= :now AND NOT EXISTS (
    SELECT 1 FROM outbox AS earlier WHERE earlier.status = 'pending' AND earlier.event_id = mail.event_id
      AND earlier.recipient = mail.recipient AND earlier.id < mail.id AND earlier.kind <> 'reminder')
  ORDER BY due_at, id LIMIT 1`
/** A mail that was never tried and is no reminder is due at once: when it is not, a clock was set back. */
const AHEAD = `status = 'pending' AND kind <> 'reminder' AND attempts = 0 AND due_at > :now`
const IS_AHEAD = `SELECT 1 FROM outbox WHERE ${AHEAD} LIMIT 1`
const BRING_BACK = `UPDATE outbox SET due_at = :now WHERE ${AHEAD}`
const CONFIRMED_LATELY = `SELECT 1 FROM outbox
  WHERE kind = 'confirmation' AND lower(recipient) = :recipient AND created_at > :since LIMIT 1`
/** The text of a sent mail is not kept. */
const SENT = `UPDATE outbox SET status = 'sent', attempts = attempts + 1, problem = NULL, sent_at = :now, message = '{}'
  WHERE id = :id AND status = 'pending'`
const FAILED = `UPDATE outbox SET status = :status, attempts = attempts + 1, problem = :problem, due_at = :dueAt
  WHERE id = :id AND status = 'pending'`
/** Rows that are removed in one transaction: the writers behind it wait for them. */
const PIECE = 500
const FORGET = `DELETE FROM outbox WHERE id IN (
  SELECT id FROM outbox WHERE status <> 'pending' AND updated_at < :before ORDER BY updated_at, id LIMIT ${PIECE})`
const DEPTH = `SELECT (SELECT count(*) FROM outbox WHERE status = 'pending') AS pending,
  (SELECT count(*) FROM outbox WHERE status = 'dead') AS dead,
  (SELECT min(due_at) FROM outbox WHERE status = 'pending') AS "firstDueAt"`
const RETRY = `UPDATE outbox SET status = 'pending', attempts = 0, due_at = :now WHERE id = :id AND status <> 'sent'`

const LISTING: Listing = {
  columns: COLUMNS,
  from: 'outbox',
  id: 'id',
  sorts: { createdAt: 'created_at' },
  defaultSort: '-createdAt',
  total: `SELECT total FROM row_counts WHERE table_name = 'outbox'`,
}

export interface NewMail {
  readonly id: string
  readonly kind: OutboxMail['kind']
  readonly eventId: string | null
  readonly recipient: string
  readonly subject: string
  /** JSON; see messages.ts. */
  readonly message: string
  readonly dueAt: string
  /** Why the mail can never be sent. */
  readonly problem?: string | null
}

export interface OutboxDepth {
  readonly pending: number
  readonly dead: number
  readonly firstDueAt: string | null
}

export interface DueMail extends Pick<NewMail, 'id' | 'recipient' | 'subject' | 'message'> {
  readonly attempts: number
  readonly createdAt: string
}

export const outboxRepository = (sql: Queryable) => ({
  find: (id: string) => sql.one<OutboxMail>(FIND, { id }),
  list: ({ status, kind, recipient, eventId, ...query }: OutboxQuery): Promise<Page<OutboxMail>> =>
    page<OutboxMail>(sql, LISTING, query, [
      ...when(status, 'status = :status', 'status'),
      ...when(kind, 'kind = :kind', 'kind'),
      ...when(recipient && addressKey(recipient), 'lower(recipient) = :recipient', 'recipient'),
      ...when(eventId, 'event_id = :eventId', 'eventId'),
    ]),
  insert: ({ problem = null, ...mail }: NewMail) =>
    sql.run(INSERT, { ...mail, problem, status: problem === null ? 'pending' : 'dead' }),
  /** Whether an address was asked since then whether it is somebody's, for whichever account. */
  isAskedLately: async (recipient: string, since: string): Promise<boolean> =>
    (await sql.one(CONFIRMED_LATELY, { recipient: addressKey(recipient), since })) !== undefined,
  forgetReminders: (eventId: string) => sql.run(FORGET_REMINDERS, { eventId }),
  next: (now: string) => sql.one<DueMail>(NEXT, { now }),
  isAhead: async (now: string): Promise<boolean> => (await sql.one(IS_AHEAD, { now })) !== undefined,
  bringBack: (now: string) => sql.run(BRING_BACK, { now }),
  /** Sent mails are not counted, as they only grow in number. */
  depth: () => sql.one<OutboxDepth>(DEPTH),
  sent: (id: string, now: string) => sql.run(SENT, { id, now }),
  failed: (failure: { id: string; status: 'pending' | 'dead'; problem: string; dueAt: string }) =>
    sql.run(FAILED, failure),
  /** Removes a piece of the mails that were sent or given up before that; returns whether there may be more. */
  forget: async (before: string) => (await sql.run(FORGET, { before })).changes === PIECE,
  /** 0 changes when the mail was sent already. */
  retry: (id: string, now: string) => sql.run(RETRY, { id, now }),
})
