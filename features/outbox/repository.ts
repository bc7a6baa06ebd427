import type { Queryable } from '../../db/database.ts'
import { folded, fromJson } from '../../domain/sql.ts'
import { when, type Listing } from '../../domain/lists/keyset.ts'
import { page, type Page } from '../../domain/lists/page.ts'
import type { OutboxMail, OutboxQuery } from './schemas.ts'
import type { Interview } from './told.ts'

const COLUMNS = `id, kind, event_id AS "eventId", recipient, subject, status, due_at AS "dueAt", attempts, problem,
  sent_at AS "sentAt", version, created_at AS "createdAt", updated_at AS "updatedAt"`
const FIND = `SELECT ${COLUMNS} FROM outbox WHERE id = :id`
const INSERT = `INSERT INTO outbox (id, kind, event_id, recipient, subject, message, due_at, status, problem)
  VALUES (:id, :kind, :eventId, :recipient, :subject, :message, :dueAt, :status, :problem)`
const FORGET_REMINDERS = `DELETE FROM outbox WHERE event_id = :eventId AND kind = 'reminder' AND status = 'pending'`
/** The oldest that is due and has no older one to the same person about the same interview before it. */
const NEXT = `SELECT id, recipient, subject, message, attempts, created_at AS "createdAt" FROM outbox AS mail
  WHERE status = 'pending' AND due_at <= :now AND NOT EXISTS (
    SELECT 1 FROM outbox AS earlier WHERE earlier.status = 'pending' AND earlier.event_id = mail.event_id
      AND earlier.recipient = mail.recipient AND earlier.id < mail.id AND earlier.kind <> 'reminder')
  ORDER BY due_at, id LIMIT 1`
/** What it said is not kept: whoever got it has it. */
const SENT = `UPDATE outbox SET status = 'sent', attempts = attempts + 1, problem = NULL, sent_at = :now, message = '{}'
  WHERE id = :id AND status = 'pending'`
const FAILED = `UPDATE outbox SET status = :status, attempts = attempts + 1, problem = :problem, due_at = :dueAt
  WHERE id = :id AND status = 'pending'`
const DEPTH = `SELECT (SELECT count(*) FROM outbox WHERE status = 'pending') AS pending,
  (SELECT count(*) FROM outbox WHERE status = 'dead') AS dead,
  (SELECT min(due_at) FROM outbox WHERE status = 'pending') AS "firstDueAt"`
const RETRY = `UPDATE outbox SET status = 'pending', attempts = 0, due_at = :now WHERE id = :id AND status <> 'sent'`

const CURSOR = `SELECT last_id AS "lastId" FROM journal_cursors WHERE name = 'outbox'`
const BEGIN = `INSERT INTO journal_cursors (name, last_id) SELECT 'outbox', coalesce(max(id), 0) FROM audit_logs
  WHERE true ON CONFLICT (name) DO NOTHING`
const ADVANCE = `UPDATE journal_cursors SET last_id = :lastId WHERE name = 'outbox'`
const LAST = 'SELECT coalesce(max(id), 0) AS "lastId" FROM audit_logs'
const ROWS = `SELECT id, occurred_at AS "occurredAt", action, entity_type AS "entityType", entity_id AS "entityId", changes,
    ip, user_agent AS "userAgent"
  FROM audit_logs WHERE id > :after ORDER BY id LIMIT :limit`
const HISTORY = `SELECT id, occurred_at AS "occurredAt", changes FROM audit_logs
  WHERE entity_type = 'event' AND entity_id = :id AND id <= :upTo ORDER BY id`

const PREFERENCES = ({ dialect }: Queryable) => `SELECT interviewers.id, interviewers.timezone, users.notifications
  FROM interviewers LEFT JOIN users ON users.id = interviewers.user_id WHERE interviewers.id ${dialect.inList('ids')}`
const ACCOUNT = `SELECT name, email, timezone, notifications FROM users WHERE id = :id`
/** Whether an account was signed in before, and whether from there. */
const EARLIER_SESSIONS = `SELECT count(*) AS total,
    coalesce(sum(CASE WHEN ip = :ip AND user_agent = :userAgent THEN 1 ELSE 0 END), 0) AS "fromHere"
  FROM sessions WHERE user_id = :userId AND id <> :sessionId AND created_at <= :at`

const TAKE_LEASE = `INSERT INTO leases (name, holder, until) VALUES ('outbox', :holder, :until)
  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
  WHERE leases.holder = excluded.holder OR leases.until < :now`
const GIVE_UP_LEASE = `DELETE FROM leases WHERE name = 'outbox' AND holder = :holder`

const LISTING: Listing = {
  columns: COLUMNS,
  from: 'outbox',
  id: 'id',
  sorts: { createdAt: 'created_at' },
  defaultSort: '-createdAt',
  total: `SELECT total FROM row_counts WHERE table_name = 'outbox'`,
}

