import fp from 'fastify-plugin'
import { reportsRoutes } from './routes.ts'

export const reportsFeature = fp(
  async app => {
    app.scope('reports')
    await app.register(reportsRoutes, { prefix: '/api/reports' })
  },
  { name: 'reports', dependencies: ['db', 'access', 'openapi'], encapsulate: true },
)
