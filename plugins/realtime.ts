import websocket from '@fastify/websocket'
import createError from '@fastify/error'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { isRead } from './conditional.ts'
import { UPDATES_PATH } from './http/message.ts'
import { refuseHandshake } from './http/refusals.ts'
import { Hub } from './realtime/hub.ts'

const LARGEST_MESSAGE_BYTES = 64 * 1024
const MOST_FRAGMENTS = 64
const COMPRESSED_FROM_BYTES = 1024
const COMPRESSED_AT_ONCE = 4

const ForeignOrigin = createError('FORBIDDEN', 'Pages of this origin may not connect; list it in ALLOWED_ORIGINS', 403)
const UpgradeRequired = createError('UPGRADE_REQUIRED', 'This address speaks WebSocket', 426)

declare module 'fastify' {
  interface FastifyInstance {
    readonly realtime: Pick<Hub, 'announce' | 'connections' | 'subscribers'>
  }
}

/** `/ws/updates`: what changes, as it changes, to whoever may see it. Fed by the journal alone. */
export const realtimePlugin = fp(
  async app => {
    const hub = new Hub(app)
    app.decorate('realtime', hub)
    await app.register(websocket, {
      preClose: function (done) {
        hub.stop()
        this.websocketServer.close(() => done())
      },
      options: {
        maxPayload: LARGEST_MESSAGE_BYTES,
        maxFragments: MOST_FRAGMENTS,
        perMessageDeflate: {
          threshold: COMPRESSED_FROM_BYTES,
          concurrencyLimit: COMPRESSED_AT_ONCE,
          serverNoContextTakeover: true, // no state is kept for a socket that is idle
          clientNoContextTakeover: true,
        },
      },
    })
    app.websocketServer.on('wsClientError', ({ message }, socket, request) =>
      refuseHandshake(app, message, socket, request),
    )
    app.route({
      method: 'GET',
      url: UPDATES_PATH,
      config: { public: true }, // it asks for credentials itself, as browsers can send no header
      schema: { hide: true },
      preHandler: async request => assertOrigin(app, request),
      handler: async (_request, reply) => {
        reply.header('upgrade', 'websocket')
        throw new UpgradeRequired()
      },
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- a WebSocket of ws, not of Node
      wsHandler: (socket, request) => hub.connect(socket, tokenOf(request)),
    })
    app.addHook('onResponse', (request, _reply, done) => {
      if (!isRead(request.method)) hub.advance()
      done()
    })
    app.addHook('onReady', async () => hub.start())
  },
  { name: 'realtime', dependencies: ['config', 'db', 'changes', 'auth', 'access', 'processes'] },
)

function tokenOf({ headers, query }: FastifyRequest): string | undefined {
  const bearer = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1]
  const asked = typeof query === 'object' && query !== null && 'token' in query ? query.token : undefined
  return bearer ?? (typeof asked === 'string' ? asked : undefined)
}

function assertOrigin(app: FastifyInstance, { ws, headers: { origin, host } }: FastifyRequest): void {
  if (ws && !isAllowed(app, origin, host)) throw new ForeignOrigin()
}

/** A page may connect from where it is served, and from the listed origins; what is no page sends none. */
function isAllowed({ config }: FastifyInstance, origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true
  if (!URL.canParse(origin)) return false
  const own = config.PUBLIC_URL === undefined ? [] : [new URL(config.PUBLIC_URL).origin]
  return new URL(origin).host === host || [...own, ...config.ALLOWED_ORIGINS].includes(origin)
}
