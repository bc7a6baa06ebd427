import type { IncomingMessage } from 'node:http'
import createError from '@fastify/error'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Config } from './config.ts'
import { BodyPace, LOOK_MS } from './http/body-pace.ts'
import { Message, offeredUpgrade } from './http/message.ts'
import { refuseConnection, refuseExpectation } from './http/refusals.ts'

const Closing = createError('UNDER_PRESSURE', 'The server is being restarted; please try again', 503)
const HostMissing = createError('MALFORMED_REQUEST', 'A request of HTTP/1.1 has exactly one Host header', 400)

/**
 * Limits of a connection: headers have to come in time, bodies at a pace (body-pace.ts), and what is idle ends. A
 * connection that is kept is idle for longer than load balancers keep theirs, so that none meets one that is closing.
 */
export function httpOptions({ KEEP_ALIVE_SECONDS }: Pick<Config, 'KEEP_ALIVE_SECONDS'>) {
  return {
    bodyLimit: 1024 * 1024,
    requestTimeout: 0,
    connectionTimeout: 60_000,
    keepAliveTimeout: KEEP_ALIVE_SECONDS * 1000,
    routerOptions: { maxParamLength: 300 },
    clientErrorHandler: refuseConnection,
    http: {
      IncomingMessage: Message,
      headersTimeout: 5_000,
      connectionsCheckingInterval: 2_000,
      maxHeaderSize: 16_384,
      requireHostHeader: false, // its refusal is empty; the hook below has the one shape
      joinDuplicateHeaders: true, // so that a second Host is seen
    },
  }
}

/** What HTTP asks of a server before anything is known of what is asked for; and an end for every connection when it closes. */
export const httpPlugin = fp(
  async app => {
    let closing = false
    const pace = paceOf(app)
    app.server.on('checkExpectation', (request, response) => refuseExpectation(app, request, response))
    app.addHook('preClose', async () => {
      closing = true
    })
    app.addHook('onRequest', ({ raw }, _reply, done) => {
      const { headers } = raw
      if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) pace.watch(raw)
      if (closing) done(new Closing())
      else done(hasOneHost(raw) ? undefined : new HostMissing())
    })
    // Otherwise a client that keeps its connection, as every proxy does, would hold up the end.
    app.addHook('onSend', ({ raw }, reply, _payload, done) => {
      if (closing || reply.statusCode === 408 || offeredUpgrade(raw)) reply.header('connection', 'close')
      done()
    })
  },
  { name: 'http', dependencies: ['security'] },
)

function paceOf(app: FastifyInstance): BodyPace {
  const pace = new BodyPace()
  let looking: NodeJS.Timeout | undefined
  app.addHook('onReady', async () => {
    looking = setInterval(() => pace.look(), LOOK_MS).unref()
  })
  app.addHook('onClose', async () => clearInterval(looking))
  return pace
}

/** RFC 9112 §3.2. Several would have been joined by a comma, which no name of a host has. */
function hasOneHost({ headers: { host }, httpVersion }: IncomingMessage): boolean {
  return host === undefined ? httpVersion === '1.0' : !host.includes(',')
}
