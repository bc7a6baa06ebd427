import type { Declarations, Feature } from '../../plugins/feature.ts'
import { auditLogsRoutes, historyRoutes } from './routes.ts'
import { AuditLog, AuditLogPage } from './schemas.ts'

export const auditLogsFeature: Feature<Pick<Declarations, 'histories'>> = {
  name: 'audit-logs',
  dependencies: ['db', 'access', 'exports', 'openapi'],
  tag: { name: 'audit', description: 'The journal: who changed what, and when', chapter: 'work' },
  scope: 'audit',
  async plugin(app, { histories }) {
    for (const schema of [AuditLog, AuditLogPage]) app.addSchema(schema)
    await app.register(auditLogsRoutes, { prefix: '/api' })
    await app.register(historyRoutes, { histories })
  },
}
