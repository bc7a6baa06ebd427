import type { Feature } from '../../plugins/feature.ts'
import { availabilityRoutes } from './routes.ts'
import { searchRoutes } from './search-routes.ts'

export const availabilityFeature: Feature = {
  name: 'availability',
  dependencies: ['db', 'audit-logger', 'access', 'cache', 'calendars', 'conditional', 'openapi'],
  tag: {
    name: 'availability',
    description: 'The hours people can give, and when a panel can meet',
    chapter: 'interviews',
  },
  scope: 'availability',
  async plugin(app) {
    await app.register(availabilityRoutes, { prefix: '/api' })
    await app.register(searchRoutes, { prefix: '/api' })
  },
}
