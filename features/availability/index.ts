import fp from 'fastify-plugin'
import { availabilityRoutes } from './routes.ts'
import { searchRoutes } from './search-routes.ts'

export const availabilityFeature = fp(
  async app => {
    app.scope('availability')
    await app.register(availabilityRoutes, { prefix: '/api' })
    await app.register(searchRoutes, { prefix: '/api' })
  },
  {
    name: 'availability',
    dependencies: ['db', 'audit-logger', 'access', 'cache', 'calendars', 'conditional', 'openapi'],
    encapsulate: true,
  },
)
