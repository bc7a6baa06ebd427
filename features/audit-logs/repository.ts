import type { Queryable } from '../../db/database.ts'
import type { Journal } from '../../domain/accounts/visibility.ts'
import { fromJson } from '../../domain/sql.ts'
import { when, wholeList, type Filter, type Listing } from '../../domain/lists/keyset.ts'
import { page, type Page } from '../../domain/lists/page.ts'
import { instant } from '../../domain/time.ts'
import type { AuditLog, AuditLogExportQuery, AuditLogQuery } from './schemas.ts'

const COLUMNS = `id, occurred_at AS "occurredAt", actor_id AS "actorId", actor_name AS "actorName", action,
  entity_type AS "entityType", entity_id AS "entityId", changes, reason, request_id AS "requestId", ip,
  user_agent AS "userAgent"`
const listingOf = (journal: Journal): Listing => ({
  columns: COLUMNS,
  from: journal,
  id: 'id',
  idType: 'number',
  sorts: { id: 'id' },
  defaultSort: '-id', // what happened last stands first
  total: `SELECT total FROM row_counts WHERE table_name = '${journal}'`,
})

type Row = Omit<AuditLog, 'changes'> & { readonly changes: string }

/** Only reads, and of one part of the journal: rows are written by `app.audit`, in the transaction of what they tell. */
export const auditLogsRepository = (sql: Queryable, journal: Journal) => ({
  find: async (id: number): Promise<AuditLog | undefined> => {
    const row = await sql.one<Row>(`SELECT ${COLUMNS} FROM ${journal} WHERE id = :id`, { id })
    return row && fromRow(row)
  },
  list: async (query: AuditLogQuery): Promise<Page<AuditLog>> => {
    const { data, pagination } = await page<Row>(sql, listingOf(journal), query, filtersOf(query))
    return { data: data.map(row => fromRow(row)), pagination }
  },
  whole: (query: AuditLogExportQuery) =>
    wholeList<Row, AuditLog>(sql, listingOf(journal), { ...query, filters: filtersOf(query) }, rows =>
      rows.map(fromRow),
    ),
})

function filtersOf(query: Omit<AuditLogQuery, 'limit'>): Filter[] {
  const { occurredAfter, occurredBefore } = query
  return [
    ...when(query.entityType, 'entity_type = :entityType', 'entityType'),
    ...when(query.entityId, 'entity_id = :entityId', 'entityId'),
    ...when(query.actorId, 'actor_id = :actorId', 'actorId'),
    ...when(query.action, 'action = :action', 'action'),
    ...when(query.requestId, 'request_id = :requestId', 'requestId'),
    ...when(occurredAfter && instant(occurredAfter), 'occurred_at >= :occurredAfter', 'occurredAfter'),
    ...when(occurredBefore && instant(occurredBefore), 'occurred_at < :occurredBefore', 'occurredBefore'),
  ]
}

function fromRow(row: Row): AuditLog {
  return { ...row, changes: fromJson(row.changes) }
}
