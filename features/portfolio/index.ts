import type { Feature } from '../../plugins/feature.ts'
import { portfolioRoutes } from './routes.ts'

export const portfolioFeature: Feature = {
  name: 'portfolio',
  dependencies: ['db', 'audit-logger', 'access', 'cache', 'conditional', 'idempotency', 'openapi'],
  tag: {
    name: 'portfolio',
    description: 'What a candidate is shown of the person across the table',
    chapter: 'interviews',
  },
  scope: 'portfolio',
  async plugin(app) {
    await app.register(portfolioRoutes, { prefix: '/api' })
  },
}
