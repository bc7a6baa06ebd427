import type { FastifyInstance } from 'fastify'
import type { Transaction } from '../../db/database.ts'
import { Forbidden, Unauthorized, type Caller, type Principal } from '../../plugins/auth.ts'
import { assertVersion, type ExpectedVersions } from '../../plugins/conditional.ts'
import { found, ValidationError } from '../../plugins/errors.ts'
import type { ExportedList } from '../../plugins/exports.ts'
import { onForeignKey } from '../../domain/sql.ts'
import { newId } from '../../domain/lists/fields.ts'
import type { Page } from '../../domain/lists/page.ts'
import { isStaff } from '../../domain/accounts/visibility.ts'
import { instant } from '../../domain/time.ts'
import { COLUMNS } from './columns.ts'
import { tasksRepository } from './repository.ts'
import type { NewTask, Task, TaskChanges, TaskExportQuery, TaskQuery } from './schemas.ts'

const ENTITY = 'task'

const DEFAULTS = {
  description: null,
  status: 'TODO',
  priority: 3,
  dueAt: null,
  assigneeId: null,
  eventId: null,
} satisfies Partial<Task>

/** The columns that the database fills in. */
const UNSAVED = { version: 1, createdAt: '', updatedAt: '' }

type Parts = Pick<FastifyInstance, 'db' | 'audit' | 'idempotency'>

export const tasksService = ({ db, audit, idempotency }: Parts) => ({
  /** Staff see every task, others those they made or are assigned. */
  list: (viewer: Principal, query: TaskQuery): Promise<Page<Task>> =>
    tasksRepository(db).list(query, isStaff(viewer) ? undefined : viewer.id),

  /** All of the list, as a file. */
  exported: (viewer: Principal, query: TaskExportQuery): ExportedList<Task> => ({
    name: 'tasks',
    title: 'Tasks',
    entityType: ENTITY,
    asked: query,
    columns: COLUMNS,
    rows: tasksRepository(db).whole(query, isStaff(viewer) ? undefined : viewer.id),
  }),

  find: async (viewer: Caller, id: string): Promise<Task> =>
    found(shownTo(viewer, await tasksRepository(db).find(id)), ENTITY),

  create: (actor: Caller, body: NewTask): Promise<Task> =>
    idempotency.once(actor, async tx => {
      const id = newId()
      const tasks = tasksRepository(tx)
      const task = { ...UNSAVED, ...DEFAULTS, ...inUtc(body), id, createdBy: actor.id }
      assertMayAssign(actor, task)
      await assertEventSeen(tx, actor, task)
      await tasks.insert(task).catch(onForeignKey(() => missingUser(actor, task)))
      const after = found(await tasks.find(id), ENTITY)
      await audit.record(tx, actor, { action: 'create', entityType: ENTITY, entityId: id, after })
      return after
    }),

  /** Changes the fields that are sent. */
  update: (actor: Caller, id: string, changes: TaskChanges, expected: ExpectedVersions): Promise<Task> =>
    db.transaction(async tx => {
      const tasks = tasksRepository(tx)
      const before = found(shownTo(actor, await tasks.find(id)), ENTITY)
      assertMayChange(actor, before, changes)
      assertMayAssign(actor, changes, before)
      assertVersion(before.version, expected)
      await assertEventSeen(tx, actor, changes, before)
      await tasks
        .update({ ...before, ...inUtc(changes) })
        .catch(onForeignKey(() => new ValidationError('/assigneeId', changes.assigneeId, 'there is no such user')))
      const after = found(await tasks.find(id), ENTITY)
      await audit.record(tx, actor, { action: 'update', entityType: ENTITY, entityId: id, before, after })
      return after
    }),

  delete: (actor: Caller, id: string, expected: ExpectedVersions): Promise<void> =>
    db.transaction(async tx => {
      const tasks = tasksRepository(tx)
      const before = found(shownTo(actor, await tasks.find(id)), ENTITY)
      if (!isMakerOrStaff(actor, before))
        throw new Forbidden('Only the person who made a task, admin or talent may remove it')
      assertVersion(before.version, expected)
      await tasks.delete(id)
      await audit.record(tx, actor, { action: 'delete', entityType: ENTITY, entityId: id, before })
    }),
})

/** Staff see every task, others only those they made or are assigned. */
function shownTo(viewer: Caller, task: Task | undefined): Task | undefined {
  return task && (isMakerOrStaff(viewer, task) || task.assigneeId === viewer.id) ? task : undefined
}

function isMakerOrStaff(actor: Caller, { createdBy }: Task): boolean {
  return isStaff(actor) || createdBy === actor.id
}

/** An assignee who did not make the task changes only its status. */
function assertMayChange(actor: Caller, before: Task, changes: TaskChanges): void {
  if (isMakerOrStaff(actor, before)) return
  const others = Object.keys(changes).filter(field => field !== 'status')
  if (others.length === 0) return
  throw new Forbidden(`You were given this task: you may change its status, but not ${others.join(', ')}`)
}

/** Only staff assign tasks to others; the present assignee may stay. */
function assertMayAssign(actor: Caller, { assigneeId }: TaskChanges, before?: Task): void {
  const allowed = [undefined, null, actor.id, before?.assigneeId]
  if (isStaff(actor) || allowed.includes(assigneeId)) return
  throw new Forbidden('You may assign a task to yourself or to nobody; assigning it to others is for admin and talent')
}

/** An interview that this user may not see is answered as one that never was. */
async function assertEventSeen(tx: Transaction, actor: Caller, { eventId }: TaskChanges, before?: Task): Promise<void> {
  if (eventId === undefined || eventId === null || eventId === before?.eventId) return
  const tasks = tasksRepository(tx)
  const seen = await (isStaff(actor) ? tasks.hasEvent(eventId) : tasks.hasEventOf(eventId, actor.id ?? ''))
  if (!seen) throw new ValidationError('/eventId', eventId, 'there is no such interview')
}

/** The event was found, so an account is missing: the assignee's or, if there is no other assignee, the actor's. */
function missingUser(actor: Caller, { assigneeId }: Task): Error {
  if (assigneeId === null || assigneeId === actor.id) return new Unauthorized()
  return new ValidationError('/assigneeId', assigneeId, 'there is no such user')
}

function inUtc<Body extends TaskChanges>(body: Body): Body {
  return typeof body.dueAt === 'string' ? { ...body, dueAt: instant(body.dueAt) } : body
}
