import { nextTurn } from '../turns.ts'
import type { Feed } from './feed.ts'
import type { Line } from './line.ts'
import type { Message } from './messages.ts'
import type { Topic } from './topic.ts'

/** After so many pages of a replay, others who wait have theirs. */
const PAGES_AT_ONCE = 10

/** The client that has subscribed. */
export interface Subscriber {
  readonly userId: string
  /** Whether this is still what it has subscribed to. */
  follows(subscription: Subscription): boolean
  /** Whether it has to take what it was sent before it is sent more. */
  isFull(): boolean
  /** Resolves when it is not full, or gone. */
  drained(): Promise<void>
  /** Sends it a message, if it may see that. False when it is gone. */
  tell(message: Message): boolean
}

/** What a client has subscribed to: first it gets what it has missed, then what the feed delivers. */
export class Subscription {
  readonly topic: Topic
  /** The last row of the journal that it has received. */
  #position: number
  #live: boolean

  constructor(topic: Topic, position: number, feed: Feed) {
    this.topic = topic
    this.#position = position
    this.#live = position >= feed.cursor
  }

  /** Takes what the feed delivers. False when the client is gone. */
  deliver(message: Message, client: Subscriber): boolean {
    if (!this.#live || message.id <= this.#position) return true
    this.#position = message.id
    return client.tell(message)
  }

  /** Follows up on what the feed has passed by, as fast as the client takes it. */
  async catchUp(feed: Feed, replays: Line, client: Subscriber): Promise<void> {
    while (this.#isBehind(client)) {
      await replays.run(client.userId, () => this.#replay(feed, client))
      await client.drained()
    }
  }

  /** Reads and sends some pages. Lets others in when the client has enough to take for now. */
  async #replay(feed: Feed, client: Subscriber): Promise<void> {
    for (let page = 0; page < PAGES_AT_ONCE && this.#isBehind(client) && !client.isFull(); page += 1) {
      await nextTurn()
      const { messages, reached } = await feed.missed(this.topic, this.#position, feed.cursor)
      if (!this.#isBehind(client) || !messages.every(message => client.tell(message))) return
      this.#position = reached
      this.#live = reached >= feed.cursor // in the same turn, so that the feed delivers what comes next
    }
  }

  #isBehind(client: Subscriber): boolean {
    return !this.#live && client.follows(this)
  }
}
