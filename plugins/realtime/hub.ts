import type { FastifyInstance } from 'fastify'
import type { WebSocket } from 'ws'
import { nextTurn } from '../turns.ts'
import { IDENTITY_TABLES, type Identity } from '../auth/identity.ts'
import { Connection } from './connection.ts'
import { Feed } from './feed.ts'
import { PAGE_ROWS } from './journal.ts'
import { Line } from './line.ts'
import { CLOSE } from './protocol.ts'
import type { Topic } from './topic.ts'

/** How often it is looked whether another program has written; what this one writes is looked for at once. */
const POLL_MS = 25
const EXPIRY_MS = 1_000
const PING_MS = 30_000
const CONNECTIONS_OF_USER = 10
/** Users whose clients catch up at the same time. */
const REPLAYS_AT_ONCE = 4
/** Messages to all clients together within one turn of the loop. */
const SENT_AT_ONCE = 2_000
/** Whose credentials are looked up again within one turn of the loop. */
const RECHECKED_AT_ONCE = 50
/** A database that is away is asked again and again, and the log says so this often. */
const COMPLAIN_MS = 5_000

/** Everybody who is connected, and the feed they share. */
export class Hub {
  readonly #app: FastifyInstance
  readonly #feed: Feed
  readonly #clients = new Set<Connection>()
  readonly #replays = new Line(REPLAYS_AT_ONCE)
  readonly #timers: NodeJS.Timeout[] = []
  #identitiesSeen = -1
  #advancing = false
  #complainedAt = 0

  constructor(app: FastifyInstance) {
    this.#app = app
    this.#feed = new Feed({
      db: app.db,
      changes: app.changes,
      rowsAtOnce: () => Math.max(1, Math.min(PAGE_ROWS, Math.floor(SENT_AT_ONCE / this.#clients.size))),
      // Whoever lost the right to a message before it was written does not get it.
      beforeDelivery: () => this.#recheck(),
      deliver: messages => this.#clients.forEach(client => client.deliver(messages)),
    })
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.#clients.size
  }

  /** How many of them have subscribed to each topic there is. */
  subscribers(): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const name of this.#feed.topics.keys()) counts[name] = 0
    for (const client of this.#clients) for (const name of client.topics) counts[name] = (counts[name] ?? 0) + 1
    return counts
  }

  /** Lets clients subscribe to the things of a feature. */
  announce(topic: Topic): void {
    this.#feed.topics.set(topic.name, topic)
  }

  connect(socket: WebSocket, token: string | undefined): void {
    const options = {
      feed: this.#feed,
      replays: this.#replays,
      identityOf: (bearer: string) => this.#identityOf(bearer),
      admit: (userId: string) => this.#admit(userId, socket),
      failed: (error: unknown) => this.#failed(error),
    }
    const client = new Connection(socket, options, token)
    this.#clients.add(client)
    socket.on('close', () => this.#clients.delete(client))
  }

  /** What is new is delivered in a moment. Nobody waits for it, and what fails is tried again. */
  advance(): void {
    if (this.#clients.size === 0 || this.#advancing) return
    this.#advancing = true
    this.#recheck()
      .then(() => this.#feed.advance())
      .catch((error: unknown) => this.#failed(error))
      .finally(() => (this.#advancing = false))
  }

  start(): void {
    const every = (milliseconds: number, work: () => void) => this.#timers.push(setInterval(work, milliseconds).unref())
    every(POLL_MS, () => this.advance())
    every(EXPIRY_MS, () => this.#clients.forEach(client => client.expire(Date.now())))
    every(PING_MS, () => this.#clients.forEach(client => client.ping()))
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
    for (const client of this.#clients) client.close(CLOSE.goingAway, 'the server is being restarted')
  }

  /** Closes whoever has been signed out or disabled, and lets the others see what their role now allows. */
  async #recheck(): Promise<void> {
    const count = this.#identitiesCount()
    if (count === this.#identitiesSeen) return
    const identities = new Map<string, Promise<Identity | undefined>>()
    for (const client of this.#clients) {
      const { token } = client
      if (token === undefined) continue
      const known = identities.get(token)
      if (!known && identities.size % RECHECKED_AT_ONCE === RECHECKED_AT_ONCE - 1) await nextTurn()
      const identity = known ?? this.#app.identityOf(token)
      identities.set(token, identity)
      client.recheck(await identity)
    }
    this.#identitiesSeen = count
  }

  /** Looked up again when it changed meanwhile: from then on every change of it is noticed. */
  async #identityOf(bearer: string): Promise<Identity | undefined> {
    for (;;) {
      const count = this.#identitiesCount()
      const identity = await this.#app.identityOf(bearer)
      if (count === this.#identitiesCount()) return identity
    }
  }

  #identitiesCount(): number {
    const { changes } = this.#app
    changes.refresh()
    return changes.countOf(IDENTITY_TABLES)
  }

  /** Whichever process its other connections are at. */
  async #admit(userId: string, socket: WebSocket): Promise<boolean> {
    const { places } = this.#app
    const key = `sockets:${userId}`
    if (!(await places.enter(key, CONNECTIONS_OF_USER))) return false
    if (socket.readyState === socket.CLOSED) places.leave(key)
    else socket.once('close', () => places.leave(key))
    return true
  }

  #failed(error: unknown): void {
    const now = performance.now()
    if (now < this.#complainedAt + COMPLAIN_MS) return
    this.#complainedAt = now
    this.#app.log.warn({ err: error }, 'realtime messages are late')
  }
}
