import type { Feature } from '../../plugins/feature.ts'
import { codeFlowOptions, PATH } from './code-flow.ts'
import { clientOf, GOOGLE, type IdentityProvider } from './provider.ts'
import { googleRoutes } from './routes.ts'

export type { IdentityProvider } from './provider.ts'

export interface GoogleOptions {
  /** The provider that replaces Google, in tests. */
  readonly identityProvider?: IdentityProvider | undefined
}

export const googleFeature: Feature<GoogleOptions> = {
  name: 'google',
  dependencies: ['config', 'db', 'audit-logger', 'access', 'rate-limit', 'openapi'],
  async plugin(app, { identityProvider: provider = GOOGLE }) {
    const client = clientOf(app.config)
    // Loaded where it is set up alone: it would cost every other start a tenth of a second, and its memory.
    if (client) await app.register(import('@fastify/oauth2'), codeFlowOptions(app.config, client, provider))
    await app.register(googleRoutes, { prefix: PATH, provider })
  },
}
