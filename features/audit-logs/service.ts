import type { FastifyInstance } from 'fastify'
import { found } from '../../plugins/errors.ts'
import type { ExportedList } from '../../plugins/exports.ts'
import type { PageRequest } from '../../domain/lists/page.ts'
import { COLUMNS } from './columns.ts'
import { auditLogsRepository } from './repository.ts'
import type { AuditLog, AuditLogExportQuery, AuditLogQuery } from './schemas.ts'

type Parts = Pick<FastifyInstance, 'db'>

export const auditLogsService = ({ db }: Parts) => ({
  list: (query: AuditLogQuery) => auditLogsRepository(db).list(query),

  /** All of the list, as a file. */
  exported: (query: AuditLogExportQuery): ExportedList<AuditLog> => ({
    name: 'audit-logs',
    title: 'Journal',
    entityType: 'audit_log',
    asked: query,
    columns: COLUMNS,
    rows: auditLogsRepository(db).whole(query),
  }),

  find: async (id: number) => found(await auditLogsRepository(db).find(id), 'journal row'),

  /** A history remains after its subject is deleted. */
  history: (entityType: string, entityId: string, request: PageRequest) =>
    auditLogsRepository(db).list({ ...request, entityType, entityId }),
})
