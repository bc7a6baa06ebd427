import fp from 'fastify-plugin'
import { interviewersRoutes } from './routes.ts'

export const interviewersFeature = fp(
  async app => {
    app.scope('interviewers')
    await app.register(interviewersRoutes, { prefix: '/api/interviewers' })
  },
  {
    name: 'interviewers',
    dependencies: ['db', 'audit-logger', 'access', 'cache', 'conditional', 'idempotency', 'openapi'],
    encapsulate: true,
  },
)
