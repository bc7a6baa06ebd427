// Requests that are wrong, as programs and attackers send them, over raw sockets.
import { connect } from 'node:net'

const HOST = 'host: 127.0.0.1'
const post = (body: string, type = 'application/json', path = '/api/auth/login') =>
  [`POST ${path} HTTP/1.1`, HOST, `content-type: ${type}`, `content-length: ${Buffer.byteLength(body)}`, '', body].join(
    '\r\n',
  )
const get = (path: string, ...headers: string[]) => [`GET ${path} HTTP/1.1`, HOST, ...headers, '', ''].join('\r\n')
const chunked = (body: string, ...headers: string[]) =>
  ['POST /api/auth/login HTTP/1.1', HOST, 'content-type: application/json', 'transfer-encoding: chunked', ...headers]
    .concat('', body)
    .join('\r\n')

/** Wrong in what they say, while it is plain where each of them ends: the connection goes on. */
const FRAMED: readonly string[] = [
  post('null'),
  post('"\\u0000"'),
  post('{"email":1e999,"password":[]}'),
  post(`{"email":"${'a'.repeat(10_000)}"}`),
  post('<login/>', 'application/xml'),
  post('x', 'text/plain'),
  get('/%zz'),
  get('/%00'),
  get('/api/interviewers/%c0%ae%c0%ae'),
  get(`/api/interviewers/${'a'.repeat(2_000)}`),
  get('/api/interviewers?limit=1e9&limit=2&%5B%5D=x'),
  get('/api/events', `authorization: Bearer ${'a.'.repeat(2_000)}`),
  get('/api/events', 'authorization: Bearer'),
  get('//evil.example/../../etc/passwd'),
  `PROPFIND /health HTTP/1.1\r\n${HOST}\r\n\r\n`,
  `TRACE /health HTTP/1.1\r\n${HOST}\r\n\r\n`,
]

/** Wrong in where they end, in what their bodies are, or no requests at all: the server hangs up after its answer. */
const BREAKING: readonly string[] = [
  post('{"email":'),
  post('{"email":"a@example.com","password":"x"}garbage'),
  post(''),
  post('['.repeat(5_000)),
  post('{"__proto__":{"role":"admin"}}'),
  post('{"constructor":{"prototype":{"role":"admin"}}}'),
  chunked('2\r\n{"\r\n0\r\n\r\n'),
  'garbage\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', // TLS
  `GARBAGE / HTTP/1.1\r\n${HOST}\r\n\r\n`,
  `GET / HTTP/9.9\r\n${HOST}\r\n\r\n`,
  'GET /health HTTP/1.1\r\n\r\n', // without a host
  `GET /health HTTP/1.1\r\n${HOST}\r\nno colon\r\n\r\n`,
  `GET /health HTTP/1.1\r\n${HOST}\r\nx-nul: \0\r\n\r\n`,
  'GET /health HTTP/1.1\r\nhost : x\r\n\r\n',
  `GET /health HTTP/1.1\r\n${HOST}\r\nx-large: ${'a'.repeat(20_000)}\r\n\r\n`,
  `GET /health HTTP/1.1\r\n${HOST}\r\n${'x-many: 1\r\n'.repeat(4_000)}\r\n`,
  `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n\r\n`,
  chunked(`0\r\n\r\nGET /smuggled HTTP/1.1\r\n${HOST}\r\n\r\n`, 'content-length: 4'),
  chunked('zz\r\n{}\r\n0\r\n\r\n'),
  chunked('ffffffffffffffffff\r\n{}'),
  `POST /api/auth/login HTTP/1.1\r\n${HOST}\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n`,
  `POST /api/auth/login HTTP/1.1\r\n${HOST}\r\ncontent-length: -1\r\n\r\n`,
  `POST /api/auth/login HTTP/1.1\r\n${HOST}\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab`,
]

/** Ends in the middle, with the connection. */
const CUT_OFF = post('{"email":"a@example.com"}').slice(0, -10)

/** How many of the first come before one of the second; on every fourth connection one comes alone. */
const FRAMED_EACH = 32
const ON_FOUR_CONNECTIONS = 3 * FRAMED_EACH + 4
const AT_ONCE = 16
/** Every so many connections one is cut off. */
const CUT_OFF_EVERY = 16
/** Of a server that neither answers nor hangs up. */
const PATIENCE_MS = 60_000

export interface Answers {
  readonly sent: number
  /** How many answers there were of each status. */
  readonly statuses: ReadonlyMap<number, number>
}

/** Sends so many of them over a few connections at a time, each of which ends with one that breaks it. */
export async function sendMalformed(port: number, count: number): Promise<Answers> {
  const statuses = new Map<number, number>()
  const connections = 4 * Math.ceil(count / ON_FOUR_CONNECTIONS)
  let next = 0
  const sender = async () => {
    for (let index = next++; index < connections; index = next++) {
      for (const status of await converse(port, index)) statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, sender))
  return { sent: (connections / 4) * ON_FOUR_CONNECTIONS, statuses }
}

/** All at once, without waiting for an answer; what had come back when the connection ended. */
function converse(port: number, index: number): Promise<number[]> {
  const alone = index % 4 === 0
  const cut = index % CUT_OFF_EVERY === 0
  const framed = alone ? [] : Array.from({ length: FRAMED_EACH }, (_, n) => FRAMED[(index + n) % FRAMED.length] ?? '')
  const last = cut ? CUT_OFF : (BREAKING[index % BREAKING.length] ?? '')
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk))
    socket.on('error', () => undefined) // the server may have hung up before all was sent
    socket.on('close', () => resolve([...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))))
    socket.setTimeout(PATIENCE_MS, () => socket.destroy())
    socket.write(framed.join('') + last, 'latin1')
    if (cut) socket.end()
  })
}
