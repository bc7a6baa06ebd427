import createError from '@fastify/error'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { networkOf, siteOf } from './client-address.ts'
import type { SharedLimits } from './processes.ts'
import { KeptLimits } from './rate-limit/kept-limits.ts'
import { addressKey } from './validation/addresses.ts'
import { sharedStore } from './rate-limit/shared-store.ts'

const WINDOW_MS = 60_000
/** Further keys push the oldest out: an attacker with many addresses cannot fill the memory. */
const KEYS_KEPT = 10_000

const TooMany = createError<[number]>('RATE_LIMITED', 'Too many requests; try again in %d seconds', 429)

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * Counts an attempt to sign in against where it comes from; that of an account which is known there against the two
     * together, so that nobody else at the same address uses up its attempts.
     */
    limitSignIn(request: FastifyRequest, reply: FastifyReply, known?: string): Promise<void>
    /** Counts a guess at the password of whoever has signed in, whatever address it came from. */
    limitGuess(request: FastifyRequest, reply: FastifyReply): Promise<void>
  }
  interface FastifyContextConfig {
    /** Counted with the stricter limit of sign-ins, by address. */
    signIn?: boolean
  }
}

/**
 * Requests a minute: per signed-in user or API token, else per network; sign-ins have a limit of their own. Of all
 * processes behind one port together.
 */
export const rateLimitPlugin = fp(
  async app => {
    const { config, processes } = app
    const { RATE_LIMIT_MAX } = config
    await app.register(rateLimit, {
      global: false,
      store: sharedStore(processes ?? ownLimits(), KEYS_KEPT),
      timeWindow: WINDOW_MS,
      errorResponseBuilder: (_request, { ttl }) => new TooMany(Math.ceil(ttl / 1000)),
    })
    const everyone = app.rateLimit({
      max: RATE_LIMIT_MAX,
      keyGenerator: request => {
        const { sender } = request
        if (!sender) return `address:${networkOf(request.ip)}`
        return sender.token ? `token:${sender.token.id}` : `user:${sender.id}`
      },
    })
    limitSignIns(app)
    app.addHook('onRequest', function limit(request, reply, done) {
      const { signIn = false, vital = false } = request.routeOptions.config
      if (signIn) app.limitSignIn(request, reply).then(() => done(), done)
      else if (vital || RATE_LIMIT_MAX === 0) done()
      else everyone.call(this, request, reply).then(() => done(), done)
    })
  },
  { name: 'rate-limit', dependencies: ['config', 'errors', 'auth', 'processes'] },
)

/** Those of a process that is alone. */
function ownLimits(): Pick<SharedLimits, 'count' | 'take'> {
  const kept = new KeptLimits()
  return { count: 1, take: async ask => kept.take(ask) }
}

function limitSignIns(app: FastifyInstance): void {
  const { AUTH_RATE_LIMIT_MAX: max } = app.config
  const keys = new WeakMap<FastifyRequest, string>()
  const check = app.createRateLimit({ max, keyGenerator: request => keys.get(request) ?? '' })
  const count = async (request: FastifyRequest, reply: FastifyReply, key: string) => {
    if (max === 0) return
    keys.set(request, key)
    const checked = await check(request)
    if (checked.isAllowed) return
    const { remaining, ttlInSeconds } = checked
    reply.headers({ 'x-ratelimit-limit': max, 'x-ratelimit-remaining': remaining, 'x-ratelimit-reset': ttlInSeconds })
    if (!checked.isExceeded) return
    reply.header('retry-after', ttlInSeconds)
    throw new TooMany(ttlInSeconds)
  }
  app.decorate('limitSignIn', (request, reply, known) => {
    const site = siteOf(request.ip)
    return count(request, reply, known === undefined ? `sign-in:${site}` : `sign-in:${site} ${addressKey(known)}`)
  })
  app.decorate('limitGuess', (request, reply) => count(request, reply, `guess:${request.principal.id}`))
}
