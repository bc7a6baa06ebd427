import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import { answer, gone, refused } from '../../domain/lists/answers.ts'
import { Id, OnlyId } from '../../domain/lists/fields.ts'
import { feedsService } from './service.ts'
import { Feed, FeedList, NewFeed } from './schemas.ts'

const tags = ['calendar']

const FeedPath = Type.Object({ id: Id, feedId: Id }, { additionalProperties: false })
export const feedsRoutes: FastifyPluginAsyncTypebox = async app => {
  for (const schema of [Feed, NewFeed, FeedList]) app.addSchema(schema)
  const feeds = feedsService(app)

  app.get('/interviewers/:id/feeds', { schema: LIST }, request => feeds.list(request.principal, request.params.id))

  app.post('/interviewers/:id/feeds', { schema: CREATE }, async (request, reply) => {
    const feed = await feeds.create(request.principal, request.params.id)
    reply.code(201).header('location', `/api/interviewers/${feed.interviewerId}/feeds/${feed.id}`)
    return feed
  })

  app.get('/interviewers/:id/feeds/:feedId', { schema: GET }, async (request: RequestOfFeed, reply) => {
    const { id: interviewerId, feedId: id } = request.params
    return reply.versioned(await feeds.find(request.principal, { id, interviewerId }))
  })

  app.post('/interviewers/:id/feeds/:feedId/rotate', { schema: ROTATE }, (request: RequestOfFeed) => {
    const { id: interviewerId, feedId: id } = request.params
    return feeds.rotate(request.principal, { id, interviewerId }, request.ifMatch)
  })

  app.delete('/interviewers/:id/feeds/:feedId', { schema: DELETE }, async (request, reply) => {
    const { id: interviewerId, feedId: id } = request.params
    await feeds.delete(request.principal, { id, interviewerId }, request.ifMatch)
    return reply.code(204).send(null)
  })
}

type RequestOfFeed = FastifyRequest<{ Params: { id: string; feedId: string } }>

const OWN = 'For admin and talent; interviewers have access to their own feeds.'

const LIST = {
  tags,
  operationId: 'listFeeds',
  summary: 'List the calendar feeds of an interviewer',
  description: `${OWN} The secret addresses are not shown again.`,
  params: OnlyId,
  response: { 200: answer(FeedList, 'The feeds'), ...refused(404) },
}

const CREATE = {
  tags,
  operationId: 'createFeed',
  summary: 'Create a calendar feed',
  description:
    `${OWN} Calendar programs subscribe to its addresses, which are shown only once. They answer 404 once whoever made ` +
    'them is disabled, removed, has a new password, or may no longer see the interviewer.',
  params: OnlyId,
  response: { 201: answer(NewFeed, 'The feed'), ...refused(404) },
}

const GET = {
  tags,
  operationId: 'getFeed',
  summary: 'Get a feed',
  description: `${OWN} The secret addresses are not shown.`,
  params: FeedPath,
  response: { 200: answer(Feed, 'The feed'), ...refused(404) },
}

const ROTATE = {
  tags,
  operationId: 'rotateFeed',
  summary: 'Replace the addresses of a feed',
  description: `${OWN} The old addresses answer 404 from then on. You are the one who made the new ones.`,
  params: FeedPath,
  response: { 200: answer(NewFeed, 'The feed'), ...refused(404) },
}

const DELETE = {
  tags,
  operationId: 'deleteFeed',
  summary: 'Delete a feed',
  description: `${OWN} Its addresses answer 404 from then on.`,
  params: FeedPath,
  response: { 204: gone('Removed'), ...refused(404) },
}
