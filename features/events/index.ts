import fp from 'fastify-plugin'
import { eventsRoutes, deedRoutes } from './routes.ts'
import { BookedEvent, Event, EventPage } from './schemas.ts'

export const eventsFeature = fp(
  async app => {
    for (const schema of [Event, BookedEvent, EventPage]) app.addSchema(schema)
    await app.register(eventsRoutes, { prefix: '/api' })
    await app.register(deedRoutes, { prefix: '/api' })
  },
  {
    name: 'events',
    dependencies: ['db', 'audit-logger', 'access', 'conditional', 'idempotency', 'openapi'],
    encapsulate: true,
  },
)
