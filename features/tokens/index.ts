import type { Declarations, Feature } from '../../plugins/feature.ts'
import { tokensRoutes } from './routes.ts'

export const tokensFeature: Feature<Pick<Declarations, 'scopes'>> = {
  name: 'tokens',
  dependencies: ['db', 'audit-logger', 'access', 'idempotency', 'openapi'],
  tag: { name: 'tokens', description: 'Credentials for scripts', chapter: 'accounts' },
  async plugin(app, { scopes }) {
    await app.register(tokensRoutes, { prefix: '/api/tokens', scopes })
  },
}
