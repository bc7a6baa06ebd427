import fp from 'fastify-plugin'
import { portfolioRoutes } from './routes.ts'

export const portfolioFeature = fp(
  async app => {
    app.scope('portfolio')
    await app.register(portfolioRoutes, { prefix: '/api' })
  },
  {
    name: 'portfolio',
    dependencies: ['db', 'audit-logger', 'access', 'cache', 'conditional', 'idempotency', 'openapi'],
    encapsulate: true,
  },
)
