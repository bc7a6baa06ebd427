import { IncomingMessage, ServerResponse, STATUS_CODES, type IncomingHttpHeaders } from 'node:http'
import type { Duplex } from 'node:stream'
import createError from '@fastify/error'
import type { FastifyError, FastifyInstance } from 'fastify'
import { errorAnswer } from '../errors.ts'
import { requestId } from '../logging.ts'
import { earlyHeaders } from './early-headers.ts'

/** A client reads what it is told before it notices that the connection ends, unless it is sending all the time. */
const LINGER_MS = 1_000

const Malformed = createError<[string]>('MALFORMED_REQUEST', 'This is not a valid HTTP/1.1 request: %s', 400)
const Unexpected = createError('EXPECTATION_FAILED', 'The only Expect that is understood is 100-continue', 417)
const BadHandshake = createError<[string]>('MALFORMED_REQUEST', 'This is not a valid WebSocket handshake: %s', 400)

/** What Node.js says of a connection whose next request never becomes one. */
const REFUSALS: Readonly<Record<string, new () => FastifyError>> = {
  HPE_HEADER_OVERFLOW: createError(
    'REQUEST_HEADER_FIELDS_TOO_LARGE',
    'The address and the headers take more than 16 KiB; send fewer or shorter ones',
    431,
  ),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: createError('PAYLOAD_TOO_LARGE', 'The chunk extensions take more than 16 KiB', 413),
  ERR_HTTP_REQUEST_TIMEOUT: createError('REQUEST_TIMEOUT', 'The headers came too slowly; please try again', 408),
}

const refused = new WeakSet<Duplex>()

/** Fastify's `clientErrorHandler`: the server answers in the one shape what cannot be read as a request, and hangs up. */
export function refuseConnection(this: FastifyInstance, error: Error, socket: Duplex): void {
  if (refused.has(socket)) return // more of the same
  const refusal = refusalOf(error)
  if (!refusal) {
    socket.destroy(error)
    return
  }
  refused.add(socket)
  inTurn(socket, () => hangUp(this, socket, { refusal, headers: headersIn(error) }))
}

/** Answers an `Expect` that asks for something unknown (RFC 9110 §10.1.1). */
export function refuseExpectation(app: FastifyInstance, { headers }: IncomingMessage, response: ServerResponse): void {
  const answer = answerOf(app, { refusal: new Unexpected(), headers })
  response.writeHead(answer.statusCode, answer.headers).end(answer.body)
}

/** Answers a handshake that `ws` does not understand. */
export function refuseHandshake(app: FastifyInstance, why: string, socket: Duplex, { headers }: IncomingMessage): void {
  hangUp(app, socket, { refusal: new BadHandshake(why), headers })
}

function refusalOf(error: Error): FastifyError | undefined {
  const code = 'code' in error ? String(error.code) : ''
  const known = REFUSALS[code]
  if (known) return new known()
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : code
  return code.startsWith('HPE_') ? new Malformed(reason) : undefined
}

/** After the answers to the requests before it: otherwise a client would take this one for theirs. */
function inTurn(socket: Duplex, refuse: () => void): void {
  const answering: unknown = Reflect.get(socket, '_httpMessage')
  if (!(answering instanceof ServerResponse)) refuse()
  else if (isComplete(answering.req)) answering.once('finish', () => inTurn(socket, refuse))
  else if (answering.headersSent) end(socket)
  else refuse()
}

function isComplete(request: unknown): boolean {
  return request instanceof IncomingMessage && request.complete
}

interface Refused {
  readonly refusal: FastifyError
  readonly headers: IncomingHttpHeaders
}

function hangUp(app: FastifyInstance, socket: Duplex, refused: Refused): void {
  const { statusCode, headers, body } = answerOf(app, refused)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  end(socket, `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}\r\n${lines.join('')}\r\n${body}`)
}

function end(socket: Duplex, text = ''): void {
  if (socket.writable) socket.end(text)
  const cut = setTimeout(() => socket.destroy(), LINGER_MS).unref()
  socket.once('close', () => clearTimeout(cut))
}

function answerOf(app: FastifyInstance, { refusal, headers }: Refused) {
  const id = requestId({ headers })
  const answer = errorAnswer(refusal, id)
  const { statusCode, code } = answer
  app.log.info({ requestId: id, status: statusCode, code }, 'refused before it was a request')
  const body = JSON.stringify(answer)
  return {
    statusCode,
    body,
    headers: {
      ...earlyHeaders(app, { id, origin: headers.origin }),
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      date: new Date().toUTCString(),
      connection: 'close',
    },
  }
}

/** The few headers that an answer depends on, as far as they came, of the request in which Node.js stopped reading. */
function headersIn(error: Error): IncomingHttpHeaders {
  if (!('rawPacket' in error) || !Buffer.isBuffer(error.rawPacket)) return {}
  const text = error.rawPacket.toString('latin1')
  const stopped = 'bytesParsed' in error ? Number(error.bytesParsed) : 0
  const before = text.lastIndexOf('\r\n\r\n', stopped - 4)
  const [head = ''] = text.slice(before < 0 ? 0 : before + 4).split('\r\n\r\n')
  const origin = /^origin:[ \t]*(\S+)[ \t]*\r?$/im.exec(head)?.[1]
  const id = /^x-request-id:[ \t]*(\S+)[ \t]*\r?$/im.exec(head)?.[1]
  return { origin, 'x-request-id': id }
}
