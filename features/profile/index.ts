import fp from 'fastify-plugin'
import { passwordRoutes, profileRoutes } from './routes.ts'

export const profileFeature = fp(
  async app => {
    await app.register(passwordRoutes, { prefix: '/api/profile' }) // before the scope: for people alone
    app.scope('profile')
    await app.register(profileRoutes, { prefix: '/api/profile' })
  },
  {
    name: 'profile',
    dependencies: ['db', 'audit-logger', 'access', 'conditional', 'rate-limit', 'openapi', 'passwords'],
    encapsulate: true,
  },
)
