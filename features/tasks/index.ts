import type { Feature } from '../../plugins/feature.ts'
import { STAFF } from '../../domain/accounts/visibility.ts'
import { tasksRoutes } from './routes.ts'
import { tasksTopic } from './topic.ts'

export const tasksFeature: Feature = {
  name: 'tasks',
  dependencies: ['db', 'audit-logger', 'access', 'conditional', 'exports', 'idempotency', 'openapi', 'realtime'],
  tag: { name: 'tasks', description: 'What people have to do, and by when', chapter: 'work' },
  scope: 'tasks',
  history: { entityType: 'task', path: '/api/tasks', roles: STAFF },
  async plugin(app) {
    app.realtime.announce(tasksTopic)
    await app.register(tasksRoutes, { prefix: '/api/tasks' })
  },
}
