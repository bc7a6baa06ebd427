import fp from 'fastify-plugin'
import { authRoutes } from './routes.ts'

export const authFeature = fp(
  async app => {
    await app.register(authRoutes, { prefix: '/api/auth' })
  },
  {
    name: 'auth-routes',
    dependencies: ['config', 'db', 'audit-logger', 'access', 'rate-limit', 'idempotency', 'openapi', 'passwords'],
    encapsulate: true,
  },
)
