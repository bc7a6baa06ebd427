import fp from 'fastify-plugin'
import { auditLogsRoutes } from './routes.ts'

export const auditLogsFeature = fp(
  async app => {
    app.scope('audit')
    await app.register(auditLogsRoutes, { prefix: '/api' })
  },
  { name: 'audit-logs', dependencies: ['db', 'access', 'exports', 'openapi'], encapsulate: true },
)
