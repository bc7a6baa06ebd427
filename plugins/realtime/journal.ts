import type { Queryable } from '../../db/database.ts'
import type { Changes } from '../audit-logger.ts'

/** Rows are read in pages of at most so many: few enough to make messages of them within a few milliseconds. */
export const PAGE_ROWS = 100

const COLUMNS = `id, occurred_at AS "occurredAt", action, entity_type AS "entityType", entity_id AS "entityId", changes`
const LAST = 'SELECT coalesce(max(id), 0) AS id FROM audit_logs'
const AFTER = `SELECT ${COLUMNS} FROM audit_logs WHERE id > :after ORDER BY id LIMIT :most`
const OF_TYPE = `SELECT ${COLUMNS} FROM audit_logs
  WHERE entity_type = :entityType AND id > :after AND id <= :upTo ORDER BY id LIMIT ${PAGE_ROWS}`
const DELETIONS = ({ dialect }: Queryable) => `SELECT ${COLUMNS} FROM audit_logs
  WHERE entity_type = :entityType AND entity_id ${dialect.inList('ids')} AND action = 'delete' ORDER BY id`

/** A change, as the feed reads it. */
export interface JournalRow {
  readonly id: number
  readonly occurredAt: string
  readonly action: string
  readonly entityType: string
  readonly entityId: string
  readonly changes: Changes
}

type Row = Omit<JournalRow, 'changes' | 'entityId'> & { readonly changes: string; readonly entityId: string | null }

/** The journal as the one change feed: ids rise in the order of commits, so that a cursor misses nothing. */
export const journal = (sql: Queryable) => ({
  lastId: async () => (await sql.one<{ id: number }>(LAST))?.id ?? 0,
  after: async (after: number, most: number) => (await sql.many<Row>(AFTER, { after, most })).map(fromRow),
  ofType: async (entityType: string, after: number, upTo: number) =>
    (await sql.many<Row>(OF_TYPE, { entityType, after, upTo })).map(fromRow),
  /** How things that are no more ended. */
  deletions: async (entityType: string, ids: readonly string[]) =>
    (await sql.many<Row>(DELETIONS(sql), { entityType, ids: JSON.stringify(ids) })).map(fromRow),
})

function fromRow({ changes, entityId, ...row }: Row): JournalRow {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- the column has what the audit logger wrote
  return { ...row, entityId: entityId ?? '', changes: JSON.parse(changes) }
}
