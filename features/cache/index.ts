import fp from 'fastify-plugin'
import { cacheRoutes } from './routes.ts'

export const cacheFeature = fp(
  async app => {
    await app.register(cacheRoutes, { prefix: '/api/cache' })
  },
  { name: 'cache-routes', dependencies: ['access', 'cache', 'openapi'], encapsulate: true },
)
