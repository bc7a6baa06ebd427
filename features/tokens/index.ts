import fp from 'fastify-plugin'
import { tokensRoutes } from './routes.ts'

export const tokensFeature = fp(
  async app => {
    await app.register(tokensRoutes, { prefix: '/api/tokens' })
  },
  { name: 'tokens', dependencies: ['db', 'audit-logger', 'access', 'idempotency', 'openapi'], encapsulate: true },
)
