import createError from '@fastify/error'
import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { sharedStore } from './rate-limit/shared-store.ts'

const WINDOW_MS = 60_000
/** Further keys push the oldest out: an attacker with many addresses cannot fill the memory. */
const KEYS_KEPT = 10_000

const TooMany = createError<[number]>('RATE_LIMITED', 'Too many requests; try again in %d seconds', 429)

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts a sign-in request against the account it names, whatever address it came from. */
    limitAccount(account: string, request: FastifyRequest, reply: FastifyReply): Promise<void>
  }
  interface FastifyContextConfig {
    /** Counted with the stricter limit of sign-in routes, by address. */
    signIn?: boolean
  }
}

/**
 * Requests a minute: per signed-in user or API token, else per address (IPv6 by its /64); sign-in routes have a limit of
 * their own. Of all processes behind one port together.
 */
export const rateLimitPlugin = fp(
  async app => {
    const { config, processes } = app
    const { RATE_LIMIT_MAX, AUTH_RATE_LIMIT_MAX } = config
    await app.register(rateLimit, {
      global: false,
      cache: KEYS_KEPT,
      ...(processes && { store: sharedStore(processes, KEYS_KEPT) }),
      timeWindow: WINDOW_MS,
      errorResponseBuilder: (_request, { ttl }) => new TooMany(Math.ceil(ttl / 1000)),
    })
    const address = (request: FastifyRequest) => `address:${normalizeIP(request.ip)}`
    const everyone = app.rateLimit({
      max: RATE_LIMIT_MAX,
      keyGenerator: request => {
        const { sender } = request
        if (!sender) return address(request)
        return sender.token ? `token:${sender.token.id}` : `user:${sender.id}`
      },
    })
    const signIn = app.rateLimit({
      max: AUTH_RATE_LIMIT_MAX,
      keyGenerator: request => `sign-in:${normalizeIP(request.ip)}`,
    })
    app.addHook('onRequest', function limit(request, reply, done) {
      const { signIn: strict = false, vital = false } = request.routeOptions.config
      const limiter = strict ? signIn : everyone
      if (vital || (strict ? AUTH_RATE_LIMIT_MAX : RATE_LIMIT_MAX) === 0) done()
      else limiter.call(this, request, reply).then(() => done(), done)
    })
    limitAccounts(app)
  },
  { name: 'rate-limit', dependencies: ['config', 'errors', 'auth', 'processes'] },
)

function limitAccounts(app: FastifyInstance): void {
  const { AUTH_RATE_LIMIT_MAX } = app.config
  const accounts = new WeakMap<FastifyRequest, string>()
  const checkAccount = app.createRateLimit({
    max: AUTH_RATE_LIMIT_MAX,
    keyGenerator: request => `account:${accounts.get(request) ?? ''}`,
  })
  app.decorate('limitAccount', async (account, request, reply) => {
    if (AUTH_RATE_LIMIT_MAX === 0) return
    accounts.set(request, account.toLowerCase())
    const check = await checkAccount(request)
    if (check.isAllowed || !check.isExceeded) return
    reply.header('retry-after', check.ttlInSeconds)
    throw new TooMany(check.ttlInSeconds)
  })
}
