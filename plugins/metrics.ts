import { createHash, timingSafeEqual } from 'node:crypto'
import createError from '@fastify/error'
import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import ipaddr from 'ipaddr.js'
import type { Config } from './config.ts'
import { NowhereError } from './errors.ts'
import { Figures, textOf } from './metrics/figures.ts'
import { processFigures } from './metrics/process.ts'
import { requestDurations } from './metrics/requests.ts'
import { pluginFigures } from './metrics/sources.ts'
import { refusals } from './openapi.ts'

const TokenMissing = createError('UNAUTHORIZED', 'Send METRICS_TOKEN as "Authorization: Bearer …"', 401)

/** What a proxy adds when it passes a request on for somebody else. */
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via']

declare module 'fastify' {
  interface FastifyInstance {
    /** Where plugins and features add the figures they keep. */
    readonly metrics: Pick<Figures, 'add' | 'text' | 'report' | 'registry'>
  }
}

/** `app.metrics`, the figures of the process, and the clock on every request. Before whatever has figures to add. */
export const metricsPlugin = fp(
  async app => {
    const figures = new Figures(error => app.log.warn({ err: error }, 'some metrics could not be read'))
    app.decorate('metrics', figures)
    const end = processFigures(figures)
    app.addHook('onClose', async () => end())
    app.addHook('onResponse', requestDurations(figures.registry))
  },
  { name: 'metrics' },
)

/** `/metrics`, for whoever has METRICS_TOKEN; without such a token, for programs of this machine alone. */
export const metricsRoutePlugin = fp(
  async app => {
    pluginFigures(app)
    const { metrics, processes } = app
    processes?.onAsked(() => metrics.report())
    const config = { public: true, vital: true }
    app.get('/metrics', { config, onRequest: gate(app.config), schema: GET }, async (_request, reply) => {
      const text = processes ? await textOf(await processes.askAll()) : await metrics.text()
      return reply.type(metrics.registry.contentType).send(text)
    })
  },
  {
    name: 'metrics-route',
    dependencies: [
      'metrics',
      'config',
      'db',
      'errors',
      'security',
      'access',
      'cache',
      'realtime',
      'openapi',
      'processes',
    ],
  },
)

/** A wrong token is refused as one; others who may not see these figures get 404. */
function gate({ METRICS_TOKEN }: Config): (request: FastifyRequest) => Promise<void> {
  if (METRICS_TOKEN === undefined) {
    return async request => {
      if (!isFromHere(request)) throw new NowhereError()
    }
  }
  const expected = digest(METRICS_TOKEN)
  return async ({ headers }) => {
    const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
    if (!timingSafeEqual(digest(given), expected)) throw new TokenMissing()
  }
}

/** Makes texts of one length, so that a comparison takes the same time whatever is compared. */
function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** Looks at the connection itself, whatever proxies are trusted, and refuses what a proxy of this machine passes on. */
function isFromHere({ socket, headers }: FastifyRequest): boolean {
  const { remoteAddress = '' } = socket
  return (
    ipaddr.isValid(remoteAddress) &&
    ipaddr.process(remoteAddress).range() === 'loopback' &&
    FORWARDED.every(name => headers[name] === undefined)
  )
}

const EXAMPLE = `# HELP panelist_database_up 1 while a query is answered
# TYPE panelist_database_up gauge
panelist_database_up 1
`

const GET = {
  tags: ['operations'],
  operationId: 'getMetrics',
  summary: 'Get the metrics of the program',
  description:
    'The text format of Prometheus; with `WORKERS`, the metrics of all processes together. When `METRICS_TOKEN` is set, ' +
    'they are for clients that send it as a bearer token, and others get 401. Otherwise they are for programs of the ' +
    'same machine, and others, also those behind a proxy, get 404. No limit counts these requests, and they are ' +
    'answered under pressure too.',
  response: {
    200: {
      description: 'The metrics',
      content: { 'text/plain': { schema: Type.String({ description: 'The metrics', examples: [EXAMPLE] }) } },
    },
    ...refusals([401, 404]),
  },
}
