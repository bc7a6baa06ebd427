import type { Feature } from '../../plugins/feature.ts'
import { Event } from '../../domain/interviews/schemas.ts'
import { STAFF } from '../../domain/accounts/visibility.ts'
import { eventsRoutes, transitionRoutes } from './routes.ts'
import { replyRoutes } from './replies/routes.ts'
import { BookedEvent, EventPage } from './schemas.ts'
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
    description: 'Interviews: book, move, answer and end them. Nobody is ever booked twice',
    chapter: 'interviews',
  },
  scope: 'events',
  history: { entityType: 'event', path: '/api/events', roles: STAFF },
  async plugin(app) {
    app.realtime.announce(eventsTopic)
    for (const schema of [Event, BookedEvent, EventPage]) app.addSchema(schema)
    await app.register(eventsRoutes, { prefix: '/api' })
    await app.register(transitionRoutes, { prefix: '/api' })
    await app.register(replyRoutes, { prefix: '/api' })
  },
}
