import fp from 'fastify-plugin'
import { interviewersRoutes } from './routes.ts'

export const interviewersFeature = fp(
  async app => {
    await app.register(interviewersRoutes, { prefix: '/api/interviewers' })
  },
  {
    name: 'interviewers',
    dependencies: ['db', 'audit-logger', 'access', 'conditional', 'idempotency', 'openapi'],
    encapsulate: true,
  },
)
