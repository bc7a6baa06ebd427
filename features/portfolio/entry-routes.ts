import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer, gone, refused } from '../../domain/lists/answers.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import { everyone } from '../../domain/accounts/visibility.ts'
import { EntryQuery, MOST_ENTRIES } from './entry-schemas.ts'
import { entriesService } from './entry-service.ts'
import type { Kind } from './kinds.ts'

const tags = ['portfolio']
const WHO_WRITES = 'Admin and talent change every portfolio, an interviewer changes only their own.'

/** The routes of one kind of entries. */
export const entryRoutes =
  (kind: Kind): FastifyPluginAsyncTypebox =>
  async app => {
    const entries = entriesService(app, kind)
    const operation = { ...readingOf(kind), ...writingOf(kind) }
    const config = { cache: { tables: [`portfolio_${kind.path}`], seenBy: everyone } }

    app.get('/', { config, schema: operation.list }, request => entries.list(request.query))

    app.get('/:id', { config, schema: operation.get }, async (request, reply) =>
      reply.versioned(await entries.find(request.params.id)),
    )

    app.post('/', { schema: operation.create }, async (request, reply) => {
      const entry = await entries.create(request.principal, request.body)
      reply.code(201).header('location', `/api/portfolio/${kind.path}/${entry.id}`)
      return reply.versioned(entry)
    })

    app.put('/:id', { schema: operation.update }, async (request, reply) =>
      reply.versioned(await entries.update(request.principal, request.params.id, request.body, request.ifMatch)),
    )

    app.delete('/:id', { schema: operation.remove }, async (request, reply) => {
      await entries.delete(request.principal, request.params.id, request.ifMatch)
      return reply.code(204).send(null)
    })
  }

function readingOf({ path, noun, entry, page }: Kind) {
  const list = {
    tags,
    operationId: `listPortfolio${capitalized(path)}`,
    summary: `List ${path}`,
    description: 'Anyone signed in may read it. Sorted by position, then newest first, by default.',
    querystring: EntryQuery,
    response: { 200: answer(page, `A page of ${path}`) },
  }
  const get = {
    tags,
    operationId: `getPortfolio${capitalized(noun)}`,
    summary: `Get one ${noun}`,
    description: 'Anyone signed in may read it.',
    params: OnlyId,
    response: { 200: answer(entry, `The ${noun}`), ...refused(404) },
  }
  return { list, get }
}

function writingOf({ noun, entry, created, changes }: Kind) {
  const one = capitalized(noun)
  const create = {
    tags,
    operationId: `createPortfolio${one}`,
    summary: `Add one ${noun}`,
    description: `${WHO_WRITES} A portfolio holds at most ${MOST_ENTRIES} of a kind.`,
    body: created,
    response: { 201: answer(entry, `The ${noun}`), ...refused(403, 409) },
  }
  const update = {
    tags,
    operationId: `updatePortfolio${one}`,
    summary: `Change one ${noun}`,
    description: `${WHO_WRITES} Changes the fields that are sent; null clears one.`,
    params: OnlyId,
    body: changes,
    response: { 200: answer(entry, `The ${noun}`), ...refused(403, 404, 409) },
  }
  const remove = {
    tags,
    operationId: `deletePortfolio${one}`,
    summary: `Remove one ${noun}`,
    description: WHO_WRITES,
    params: OnlyId,
    response: { 204: gone('Removed'), ...refused(403, 404) },
  }
  return { create, update, remove }
}

function capitalized(word: string): string {
  return word.replace(/^./, first => first.toUpperCase())
}
