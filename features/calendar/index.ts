import fp from 'fastify-plugin'
import { calendarRoutes, feedRoutes, replyRoutes } from './routes.ts'

export const calendarFeature = fp(
  async app => {
    await app.register(feedRoutes, { prefix: '/calendar' })
    app.scope('events')
    await app.register(calendarRoutes, { prefix: '/api' })
    await app.register(replyRoutes, { prefix: '/api' })
  },
  {
    name: 'calendar',
    dependencies: ['config', 'db', 'audit-logger', 'access', 'conditional', 'idempotency', 'openapi'],
    encapsulate: true,
  },
)
