import type { WebSocket } from 'ws'
import type { Identity } from '../auth/identity.ts'
import { scopeFor } from '../auth/scopes.ts'
import { Allowance } from './allowance.ts'
import type { Feed } from './feed.ts'
import type { Line } from './line.ts'
import type { Message } from './messages.ts'
import { BadMessage, CLOSE, readMessage, type ClientMessage, type ErrorCode } from './protocol.ts'
import { Subscription, type Subscriber } from './subscription.ts'
import type { Topic } from './topic.ts'

const AUTH_PATIENCE_MS = 5_000
/** A client that is behind by this much is closed, and resumes with `since`. */
const MOST_QUEUED_BYTES = 1024 * 1024
/** A replay waits while this much has not been sent yet. */
const REPLAY_QUEUED_BYTES = 256 * 1024
const REPLAY_POLL_MS = 20
const BAD_MESSAGES = 10
const BAD_WINDOW_MS = 60_000
const MESSAGES_AT_ONCE = 100
const MESSAGES_A_SECOND = 20
/** Whoever does not answer a close is cut off after this long. */
const CLOSE_PATIENCE_MS = 2_000
const SILENT_PINGS = 2

export interface ConnectionOptions {
  readonly feed: Feed
  /** Where the replays of all clients wait for their turn. */
  readonly replays: Line
  /** Says whose a token is now. */
  readonly identityOf: (token: string) => Promise<Identity | undefined>
  /** Whether the user has no more connections than allowed, with this one. */
  readonly admit: (userId: string) => Promise<boolean>
  readonly failed: (error: unknown) => void
}

/** One client: who it is, what it has subscribed to, and what it is sent. */
export class Connection implements Subscriber {
  readonly #socket: WebSocket
  readonly #options: ConnectionOptions
  readonly #subscriptions = new Map<string, Subscription>()
  readonly #authTimer: NodeJS.Timeout
  #token: string | undefined
  #identity: Identity | undefined
  #work: Promise<void> = Promise.resolve()
  #waiting = 0
  #bad: number[] = []
  readonly #allowance = new Allowance(MESSAGES_AT_ONCE, MESSAGES_A_SECOND)
  #silent = 0

