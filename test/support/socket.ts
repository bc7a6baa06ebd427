// A client of /ws/updates over a real socket, which keeps what it was sent.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { expect } from 'vitest'
import { WebSocket, type ClientOptions } from 'ws'
import { eventually } from './eventually.ts'

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into messages freely
export type Received = any

export interface TestSocket {
  readonly socket: WebSocket
  readonly received: Received[]
  /** Resolves with the code it was closed with. */
  readonly closed: Promise<number>
  send(message: object | string): void
  /** The first message of this type, now or later. */
  message(type: string): Promise<Received>
  /** Subscribes and waits until that is confirmed. */
  subscribe(topic: string, since?: number): Promise<Received>
  /** Waits until there are so many messages of the feed, and returns them. */
  news(count: number): Promise<Received[]>
  end(): void
}

const OF_THE_FEED = /_(CREATED|UPDATED|DELETED)$/

/** Listens on a free port of loopback, once. */
export async function addressOf(app: FastifyInstance): Promise<string> {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  return `ws://127.0.0.1:${port}/ws/updates`
}

export async function connect(
  app: FastifyInstance,
  { token, ...options }: ClientOptions & { token?: string } = {},
): Promise<TestSocket> {
  const url = await addressOf(app)
  return testSocket(new WebSocket(token === undefined ? url : `${url}?token=${token}`, options))
}

export function testSocket(socket: WebSocket): TestSocket {
  const received: Received[] = []
  socket.on('message', (data: Buffer) => received.push(JSON.parse(data.toString())))
  socket.on('error', () => undefined)
  const closed = once(socket, 'close').then(([code]) => code as number)
  const opened = socket.readyState === WebSocket.OPEN ? Promise.resolve() : once(socket, 'open').catch(() => undefined)
  const until = <Result>(found: () => Result | undefined): Promise<Result> =>
    eventually(() => found() ?? expect.fail(`so far: ${JSON.stringify(received.slice(-3))}`))
  const news = () => received.filter(({ type }) => OF_THE_FEED.test(type))
  const one: TestSocket = {
    socket,
    received,
    closed,
    send: message =>
      void opened.then(() => socket.send(typeof message === 'string' ? message : JSON.stringify(message))),
    message: type => until(() => received.find(message => message.type === type)),
    subscribe: async (topic, since) => {
      const before = received.length
      one.send({ type: `SUBSCRIBE_${topic}`, ...(since !== undefined && { since }) })
      return until(() => received.slice(before).find(({ type }) => type === 'SUBSCRIBED'))
    },
    news: count => until(() => (news().length >= count ? news() : undefined)),
    end: () => socket.terminate(),
  }
  return one
}
