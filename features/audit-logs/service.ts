import type { Database } from '../../db/database.ts'
import { found } from '../../plugins/errors.ts'
import type { PageRequest } from '../page.ts'
import { auditLogsRepository } from './repository.ts'
import type { AuditLogQuery } from './schemas.ts'

export const auditLogsService = (db: Database) => ({
  list: (query: AuditLogQuery) => auditLogsRepository(db).list(query),

  find: async (id: number) => found(await auditLogsRepository(db).find(id), 'journal row'),

  /** Also of what is no more: a history outlives its thing. */
  history: (entityType: string, entityId: string, request: PageRequest) =>
    auditLogsRepository(db).list({ ...request, entityType, entityId }),
})
