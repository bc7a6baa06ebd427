import fp from 'fastify-plugin'
import { userCountRoutes } from './routes.ts'

export const userCountFeature = fp(
  async app => {
    app.scope('users')
    await app.register(userCountRoutes, { prefix: '/api/usercount' })
  },
  { name: 'usercount', dependencies: ['db', 'audit-logger', 'access', 'cache', 'openapi'], encapsulate: true },
)
