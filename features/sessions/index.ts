import fp from 'fastify-plugin'
import { sessionsRoutes } from './routes.ts'

export const sessionsFeature = fp(
  async app => {
    await app.register(sessionsRoutes, { prefix: '/api/sessions' })
  },
  { name: 'sessions', dependencies: ['db', 'audit-logger', 'access', 'cache', 'openapi'], encapsulate: true },
)
