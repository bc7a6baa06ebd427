import type { Feature } from '../../plugins/feature.ts'
import { userCountRoutes } from './routes.ts'

export const userCountFeature: Feature = {
  name: 'usercount',
  dependencies: ['db', 'audit-logger', 'access', 'cache', 'openapi'],
  scope: 'users',
  async plugin(app) {
    await app.register(userCountRoutes, { prefix: '/api/usercount' })
  },
}
