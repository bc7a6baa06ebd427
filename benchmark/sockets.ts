import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { nextMessage } from './load.ts'
import type { Programs } from './programs.ts'

/** Opens so many sockets more, each of the next one of these people, and subscribes each to tasks. */
export interface ConnectOrder {
  readonly do: 'connect'
  readonly url: string
  readonly authorizations: readonly string[]
  readonly count: number
}

/** Closes all sockets but so many. */
export interface KeepOrder {
  readonly do: 'keep'
  readonly count: number
}

/** PUTs a new title to this address so many times, one after the other, each once every socket has heard of it. */
export interface WriteOrder {
  readonly do: 'write'
  readonly url: string
  readonly authorization: string
  readonly times: number
}

export type Order = ConnectOrder | KeepOrder | WriteOrder

/** How long after the answer to a write the first and the last socket had its message: 0 when it came before. */
export interface Delay {
  readonly firstMs: number
  readonly lastMs: number
}

/** What came of an order: of a write also how long it took, and what the sockets were sent the last time. */
export type Reply = { readonly delays: readonly Delay[]; readonly message: string } | { readonly failure: string }

/** Sockets that listen, in a process of its own, which also writes what they hear of: so there is one clock. */
export class SocketClients {
  readonly #child: ChildProcess

  constructor(programs: Programs) {
    this.#child = programs.fork('benchmark/socket-clients.js')
  }

  /** Returns once every subscription is confirmed. Throws when one is refused. */
  async connect(order: Omit<ConnectOrder, 'do'>): Promise<void> {
    await this.#ask({ do: 'connect', ...order })
  }

  async keep(count: number): Promise<void> {
    await this.#ask({ do: 'keep', count })
  }

  /** Throws when a socket was closed, or was not sent the same one message a write as all others. */
  write(order: Omit<WriteOrder, 'do'>): Promise<Exclude<Reply, { failure: string }>> {
    return this.#ask({ do: 'write', ...order })
  }

  async end(): Promise<void> {
    if (!this.#child.connected) return
    const exited = once(this.#child, 'exit')
    this.#child.disconnect()
    await exited
  }

  async #ask(order: Order): Promise<Exclude<Reply, { failure: string }>> {
    this.#child.send(order)
    const reply = asReply(await nextMessage(this.#child))
    if ('failure' in reply) throw new Error(`sockets, ${order.do}: ${reply.failure}`)
    return reply
  }
}

function asReply(message: unknown): Reply {
  if (typeof message !== 'object' || message === null) return { failure: 'the clients sent no answer' }
  if ('delays' in message && Array.isArray(message.delays) && 'message' in message) {
    const delays = message.delays.map((delay: Delay) => ({ firstMs: delay.firstMs, lastMs: delay.lastMs }))
    return { delays, message: String(message.message) }
  }
  return { failure: 'failure' in message ? String(message.failure) : 'the answer of the clients cannot be read' }
}
