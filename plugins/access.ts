import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Forbidden } from './auth.ts'
import type { ApiTokenInUse } from './auth/identity.ts'
import { scopeFor } from './auth/scopes.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route answers strangers. Every other one asks for credentials. */
    public?: boolean
    /** For whoever watches over the program: answered also under pressure, and counted against no limit. */
    vital?: boolean
    /** The name of the scope that API tokens need. Without one, or with null, the route is for people who have signed in. */
    scope?: string | null
    /** A POST that changes nothing: a question too long for an address. */
    reads?: boolean
  }
}

/**
 * Nothing is open by oversight: a route answers strangers only when its own `config` says so, and an API token only
 * when its feature names the scope that it takes.
 */
export const accessPlugin = fp(
  async app => {
    app.addHook('onRequest', function (request, reply, done) {
      if (request.routeOptions.config.public === true || request.is404) {
        done()
        return
      }
      app.authenticate.call(this, request, reply, () => {
        if (request.sender?.token) assertScope(request.sender.token, request)
        done()
      })
    })
  },
  { name: 'access', dependencies: ['auth', 'rate-limit'] },
)

function assertScope({ scopes }: ApiTokenInUse, { routeOptions, method }: FastifyRequest): void {
  const { scope, reads } = routeOptions.config
  if (!scope) throw new Forbidden('This is for people who have signed in; an API token cannot do it')
  const needed = scopeFor(scope, reads === true ? 'GET' : method)
  if (!scopes.includes(needed)) throw new Forbidden(`This needs a token of scope ${needed}`)
}
