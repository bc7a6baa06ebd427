import type { Feature } from '../../plugins/feature.ts'
import { authRoutes } from './routes.ts'

export const authFeature: Feature = {
  name: 'auth-routes',
  dependencies: ['config', 'db', 'audit-logger', 'access', 'rate-limit', 'idempotency', 'openapi', 'passwords'],
  tag: { name: 'auth', description: 'Sign in, stay signed in, sign out', chapter: 'accounts' },
  async plugin(app) {
    await app.register(authRoutes, { prefix: '/api/auth' })
  },
}
