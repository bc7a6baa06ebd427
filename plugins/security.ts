import { getHeapStatistics } from 'node:v8'
import createError from '@fastify/error'
import cors from '@fastify/cors'
import helmet, { type FastifyHelmetOptions } from '@fastify/helmet'
import underPressure from '@fastify/under-pressure'
import type { FastifyReply } from 'fastify'
import fp from 'fastify-plugin'
import { EXPOSED_HEADERS } from './http/early-headers.ts'

const MAX_EVENT_LOOP_DELAY_MS = 2_000
const SAMPLE_MS = 1_000
/** The share of the heap that V8 may use. A loop that is merely busy all the time is no reason: that is what full load looks like. */
const MAX_HEAP_SHARE = 0.9
const RETRY_AFTER_SECONDS = 2

const UnderPressure = createError('UNDER_PRESSURE', 'The server has more to do than it can; please try again', 503)

/**
 * Headers of helmet on every answer, CORS for the listed origins alone, and a 503 before the process falls over.
 * No `upgrade-insecure-requests` and no HSTS unless the program is reached by https: on a plain intranet name they
 * would turn every page blank.
 */
export const securityPlugin = fp(
  async app => {
    const overTls = app.config.PUBLIC_URL?.startsWith('https:') ?? false
    await app.register(helmet, helmetOptions(overTls))
    const headers = helmetHeaders()
    app.addHook('onRequest', (_request, reply, done) => {
      reply.headers(headers(reply))
      done()
    })
    if (app.config.ALLOWED_ORIGINS.length > 0)
      await app.register(cors, {
        origin: [...app.config.ALLOWED_ORIGINS],
        methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
        exposedHeaders: EXPOSED_HEADERS,
        maxAge: 600,
        strictPreflight: false, // its refusal is not of our one shape; no origin is allowed by it either way
      })
    let starting = true // the samples of a start tell how long it took to load, not how the server fares
    app.addHook('onReady', async () => {
      setTimeout(() => (starting = false), 2 * SAMPLE_MS).unref()
    })
    await app.register(underPressure, {
      maxEventLoopDelay: MAX_EVENT_LOOP_DELAY_MS,
      maxHeapUsedBytes: getHeapStatistics().heap_size_limit * MAX_HEAP_SHARE,
      sampleInterval: SAMPLE_MS,
      pressureHandler: async (request, reply) => {
        if (starting || request.routeOptions.config.vital === true) return
        reply.header('retry-after', RETRY_AFTER_SECONDS)
        throw new UnderPressure()
      },
    })
  },
  { name: 'security', dependencies: ['config', 'errors'] },
)

function helmetOptions(overTls: boolean): FastifyHelmetOptions {
  return {
    global: false,
    strictTransportSecurity: overTls,
    crossOriginOpenerPolicy: overTls, // over plain HTTP browsers ignore these two, and complain of them
    originAgentCluster: overTls,
    xFrameOptions: { action: 'deny' },
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        frameAncestors: ["'none'"],
        ...(overTls ? { upgradeInsecureRequests: [] } : {}),
      },
    },
  }
}

/** These headers depend on no request: they are made once, by the first, instead of once for each. */
function helmetHeaders(): (reply: FastifyReply) => Record<string, string> {
  let made: Record<string, string> | undefined
  return reply => {
    if (made) return made
    reply.helmet()
    const own = Object.entries(reply.raw.getHeaders())
    made = {
      ...Object.fromEntries(own.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []))),
      'cache-control': 'no-store', // what may be kept, or by more than its reader, says so itself
    }
    return made
  }
}
