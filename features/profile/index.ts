import type { Feature } from '../../plugins/feature.ts'
import { passwordRoutes, profileRoutes } from './routes.ts'

export const profileFeature: Feature = {
  name: 'profile',
  dependencies: ['db', 'audit-logger', 'access', 'conditional', 'rate-limit', 'openapi', 'passwords'],
  tag: { name: 'profile', description: 'Your name, time zone, notifications and password', chapter: 'work' },
  scope: 'profile',
  async plugin(app) {
    await app.register(passwordRoutes, { prefix: '/api/profile' })
    await app.register(profileRoutes, { prefix: '/api/profile' })
  },
}
