import type { Database } from '../../db/database.ts'
import { nextTurn } from '../turns.ts'
import type { TableChanges } from '../changes.ts'
import { journal, PAGE_ROWS } from './journal.ts'
import { messagesOf, type Message } from './messages.ts'
import { BadMessage } from './protocol.ts'
import type { Topic } from './topic.ts'

interface FeedOptions {
  readonly db: Database
  readonly changes: TableChanges
  /** Awaited after messages were made and before they are delivered. */
  readonly beforeDelivery: () => Promise<void>
  /** How many rows may be delivered within one turn of the loop. */
  readonly rowsAtOnce: () => number
  /** Gets the messages of new rows, in order, each once. Must not wait: the feed moves on with its return. */
  readonly deliver: (messages: readonly Message[]) => void
}

/**
 * Follows the journal from a cursor and turns its new rows into messages, whether this process, another one or a shell
 * wrote them.
 */
export class Feed {
  readonly topics = new Map<string, Topic>()
  readonly #options: FeedOptions
  /** The last row that was delivered. */
  #cursor = 0
  #seen = -1
  #started: Promise<void> | undefined

  constructor(options: FeedOptions) {
    this.#options = options
  }

  get cursor(): number {
    return this.#cursor
  }

  /** Begins with what comes from now on; before, nothing is read. */
  start(): Promise<void> {
    return (this.#started ??= this.#toTheEnd().catch((error: unknown) => {
      this.#started = undefined
      throw error
    }))
  }

  /** Looks whether the database has changed, and delivers what is new. Not to be called again before it has. */
  async advance(): Promise<void> {
    await this.#started
    if (!this.#started) return
    for (let count = this.#count(); count !== this.#seen; count = this.#count()) {
      await this.#deliverNew()
      this.#seen = count
    }
  }

  /** Throws a BadMessage for a row that the journal does not have yet, so that nobody can have received it. */
  async assertReached(since: number): Promise<void> {
    if (since <= this.#cursor) return
    // Delivered or not: another instance may have sent it already.
    const last = await journal(this.#options.db).lastId()
    if (since > last) throw new BadMessage('INVALID_SINCE', `The journal has no row ${since} yet; its last is ${last}`)
  }

  /** The messages of one topic after a row and up to another one, at most a page of them, and how far that goes. */
  async missed(topic: Topic, after: number, upTo: number): Promise<{ messages: Message[]; reached: number }> {
    const { db } = this.#options
    const rows = await journal(db).ofType(topic.entityType, after, upTo)
    const messages = await messagesOf(db, topic, rows)
    const last = rows.at(-1)
    return { messages, reached: last && rows.length === PAGE_ROWS ? last.id : upTo }
  }

  async #toTheEnd(): Promise<void> {
    this.#seen = this.#count()
    this.#cursor = await journal(this.#options.db).lastId()
  }

  #count(): number {
    const { changes } = this.#options
    changes.refresh()
    let sum = 0
    for (const { tables } of this.topics.values()) sum += changes.countOf(tables)
    return sum
  }

  async #deliverNew(): Promise<void> {
    const { db, rowsAtOnce, beforeDelivery, deliver } = this.#options
    for (;;) {
      const most = rowsAtOnce()
      const rows = await journal(db).after(this.#cursor, most)
      const last = rows.at(-1)
      if (!last) return
      const messages: Message[] = []
      for (const topic of this.topics.values()) {
        const own = rows.filter(({ entityType }) => entityType === topic.entityType)
        if (own.length > 0) messages.push(...(await messagesOf(db, topic, own)))
      }
      await beforeDelivery()
      deliver(messages.sort((a, b) => a.id - b.id))
      this.#cursor = last.id // in the same turn, so that nobody who catches up sees one without the other
      if (rows.length < most) return
      await nextTurn()
    }
  }
}
