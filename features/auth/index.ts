import type { Feature } from '../../plugins/feature.ts'
import { authRepository } from './repository.ts'
import { authRoutes } from './routes.ts'
import { WINDOW_MS } from './throttle.ts'

export const authFeature: Feature = {
  name: 'auth-routes',
  dependencies: [
    'config',
    'db',
    'audit-logger',
    'access',
    'rate-limit',
    'housekeeping',
    'idempotency',
    'openapi',
    'passwords',
  ],
  tag: { name: 'auth', description: 'Sign in, stay signed in, sign out', chapter: 'accounts' },
  async plugin(app) {
    app.housekeeping.add('failed sign-ins', async now => {
      const before = new Date(now - WINDOW_MS).toISOString()
      await app.db.transaction(tx => authRepository(tx).forgetFailures(before))
      return false
    })
    await app.register(authRoutes, { prefix: '/api/auth' })
  },
}
