import fp from 'fastify-plugin'
import { userCountRoutes } from './routes.ts'

export const userCountFeature = fp(
  async app => {
    await app.register(userCountRoutes, { prefix: '/api/usercount' })
  },
  { name: 'usercount', dependencies: ['db', 'audit-logger', 'access', 'openapi'], encapsulate: true },
)
