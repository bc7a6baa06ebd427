import type { Feature } from '../../plugins/feature.ts'
import { filesRoutes, secretRoutes } from './files/routes.ts'
import { feedsRoutes } from './routes.ts'

export const calendarFeedsFeature: Feature = {
  name: 'calendar-feeds',
  dependencies: ['config', 'db', 'audit-logger', 'access', 'conditional', 'idempotency', 'openapi'],
  tag: {
    name: 'calendar',
    description: 'Interviews in the calendars that people have: files, feeds, answers',
    chapter: 'interviews',
  },
  scope: 'events',
  async plugin(app) {
    await app.register(secretRoutes, { prefix: '/calendar' })
    await app.register(feedsRoutes, { prefix: '/api' })
    await app.register(filesRoutes, { prefix: '/api' })
  },
}