  constructor(socket: WebSocket, options: ConnectionOptions, token: string | undefined) {
    this.#socket = socket
    this.#options = options
    this.#authTimer = setTimeout(() => this.#unauthorized(), AUTH_PATIENCE_MS).unref()
    socket.on('message', (data: Buffer, binary) => this.#take(binary ? '' : data.toString()))
    socket.on('pong', () => (this.#silent = 0))
    socket.on('error', () => undefined) // what breaks the protocol is closed by ws, with the right code
    socket.on('close', () => this.#end())
    if (token !== undefined) this.#queue(() => this.#authenticate(token))
  }

  /** What it has subscribed to, by the names of the topics. */
  get topics(): Iterable<string> {
    return this.#subscriptions.keys()
  }

  get token(): string | undefined {
    return this.#token
  }

  /** Sends what of these messages it has subscribed to and may see. */
  deliver(messages: readonly Message[]): void {
    for (const message of messages) {
      const subscription = this.#subscriptions.get(message.topic.name)
      if (subscription?.deliver(message, this) === false) return
    }
  }

  /** Takes over what its credentials are now; without any, it is over. */
  recheck(identity: Identity | undefined): void {
    if (identity?.id === this.#identity?.id && identity) this.#identity = identity
    else this.#unauthorized()
  }

  expire(now: number): void {
    if (this.#identity && this.#identity.expiresAt <= now) this.#unauthorized()
  }

  /** Asks whether the peer is there; one that was silent for two of these is dropped. */
  ping(): void {
    this.#silent += 1
    if (this.#silent > SILENT_PINGS) this.#socket.terminate()
    else if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping()
  }

  close(code: number, reason: string): void {
    this.#end()
    this.#socket.close(code, reason)
    setTimeout(() => this.#socket.terminate(), CLOSE_PATIENCE_MS).unref()
  }

  #end(): void {
    clearTimeout(this.#authTimer)
    this.#subscriptions.clear()
    this.#identity = undefined
  }

  #unauthorized(): void {
    this.close(CLOSE.unauthorized, 'sign in again')
  }

  #take(text: string): void {
    this.#silent = 0
    if (this.#socket.readyState !== this.#socket.OPEN) return
    if (this.#waiting < MESSAGES_AT_ONCE && this.#allowance.take()) this.#queue(() => this.#follow(text))
    else this.close(CLOSE.policy, 'too many messages')
  }

  /** One message after the other, in their order. */
  #queue(work: () => Promise<void>): void {
    this.#waiting += 1
    this.#work = this.#work
      .then(work)
      .catch((error: unknown) => this.#refuse(error))
      .finally(() => (this.#waiting -= 1))
  }

  #refuse(error: unknown): void {
    if (error instanceof BadMessage) {
      this.#complain(error.code, error.message)
      return
    }
    this.#options.failed(error)
    this.#error('UNAVAILABLE', 'This cannot be done at the moment; please try again')
  }

  #complain(code: ErrorCode, message: string): void {
    const now = performance.now()
    this.#bad = [...this.#bad.filter(at => at > now - BAD_WINDOW_MS), now]
    this.#error(code, message)
    if (this.#bad.length >= BAD_MESSAGES) this.close(CLOSE.policy, 'too many bad messages')
  }

  #error(code: ErrorCode, message: string): void {
    this.#send(JSON.stringify({ type: 'ERROR', code, message }))
  }

  async #follow(text: string): Promise<void> {
    const message = readMessage(text)
    if (!this.#identity && message.type !== 'AUTH') {
      this.#unauthorized()
      return
    }
    switch (message.type) {
      case 'AUTH':
        return this.#authenticate(message.token)
      case 'PING':
        this.#send(JSON.stringify({ type: 'PONG', timestamp: new Date().toISOString() }))
        return
      case 'SUBSCRIBE':
        return this.#subscribe(message)
      case 'UNSUBSCRIBE':
        this.#subscriptions.delete(this.#topic(message.topic).name)
        this.#send(JSON.stringify({ type: 'UNSUBSCRIBED', topic: message.topic }))
    }
  }

  /** The first time, and again with a fresh token of the same user before the old one expires. */
  async #authenticate(token: string): Promise<void> {
    const identity = await this.#options.identityOf(token)
    if (!identity || (this.#identity && this.#identity.id !== identity.id)) {
      this.#unauthorized()
      return
    }
    if (this.#socket.readyState !== this.#socket.OPEN) return
    const first = this.#identity === undefined
    clearTimeout(this.#authTimer)
    this.#token = token
    this.#identity = identity
    if (first && !(await this.#options.admit(identity.id))) this.close(CLOSE.policy, 'too many connections')
  }

  #topic(name: string): Topic {
    const topic = this.#options.feed.topics.get(name)
    if (!topic) throw new BadMessage('UNKNOWN_TOPIC', 'There is nothing of this name to subscribe to')
    const scope = scopeFor(topic.scope, 'GET')
    if (this.#identity?.token?.scopes.includes(scope) === false) {
      throw new BadMessage('FORBIDDEN', `This needs a token of scope ${scope}`)
    }
    return topic
  }

  /** Everything after `lastId` follows: what was missed first, then what happens. */
  async #subscribe({ topic: name, since }: ClientMessage & { type: 'SUBSCRIBE' }): Promise<void> {
    const { feed, replays } = this.#options
    const topic = this.#topic(name)
    await feed.start()
    if (since !== undefined) await feed.assertReached(since)
    const position = since ?? feed.cursor
    const subscription = new Subscription(topic, position, feed)
    this.#subscriptions.set(name, subscription)
    this.#send(JSON.stringify({ type: 'SUBSCRIBED', topic: name, lastId: position }))
    subscription.catchUp(feed, replays, this).catch((error: unknown) => {
      if (!this.follows(subscription)) return
      this.#subscriptions.delete(name) // it would wait for ever; the client gets an error, and asks again
      this.#refuse(error)
    })
  }

  get userId(): string {
    return this.#identity?.id ?? ''
  }

  follows(subscription: Subscription): boolean {
    return this.#subscriptions.get(subscription.topic.name) === subscription
  }

  tell(message: Message): boolean {
    const text = this.#identity && message.textFor(this.#identity)
    return text === undefined || this.#send(text)
  }

  isFull(): boolean {
    return this.#socket.bufferedAmount > REPLAY_QUEUED_BYTES
  }

  async drained(): Promise<void> {
    while (this.#socket.readyState === this.#socket.OPEN && this.isFull()) {
      await new Promise(resolve => setTimeout(resolve, REPLAY_POLL_MS))
    }
  }

  /** False when the client is gone, or so far behind that it is closed. */
  #send(text: string): boolean {
    if (this.#socket.readyState !== this.#socket.OPEN) return false
    if (this.#socket.bufferedAmount > MOST_QUEUED_BYTES) {
      this.close(CLOSE.tryAgainLater, 'too slow; resume with since')
      return false
    }
    this.#socket.send(text)
    return true
  }
}
