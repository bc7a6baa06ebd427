import type { Feature } from '../../plugins/feature.ts'
import { reportsRoutes } from './routes.ts'

export const reportsFeature: Feature = {
  name: 'reports',
  dependencies: ['db', 'access', 'openapi'],
  tag: { name: 'reports', description: 'Who carries how much', chapter: 'operation' },
  scope: 'reports',
  async plugin(app) {
    await app.register(reportsRoutes, { prefix: '/api/reports' })
  },
}
