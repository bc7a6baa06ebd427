import type { FastifyInstance } from 'fastify'
import type { Caller } from '../../plugins/auth.ts'
import { found } from '../../plugins/errors.ts'
import type { ExportedList } from '../../plugins/exports.ts'
import type { PageRequest } from '../../domain/lists/page.ts'
import { journalFor } from '../../domain/accounts/visibility.ts'
import { COLUMNS } from './columns.ts'
import { auditLogsRepository } from './repository.ts'
import type { AuditLog, AuditLogExportQuery, AuditLogQuery } from './schemas.ts'

type Parts = Pick<FastifyInstance, 'db'>

/** The journal, as far as whoever reads it may know it. */
export const auditLogsService = ({ db }: Parts, viewer: Caller) => readerOf(auditLogsRepository(db, journalFor(viewer)))

const readerOf = (journal: ReturnType<typeof auditLogsRepository>) => ({
  list: (query: AuditLogQuery) => journal.list(query),

  /** All of the list, as a file. */
  exported: (query: AuditLogExportQuery): ExportedList<AuditLog> => ({
    name: 'audit-logs',
    title: 'Journal',
    entityType: 'audit_log',
    asked: query,
    columns: COLUMNS,
    rows: journal.whole(query),
  }),

  find: async (id: number) => found(await journal.find(id), 'journal row'),

  /** A history remains after its subject is deleted. */
  history: (entityType: string, entityId: string, request: PageRequest) =>
    journal.list({ ...request, entityType, entityId }),
})
