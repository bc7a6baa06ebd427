import fp from 'fastify-plugin'
import { importRoutes } from './import-routes.ts'
import { interviewersRoutes } from './routes.ts'
import { interviewersTopic } from './topic.ts'

export const interviewersFeature = fp(
  async app => {
    app.scope('interviewers')
    app.realtime.announce(interviewersTopic)
    await app.register(interviewersRoutes, { prefix: '/api/interviewers' })
    await app.register(importRoutes, { prefix: '/api/interviewers' })
  },
  {
    name: 'interviewers',
    dependencies: [
      'db',
      'audit-logger',
      'access',
      'cache',
      'conditional',
      'exports',
      'idempotency',
      'openapi',
      'realtime',
    ],
    encapsulate: true,
  },
)
