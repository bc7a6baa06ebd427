import type { Queryable } from '../../db/database.ts'
import { when, wholeList, type Filter, type Listing } from '../../domain/lists/keyset.ts'
import { page, type Page } from '../../domain/lists/page.ts'
import { instant } from '../../domain/time.ts'
import type { Task, TaskExportQuery, TaskQuery } from './schemas.ts'

const COLUMNS = `id, title, description, status, priority, due_at AS "dueAt", assignee_id AS "assigneeId",
  event_id AS "eventId", created_by AS "createdBy", version, created_at AS "createdAt", updated_at AS "updatedAt"`
const FIND = `SELECT ${COLUMNS} FROM tasks WHERE id = :id`
const FIND_ALL = ({ dialect }: Queryable) => `SELECT ${COLUMNS} FROM tasks WHERE id ${dialect.inList('ids')}`
const INSERT = `INSERT INTO tasks (id, title, description, status, priority, due_at, assignee_id, event_id, created_by)
  VALUES (:id, :title, :description, :status, :priority, :dueAt, :assigneeId, :eventId, :createdBy)`
const UPDATE = `UPDATE tasks SET title = :title, description = :description, status = :status, priority = :priority,
    due_at = :dueAt, assignee_id = :assigneeId, event_id = :eventId
  WHERE id = :id AND version = :version`
const DELETE = 'DELETE FROM tasks WHERE id = :id'

const EVENT = 'SELECT id FROM events WHERE id = :id'
const EVENT_OF_USER = `SELECT event_panel.event_id AS id FROM event_panel
  JOIN interviewers ON interviewers.id = event_panel.interviewer_id
  WHERE event_panel.event_id = :id AND interviewers.user_id = :userId`

const LISTING: Listing = {
  columns: COLUMNS,
  from: 'tasks',
  id: 'id',
  sorts: {
    dueAt: `coalesce(due_at, '9999-12-31T23:59:59.999Z')`, // what has no due date comes after all that has one
    priority: 'CAST(priority AS TEXT)', // of one digit
    createdAt: 'created_at',
  },
  defaultSort: 'dueAt',
  total: `SELECT total FROM row_counts WHERE table_name = 'tasks'`,
}

export const tasksRepository = (sql: Queryable) => ({
  find: (id: string) => sql.one<Task>(FIND, { id }),
  findAll: (ids: readonly string[]) => sql.many<Task>(FIND_ALL(sql), { ids: JSON.stringify(ids) }),
  insert: (task: Task) => sql.run(INSERT, task),
  /** Writes over the version it was read with; 0 changes when that is gone. */
  update: (task: Task) => sql.run(UPDATE, task),
  delete: (id: string) => sql.run(DELETE, { id }),
  hasEvent: async (id: string) => (await sql.one(EVENT, { id })) !== undefined,
  /** Whether this user sits in that event. */
  hasEventOf: async (id: string, userId: string) => (await sql.one(EVENT_OF_USER, { id, userId })) !== undefined,
  /** Tasks that `viewerId`, when given, made or is assigned. */
  list: (query: TaskQuery, viewerId?: string): Promise<Page<Task>> =>
    page<Task>(sql, LISTING, query, filtersOf(query, viewerId)),
  whole: (query: TaskExportQuery, viewerId?: string) =>
    wholeList<Task, Task>(sql, LISTING, { ...query, filters: filtersOf(query, viewerId) }, rows => rows),
})

function filtersOf(query: Omit<TaskQuery, 'limit'>, viewerId: string | undefined): Filter[] {
  const { dueAfter, dueBefore } = query
  return [
    ...when(viewerId, 'created_by = :viewerId OR assignee_id = :viewerId', 'viewerId'),
    ...when(query.status, 'status = :status', 'status'),
    ...when(query.priority, 'priority = :priority', 'priority'),
    ...when(query.assigneeId, 'assignee_id = :assigneeId', 'assigneeId'),
    ...when(query.eventId, 'event_id = :eventId', 'eventId'),
    ...when(dueAfter && instant(dueAfter), 'due_at >= :dueAfter', 'dueAfter'),
    ...when(dueBefore && instant(dueBefore), 'due_at < :dueBefore', 'dueBefore'),
  ]
}
