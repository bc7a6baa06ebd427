import type { Feature } from '../../plugins/feature.ts'
import { eventsRoutes, deedRoutes } from './routes.ts'
import { BookedEvent, Event, EventPage } from './schemas.ts'
import { eventsTopic } from './topic.ts'

export const eventsFeature: Feature = {
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
  tag: {
    name: 'events',
    description: 'Interviews: booked, moved, answered, ended. Nobody is ever booked twice',
    chapter: 'interviews',
  },
  scope: 'events',
  history: { entityType: 'event', path: '/api/events', roles: ['admin', 'talent'] },
  async plugin(app) {
    app.realtime.announce(eventsTopic)
    for (const schema of [Event, BookedEvent, EventPage]) app.addSchema(schema)
    await app.register(eventsRoutes, { prefix: '/api' })
    await app.register(deedRoutes, { prefix: '/api' })
  },
}
