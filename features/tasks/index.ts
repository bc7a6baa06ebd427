import fp from 'fastify-plugin'
import { tasksRoutes } from './routes.ts'
import { tasksTopic } from './topic.ts'

export const tasksFeature = fp(
  async app => {
    app.scope('tasks')
    app.realtime.announce(tasksTopic)
    await app.register(tasksRoutes, { prefix: '/api/tasks' })
  },
  {
    name: 'tasks',
    dependencies: ['db', 'audit-logger', 'access', 'conditional', 'exports', 'idempotency', 'openapi', 'realtime'],
    encapsulate: true,
  },
)