/** A row of the journal, as far as mails follow from it. */
export interface JournalRow {
  readonly id: number
  readonly occurredAt: string
  readonly action: string
  readonly entityType: string
  readonly entityId: string | null
  readonly changes: string
  readonly ip: string | null
  readonly userAgent: string | null
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
  /** Why it can never be sent. */
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

/** What somebody chose. */
export interface Preferences {
  readonly timezone: string
  /** What is not in it is wanted. */
  readonly notifications: Readonly<Partial<Record<string, boolean>>>
}

interface PreferenceRow {
  readonly timezone: string
  readonly notifications: string | null
}

export const outboxRepository = (sql: Queryable) => ({
  find: (id: string) => sql.one<OutboxMail>(FIND, { id }),
  list: ({ status, kind, recipient, eventId, ...query }: OutboxQuery): Promise<Page<OutboxMail>> =>
    page<OutboxMail>(sql, LISTING, query, [
      ...when(status, 'status = :status', 'status'),
      ...when(kind, 'kind = :kind', 'kind'),
      ...when(recipient && folded(recipient), 'lower(recipient) = :recipient', 'recipient'),
      ...when(eventId, 'event_id = :eventId', 'eventId'),
    ]),
  insert: ({ problem = null, ...mail }: NewMail) =>
    sql.run(INSERT, { ...mail, problem, status: problem === null ? 'pending' : 'dead' }),
  forgetReminders: (eventId: string) => sql.run(FORGET_REMINDERS, { eventId }),
  next: (now: string) => sql.one<DueMail>(NEXT, { now }),
  /** What is in the way of nobody any more is not counted: sent mails only grow. */
  depth: () => sql.one<OutboxDepth>(DEPTH),
  sent: (id: string, now: string) => sql.run(SENT, { id, now }),
  failed: (failure: { id: string; status: 'pending' | 'dead'; problem: string; dueAt: string }) =>
    sql.run(FAILED, failure),
  /** 0 changes when it is sent already. */
  retry: (id: string, now: string) => sql.run(RETRY, { id, now }),
})

/** The journal, from where mails were made of it last. */
export const journalRepository = (sql: Queryable) => ({
  /** Undefined before it was begun. */
  cursor: async () => (await sql.one<{ lastId: number }>(CURSOR))?.lastId,
  begin: () => sql.run(BEGIN),
  advance: (lastId: number) => sql.run(ADVANCE, { lastId }),
  lastId: async () => (await sql.one<{ lastId: number }>(LAST))?.lastId ?? 0,
  after: (after: number, limit: number) => sql.many<JournalRow>(ROWS, { after, limit }),
  /** An interview before a row of the journal and after it; undefined where the journal does not know it. */
  interviewAround: async (id: string, rowId: number): Promise<Record<'before' | 'after', Interview | undefined>> => {
    const rows = await sql.many<HistoryRow>(HISTORY, { id, upTo: rowId })
    return {
      before: interviewFrom(
        id,
        rows.filter(row => row.id < rowId),
      ),
      after: interviewFrom(id, rows),
    }
  },
})

interface HistoryRow {
  readonly id: number
  readonly occurredAt: string
  readonly changes: string
}

/** What its rows have made of an interview, from the first on. */
function interviewFrom(id: string, rows: readonly HistoryRow[]): Interview | undefined {
  const fields = new Map<string, unknown>([
    ['id', id],
    ['createdAt', rows[0]?.occurredAt ?? ''],
  ])
  for (const { changes } of rows) {
    const changed: Record<string, { to: unknown }> = fromJson(changes)
    for (const [field, { to }] of Object.entries(changed)) fields.set(field, to)
  }
  return isInterview(fields) ? { ...NOTHING_SAID, ...Object.fromEntries(fields) } : undefined
}

/** What is null is no change from nothing, and the journal does not tell of it. */
const NOTHING_SAID: Interview = {
  id: '',
  title: '',
  status: 'scheduled',
  candidateName: null,
  candidateEmail: null,
  position: null,
  startsAt: '',
  endsAt: '',
  timezone: 'UTC',
  location: null,
  meetingUrl: null,
  notes: null,
  panel: [],
  sequence: 0,
  createdAt: '',
  cancellation: null,
}

function isInterview(fields: ReadonlyMap<string, unknown>): boolean {
  return typeof fields.get('title') === 'string' && typeof fields.get('startsAt') === 'string'
}

export const peopleRepository = (sql: Queryable) => ({
  /** By interviewer. */
  preferences: async (ids: readonly string[]): Promise<Map<string, Preferences>> => {
    const rows = await sql.many<PreferenceRow & { id: string }>(PREFERENCES(sql), { ids: JSON.stringify(ids) })
    return new Map(rows.map(row => [row.id, preferencesFrom(row)]))
  },
  account: async (id: string) => {
    const row = await sql.one<PreferenceRow & { name: string; email: string }>(ACCOUNT, { id })
    return row && { name: row.name, email: row.email, ...preferencesFrom(row) }
  },
  earlierSessions: (from: { userId: string; sessionId: string; at: string; ip: string; userAgent: string }) =>
    sql.one<{ total: number; fromHere: number }>(EARLIER_SESSIONS, from),
})

function preferencesFrom({ timezone, notifications }: PreferenceRow): Preferences {
  return { timezone, notifications: notifications === null ? {} : fromJson(notifications) }
}

/** Which instance does the work. */
export const leaseRepository = (sql: Queryable) => ({
  /** 0 changes when another instance has it. */
  take: (lease: { holder: string; until: string; now: string }) => sql.run(TAKE_LEASE, lease),
  giveUp: (holder: string) => sql.run(GIVE_UP_LEASE, { holder }),
})
