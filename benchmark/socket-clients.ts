// A process of its own, as listening must not take the time of the server under test: orders come as messages.
import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { ConnectOrder, Delay, Order, Reply, WriteOrder } from './sockets.ts'

const AT_ONCE = 50
const PATIENCE_MS = 10_000
/** So that nothing of one write is still under way when the next one begins. */
const PAUSE_MS = 20

const agent = new Agent({ keepAlive: true })
const sockets: WebSocket[] = []
let unexpected: string | undefined
let hear: (message: Buffer) => void = () => undefined
let written = 0

process.on('message', (order: Order) => void follow(order).then(reply => process.send?.(reply)))
process.on('disconnect', () => process.exit())

async function follow(order: Order): Promise<Reply> {
  try {
    if (order.do === 'connect') await connect(order)
    else if (order.do === 'keep') await keep(order.count)
    else return await write(order)
    return { delays: [], message: '' }
  } catch (error) {
    return { failure: unexpected ?? (error instanceof Error ? error.message : String(error)) }
  }
}

async function connect({ url, authorizations, count }: ConnectOrder): Promise<void> {
  const address = url.replace(/^http/, 'ws')
  for (let from = 0; from < count; from += AT_ONCE) {
    const people = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => from + index)
    const opened = people.map(index => subscribed(address, authorizations[index % authorizations.length] ?? ''))
    sockets.push(...(await Promise.all(opened)))
  }
}

async function subscribed(address: string, authorization: string): Promise<WebSocket> {
  const socket = new WebSocket(address, { headers: { authorization } })
  await once(socket, 'open')
  socket.send('{"type":"SUBSCRIBE_TASKS"}')
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const message = await once(socket, 'message', { signal }).then(([first]: unknown[]) => first)
  if (!String(message).includes('"SUBSCRIBED"')) throw new Error(`a subscription was answered with ${String(message)}`)
  socket.on('message', (news: Buffer) => hear(news))
  socket.on('close', code => (unexpected ??= `a socket was closed with ${code}`))
  return socket
}

async function keep(count: number): Promise<void> {
  const leaving = sockets.splice(count)
  await Promise.all(
    leaving.map(async socket => {
      socket.removeAllListeners('close')
      socket.close()
      await once(socket, 'close')
    }),
  )
}

async function write(order: WriteOrder): Promise<Reply> {
  const delays: Delay[] = []
  let message = ''
  for (let time = 0; time < order.times; time++) {
    const heard = everySocketHears()
    const [answeredAt, { firstAt, lastAt, text }] = await Promise.all([put(order), heard])
    delays.push({ firstMs: Math.max(0, firstAt - answeredAt), lastMs: Math.max(0, lastAt - answeredAt) })
    message = text
    await sleep(PAUSE_MS)
  }
  if (unexpected !== undefined) throw new Error(unexpected)
  return { delays, message }
}

interface Heard {
  readonly firstAt: number
  readonly lastAt: number
  readonly text: string
}

/** Resolves when there have been as many messages as there are sockets, all the same: those of one write. */
function everySocketHears(): Promise<Heard> {
  return new Promise((resolve, reject) => {
    let count = 0
    let firstAt = 0
    let first: Buffer = Buffer.alloc(0)
    const late = setTimeout(() => reject(new Error(`${count} of ${sockets.length} sockets heard`)), PATIENCE_MS)
    hear = message => {
      count += 1
      if (count === 1) [first, firstAt] = [message, performance.now()]
      else if (!message.equals(first))
        reject(new Error(`one client received ${message.toString()}, another ${first.toString()}`))
      if (count < sockets.length) return
      const lastAt = performance.now()
      clearTimeout(late)
      hear = more => (unexpected ??= `a client received too much: ${more.toString()}`)
      resolve({ firstAt, lastAt, text: first.toString() })
    }
  })
}

/** The moment its answer has begun to arrive. */
async function put({ url, authorization }: WriteOrder): Promise<number> {
  written += 1
  const headers = { authorization, 'content-type': 'application/json' }
  const sent = request(url, { method: 'PUT', agent, headers })
  sent.end(JSON.stringify({ title: `Send the take-home exercise ${written}` }))
  const response = await once(sent, 'response').then(([answer]: IncomingMessage[]) => answer)
  const answeredAt = performance.now()
  response?.resume()
  if (response?.statusCode !== 200) throw new Error(`PUT ${url} answered ${response?.statusCode ?? 'nothing'}`)
  return answeredAt
}
