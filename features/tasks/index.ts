import fp from 'fastify-plugin'
import { tasksRoutes } from './routes.ts'

export const tasksFeature = fp(
  async app => {
    app.scope('tasks')
    await app.register(tasksRoutes, { prefix: '/api/tasks' })
  },
  {
    name: 'tasks',
    dependencies: ['db', 'audit-logger', 'access', 'conditional', 'idempotency', 'openapi'],
    encapsulate: true,
  },
)
