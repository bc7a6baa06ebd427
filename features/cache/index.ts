import type { Feature } from '../../plugins/feature.ts'
import { cacheRoutes } from './routes.ts'

export const cacheFeature: Feature = {
  name: 'cache-routes',
  dependencies: ['access', 'cache', 'openapi'],
  async plugin(app) {
    await app.register(cacheRoutes, { prefix: '/api/cache' })
  },
}
