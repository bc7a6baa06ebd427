import type { Feature } from '../../plugins/feature.ts'
import { usersRoutes } from './routes.ts'

export const usersFeature: Feature = {
  name: 'users',
  dependencies: ['db', 'audit-logger', 'access', 'cache', 'conditional', 'idempotency', 'openapi', 'passwords'],
  tag: { name: 'users', description: 'The accounts of the people who work here', chapter: 'accounts' },
  scope: 'users',
  history: { entityType: 'user', path: '/api/users', roles: ['admin'] },
  async plugin(app) {
    await app.register(usersRoutes, { prefix: '/api/users' })
  },
}
