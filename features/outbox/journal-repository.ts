import type { Queryable } from '../../db/database.ts'

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

/** The part of a row of the journal that mails follow from. */
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

/** A row of the journal of one interview. */
export type HistoryRow = Pick<JournalRow, 'id' | 'occurredAt' | 'changes'>

/** The journal, with a cursor at the last row that mails were made from. */
export const journalRepository = (sql: Queryable) => ({
  /** Undefined before the first run. */
  cursor: async () => (await sql.one<{ lastId: number }>(CURSOR))?.lastId,
  begin: () => sql.run(BEGIN),
  advance: (lastId: number) => sql.run(ADVANCE, { lastId }),
  lastId: async () => (await sql.one<{ lastId: number }>(LAST))?.lastId ?? 0,
  after: (after: number, limit: number) => sql.many<JournalRow>(ROWS, { after, limit }),
  /** An interview before a row of the journal and after it; undefined where the journal does not know it. */
  /** The rows of one interview, up to and including row `upTo`. */
  historyOf: (eventId: string, upTo: number) => sql.many<HistoryRow>(HISTORY, { id: eventId, upTo }),
})
