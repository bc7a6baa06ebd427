import type { Topic } from '../../plugins/realtime/topic.ts'
import { isStaff } from '../../domain/accounts/visibility.ts'
import { tasksRepository } from './repository.ts'

/** Staff follow every task, others those they made or are assigned. */
export const tasksTopic: Topic = {
  name: 'TASKS',
  entityType: 'task',
  scope: 'tasks',
  tables: ['tasks'],
  seesAll: isStaff,
  find: async (sql, ids) => new Map((await tasksRepository(sql).findAll(ids)).map(task => [task.id, task])),
  audiences: async (_sql, tasks) =>
    tasks.map(({ createdBy, assigneeId }) => new Set([createdBy, assigneeId].filter(id => typeof id === 'string'))),
}
