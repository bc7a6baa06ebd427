import type { Feature } from '../../../../plugins/feature.ts'
import { roomsRoutes } from './routes.ts'

export const roomsFeature: Feature = {
  name: 'rooms',
  dependencies: ['db', 'audit-logger', 'access', 'cache', 'conditional', 'openapi'],
  tag: { name: 'rooms', description: 'Where interviews take place', chapter: 'interviews' },
  scope: 'rooms',
  history: { entityType: 'room', path: '/api/rooms', roles: ['admin'] },
  async plugin(app) {
    await app.register(roomsRoutes, { prefix: '/api/rooms' })
  },
}
