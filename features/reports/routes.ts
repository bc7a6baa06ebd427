import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer, refused } from '../../domain/lists/answers.ts'
import { STAFF } from '../../domain/accounts/visibility.ts'
import { loadChart } from './chart.ts'
import { LoadChart, LoadQuery, LoadReport } from './schemas.ts'
import { reportsService } from './service.ts'

const tags = ['reports']

export const reportsRoutes: FastifyPluginAsyncTypebox = async app => {
  for (const schema of [LoadReport, LoadChart]) app.addSchema(schema)
  const reports = reportsService(app)
  const staff = [app.authorize(STAFF)]

  app.get('/load', { onRequest: staff, schema: LOAD }, async (request, reply) => {
    const report = await reports.load(request.query)
    if (request.query.format === 'json') return report
    return reply.type('image/svg+xml; charset=utf-8').send(loadChart(report))
  })
}

const LOAD = {
  tags,
  operationId: 'getLoadReport',
  summary: 'Report who carries how much',
  description:
    'For admin and talent. Interviews, minutes, share against target, declines and no-shows of each person, by the ' +
    'start of the interviews; cancelled ones are left out. With `format=svg` the answer is a bar ' +
    'chart.',
  querystring: LoadQuery,
  response: {
    200: {
      description: 'The load of everybody',
      content: {
        'application/json': { schema: answer(LoadReport, 'The metrics') },
        'image/svg+xml': { schema: answer(LoadChart, 'The picture') },
      },
    },
    ...refused(403),
  },
}
