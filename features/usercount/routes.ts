import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer, refused } from '../../domain/lists/answers.ts'
import { everyone } from '../../domain/accounts/visibility.ts'
import { Recalculation, UserCount } from './schemas.ts'
import { userCountService } from './service.ts'

const tags = ['users']

export const userCountRoutes: FastifyPluginAsyncTypebox = async app => {
  for (const schema of [UserCount, Recalculation]) app.addSchema(schema)
  const userCount = userCountService(app)

  app.get('/', { config: { cache: { tables: ['user_stats'], seenBy: everyone } }, schema: GET }, async () =>
    userCount.read(),
  )

  app.post('/recalculate', { onRequest: [app.authorize(['admin'])], schema: RECALCULATE }, async request =>
    userCount.recalculate(request.principal),
  )
}

const GET = {
  tags,
  operationId: 'getUserCount',
  summary: 'Count the users',
  description: 'Anyone signed in may read it. The database keeps the count up to date, so this reads a single row.',
  response: { 200: answer(UserCount, 'The count'), ...refused(404) },
}

const RECALCULATE = {
  tags,
  operationId: 'recalculateUserCount',
  summary: 'Recount the users',
  description: 'For admin. Repairs the kept count, should it ever be wrong, and says what was found.',
  response: { 200: answer(Recalculation, 'What was found'), ...refused(403) },
}
