import type { Column } from '../../plugins/exports.ts'
import type { Task } from './schemas.ts'

/** The columns of an export. */
export const COLUMNS: readonly Column<Task>[] = [
  { header: 'id', value: ({ id }) => id, width: 38 },
  { header: 'title', value: ({ title }) => title, width: 40, printed: 'Title' },
  { header: 'description', value: ({ description }) => description, width: 50, printed: 'Description' },
  { header: 'status', value: ({ status }) => status, width: 14, printed: 'Status' },
  { header: 'priority', value: ({ priority }) => priority, width: 10, printed: 'Priority' },
  { header: 'dueAt', value: ({ dueAt }) => dueAt, width: 20, instant: true, printed: 'Due' },
  { header: 'assigneeId', value: ({ assigneeId }) => assigneeId, width: 38 },
  { header: 'eventId', value: ({ eventId }) => eventId, width: 38 },
  { header: 'createdBy', value: ({ createdBy }) => createdBy, width: 38 },
  { header: 'version', value: ({ version }) => version, width: 8 },
  { header: 'createdAt', value: ({ createdAt }) => createdAt, width: 20, instant: true, printed: 'Created' },
  { header: 'updatedAt', value: ({ updatedAt }) => updatedAt, width: 20, instant: true },
]
