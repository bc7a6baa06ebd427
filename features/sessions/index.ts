import type { Feature } from '../../plugins/feature.ts'
import { sessionsRoutes } from './routes.ts'

export const sessionsFeature: Feature = {
  name: 'sessions',
  dependencies: ['db', 'audit-logger', 'access', 'cache', 'openapi'],
  tag: { name: 'sessions', description: 'Where people are signed in', chapter: 'accounts' },
  async plugin(app) {
    await app.register(sessionsRoutes, { prefix: '/api/sessions' })
  },
}
