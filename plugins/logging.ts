import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { pino, symbols, type DestinationStream, type Logger, type LoggerOptions } from 'pino'
import type { Config } from './config.ts'
import { StandardOutput } from './logging/standard-output.ts'

const REQUEST_ID = /^[\w.-]{1,128}$/
/** What several processes write into one pipe is not mixed when none writes more than this at once (POSIX: PIPE_BUF). */
const WHOLE_WRITE_BYTES = 4_096
const SHARED_LOG_BUFFER_BYTES = 3_072

const OPTIONS: LoggerOptions = {
  base: null,
  timestamp: timeOfLine(),
  formatters: { level: label => ({ level: label }) },
  redact: {
    paths: ['authorization', 'cookie', 'password', 'token', 'accessToken', 'refreshToken', 'secret'].flatMap(name => [
      name,
      `*.${name}`,
      `*.headers.${name}`,
    ]),
    censor: '[redacted]',
  },
  // A URL may carry a token: what is logged of a request is its route, never its address.
  serializers: { req: (request: FastifyRequest) => ({ method: request.method, route: request.routeOptions.url }) },
}

/** Many lines are written within one millisecond, and naming it takes as long as the rest of a line. */
function timeOfLine(): () => string {
  let named = 0
  let text = ''
  return () => {
    const now = Date.now()
    if (now !== named) text = `,"time":"${new Date(now).toISOString()}"`
    named = now
    return text
  }
}

/** JSON lines on standard output, or on `stream`; on a terminal in development, lines for people. */
export async function createLogger(config: Config, stream?: DestinationStream): Promise<Logger> {
  return stream ? pino({ ...OPTIONS, level: config.LOG_LEVEL }, stream) : onStandardOutput(config, new StandardOutput())
}

/** For one of several processes that write to the same place: each line names its process, and none is cut in two. */
export async function createWorkerLogger(config: Config): Promise<Logger> {
  const output = new StandardOutput({ gatheredBytes: SHARED_LOG_BUFFER_BYTES, writeBytes: WHOLE_WRITE_BYTES })
  return (await onStandardOutput(config, output)).child({ pid: process.pid })
}

/** How many lines of a logger were dropped, because its standard output did not take them. */
export function droppedLines(logger: object): number {
  const stream: unknown = Reflect.get(logger, symbols.streamSym)
  return stream instanceof StandardOutput ? stream.dropped : 0
}

async function onStandardOutput(config: Config, output: StandardOutput): Promise<Logger> {
  const options = { ...OPTIONS, level: config.LOG_LEVEL }
  if (config.NODE_ENV === 'development' && process.stdout.isTTY) {
    const { default: pretty } = await import('pino-pretty')
    return pino(options, pretty({ sync: true, translateTime: 'SYS:HH:MM:ss.l', singleLine: true }))
  }
  const logger = pino(options, output)
  output.onRecovered = lines => logger.warn({ lines }, 'lines of the log were dropped: nobody took them')
  return logger
}

/** Takes over an `x-request-id` of 1–128 of `[A-Za-z0-9._-]`, else makes one. */
export function requestId({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
}

/** One line a request, with its route, user, status and duration; the request id goes out with every answer. */
export const loggingPlugin = fp(
  async app => {
    app.addHook('onRequest', (request, reply, done) => {
      reply.header('x-request-id', request.id)
      done()
    })
    // These fields hold no secret by their nature, and looking for one in every line is what a line costs most.
    const log = app.log.child({}, { redact: [] })
    app.addHook('onResponse', (request, reply, done) => {
      log.info(
        {
          requestId: request.id,
          method: request.method,
          route: request.routeOptions.url ?? 'none',
          status: reply.statusCode,
          ms: Math.round(reply.elapsedTime * 10) / 10,
          user: request.sender?.id,
        },
        'request',
      )
      done()
    })
  },
  { name: 'logging' },
)
