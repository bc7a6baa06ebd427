import fp from 'fastify-plugin'
import { eventsRoutes, deedRoutes } from './routes.ts'
import { BookedEvent, Event, EventPage } from './schemas.ts'
import { eventsTopic } from './topic.ts'

export const eventsFeature = fp(
  async app => {
    app.scope('events')
    app.realtime.announce(eventsTopic)
    for (const schema of [Event, BookedEvent, EventPage]) app.addSchema(schema)
    await app.register(eventsRoutes, { prefix: '/api' })
    await app.register(deedRoutes, { prefix: '/api' })
  },
  {
    name: 'events',
    dependencies: [
      'db',
      'audit-logger',
      'access',
      'cache',
      'calendars',
      'conditional',
      'exports',
      'idempotency',
      'openapi',
      'realtime',
    ],
    encapsulate: true,
  },
)
