import type { Feature } from '../../plugins/feature.ts'
import { calendarRoutes, feedRoutes } from './routes.ts'

export const calendarFeature: Feature = {
  name: 'calendar',
  dependencies: ['config', 'db', 'audit-logger', 'access', 'conditional', 'idempotency', 'openapi'],
  tag: {
    name: 'calendar',
    description: 'Interviews in the calendars that people have: files, feeds, answers',
    chapter: 'interviews',
  },
  scope: 'events',
  async plugin(app) {
    await app.register(feedRoutes, { prefix: '/calendar' })
    await app.register(calendarRoutes, { prefix: '/api' })
  },
}
