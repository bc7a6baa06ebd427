import fp from 'fastify-plugin'
import { usersRoutes } from './routes.ts'

export const usersFeature = fp(
  async app => {
    app.scope('users')
    await app.register(usersRoutes, { prefix: '/api/users' })
  },
  {
    name: 'users',
    dependencies: ['db', 'audit-logger', 'access', 'cache', 'conditional', 'idempotency', 'openapi', 'passwords'],
    encapsulate: true,
  },
)
