import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer, gone, refused } from '../../domain/lists/answers.ts'
import { exportOf } from '../../domain/lists/export.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import { NewTask, Task, TaskChanges, TaskExportQuery, TaskPage, TaskQuery } from './schemas.ts'
import { tasksService } from './service.ts'

const tags = ['tasks']

export const tasksRoutes: FastifyPluginAsyncTypebox = async app => {
  for (const schema of [Task, TaskPage]) app.addSchema(schema)
  const tasks = tasksService(app)

  app.get('/', { schema: LIST }, request => tasks.list(request.principal, request.query))

  app.get('/export', { exposeHeadRoute: false, schema: EXPORT }, (request, reply) =>
    reply.sendList(tasks.exported(request.principal, request.query)),
  )

  app.get('/:id', { schema: GET }, async (request, reply) =>
    reply.versioned(await tasks.find(request.principal, request.params.id)),
  )

  app.post('/', { schema: CREATE }, async (request, reply) => {
    const task = await tasks.create(request.principal, request.body)
    reply.code(201).header('location', `/api/tasks/${task.id}`)
    return reply.versioned(task)
  })

  app.put('/:id', { schema: UPDATE }, async (request, reply) =>
    reply.versioned(await tasks.update(request.principal, request.params.id, request.body, request.ifMatch)),
  )

  app.delete('/:id', { schema: DELETE }, async (request, reply) => {
    await tasks.delete(request.principal, request.params.id, request.ifMatch)
    return reply.code(204).send(null)
  })
}

const LIST = {
  tags,
  operationId: 'listTasks',
  summary: 'List tasks',
  description:
    'Admin and talent see every task, an interviewer those they made or are assigned. Sorted by due date by ' +
    'default; tasks without one come last.',
  querystring: TaskQuery,
  response: { 200: answer(TaskPage, 'A page of tasks') },
}

const EXPORT = exportOf({
  tags,
  operationId: 'exportTasks',
  what: 'tasks',
  readers: 'Admin and talent get every task, an interviewer those they made or are assigned.',
  query: TaskExportQuery,
  example: 'id,title,status\r\n0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d20,Send the take-home exercise,TODO\r\n',
})

const GET = {
  tags,
  operationId: 'getTask',
  summary: 'Get a task',
  description: 'For admin and talent, the person who made it and its assignee. Anyone else gets 404.',
  params: OnlyId,
  response: { 200: answer(Task, 'The task'), ...refused(404) },
}

const CREATE = {
  tags,
  operationId: 'createTask',
  summary: 'Add a task',
  description:
    'Anyone signed in may add one; an interviewer assigns it to themselves or to nobody, and names only interviews ' +
    'they sit in. By default it is `TODO`, with priority 3 and no due date. Priority 1 is the most ' +
    'urgent.',
  body: NewTask,
  response: { 201: answer(Task, 'The task'), ...refused(403) },
}

const UPDATE = {
  tags,
  operationId: 'updateTask',
  summary: 'Change a task',
  description:
    'For everyone who sees it; an interviewer who is only its assignee may change only its `status`. Changes ' +
    'the fields that are sent; null clears one.',
  params: OnlyId,
  body: TaskChanges,
  response: { 200: answer(Task, 'The task'), ...refused(403, 404) },
}

const DELETE = {
  tags,
  operationId: 'deleteTask',
  summary: 'Remove a task',
  description: 'For admin and talent, and for the person who made it. Its history stays.',
  params: OnlyId,
  response: { 204: gone('Removed'), ...refused(403, 404) },
}
