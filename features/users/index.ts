import fp from 'fastify-plugin'
import { usersRoutes } from './routes.ts'

export const usersFeature = fp(
  async app => {
    await app.register(usersRoutes, { prefix: '/api/users' })
  },
  {
    name: 'users',
    dependencies: ['db', 'audit-logger', 'access', 'conditional', 'idempotency', 'openapi', 'passwords'],
    encapsulate: true,
  },
)
