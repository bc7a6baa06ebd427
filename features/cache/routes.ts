import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer, gone, refused } from '../../domain/lists/answers.ts'
import { CacheStatistics } from './schemas.ts'

const tags = ['operations']

export const cacheRoutes: FastifyPluginAsyncTypebox = async app => {
  app.addSchema(CacheStatistics)
  const onRequest = [app.authorize(['admin'])]

  app.get('/', { onRequest, schema: GET }, async () => app.cache.statistics())

  app.delete('/', { onRequest, schema: CLEAR }, async (_request, reply) => {
    app.cache.clear()
    return reply.code(204).send(null)
  })
}

const GET = {
  tags,
  operationId: 'getCache',
  summary: 'Look at the cache',
  description: 'For admin. Each process has a cache of its own; this is the one that answers.',
  response: { 200: answer(CacheStatistics, 'The statistics of the cache'), ...refused(403) },
}

const CLEAR = {
  tags,
  operationId: 'clearCache',
  summary: 'Empty the cache',
  description:
    'For admin. It is never needed for correct answers, as whatever has changed is not answered from memory. Empties the cache of this process.',
  response: { 204: gone('Emptied'), ...refused(403) },
}
