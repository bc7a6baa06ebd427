import type { Feature } from '../../plugins/feature.ts'
import { STAFF } from '../../domain/accounts/visibility.ts'
import { importRoutes } from './import-routes.ts'
import { interviewersRoutes } from './routes.ts'
import { interviewersTopic } from './topic.ts'

export const interviewersFeature: Feature = {
  name: 'interviewers',
  dependencies: [
    'db',
    'audit-logger',
    'access',
    'cache',
    'conditional',
    'exports',
    'idempotency',
    'openapi',
    'realtime',
  ],
  tag: { name: 'interviewers', description: 'The people who interview', chapter: 'interviews' },
  scope: 'interviewers',
  history: { entityType: 'interviewer', path: '/api/interviewers', roles: STAFF },
  async plugin(app) {
    app.realtime.announce(interviewersTopic)
    await app.register(interviewersRoutes, { prefix: '/api/interviewers' })
    await app.register(importRoutes, { prefix: '/api/interviewers' })
  },
}
