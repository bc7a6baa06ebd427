import { Type, type Static } from '@sinclair/typebox'
import { ExportQuery } from '../../domain/lists/export.ts'
import { Id, Instant, Line, Lines, Nullable, OneOf, Version } from '../../domain/lists/fields.ts'
import { PageOf, PageQuery } from '../../domain/lists/page.ts'
import { Search } from '../../domain/lists/words.ts'

const Status = OneOf(['TODO', 'IN_PROGRESS', 'DONE'])
const Priority = Type.Integer({ minimum: 1, maximum: 5, description: '1 is the most urgent, 5 the least' })

/** What a client may write, without defaults. */
const WRITABLE = {
  title: Line(200, { examples: ['Send the take-home exercise'] }),
  description: Nullable(Lines(5000)),
  status: Status,
  priority: Priority,
  dueAt: Nullable(Instant),
  assigneeId: Nullable(Type.String({ ...Id, description: 'The account that has to do it' })),
  eventId: Nullable(Type.String({ ...Id, description: 'The interview it is about' })),
}

const EXAMPLE = {
  id: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d20',
  title: 'Send the take-home exercise',
  description: 'The one about queues.',
  status: 'TODO',
  priority: 2,
  dueAt: '2026-03-02T17:00:00.000Z',
  assigneeId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10',
  eventId: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d11',
  createdBy: '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d01',
  version: 1,
  createdAt: '2026-03-01T08:00:00.000Z',
  updatedAt: '2026-03-01T08:00:00.000Z',
}

export const Task = Type.Object(
  {
    id: Id,
    ...WRITABLE,
    createdBy: Nullable(Type.String({ ...Id, description: 'Who made it; null once that account was removed' })),
    version: Version,
    createdAt: Instant,
    updatedAt: Instant,
  },
  { $id: 'Task', description: 'Something that somebody has to do', examples: [EXAMPLE] },
)
export type Task = Static<typeof Task>

export const NewTask = Type.Object(
  {
    title: WRITABLE.title,
    description: Type.Optional(WRITABLE.description),
    status: Type.Optional(WRITABLE.status),
    priority: Type.Optional(WRITABLE.priority),
    dueAt: Type.Optional(WRITABLE.dueAt),
    assigneeId: Type.Optional(WRITABLE.assigneeId),
    eventId: Type.Optional(WRITABLE.eventId),
  },
  {
    additionalProperties: false,
    examples: [{ title: 'Send the take-home exercise', priority: 2, dueAt: '2026-03-02T18:00:00+01:00' }],
  },
)
export type NewTask = Static<typeof NewTask>

export const TaskChanges = Type.Partial(Type.Object(WRITABLE), {
  additionalProperties: false,
  minProperties: 1,
  examples: [{ status: 'IN_PROGRESS' }],
})
export type TaskChanges = Static<typeof TaskChanges>

export const TaskPage = PageOf(Task, 'TaskPage')

export const TaskQuery = PageQuery(['dueAt', 'priority', 'createdAt'], {
  status: Type.Optional(Status),
  priority: Type.Optional(Priority),
  assigneeId: Type.Optional(Id),
  eventId: Type.Optional(Id),
  dueAfter: Type.Optional(Type.String({ ...Instant, description: 'Inclusive; leaves out tasks without a due date' })),
  dueBefore: Type.Optional(Type.String({ ...Instant, description: 'Exclusive; leaves out tasks without a due date' })),
  q: Search('the title or description'),
})
export type TaskQuery = Static<typeof TaskQuery>

export const TaskExportQuery = ExportQuery(TaskQuery)
export type TaskExportQuery = Static<typeof TaskExportQuery>
