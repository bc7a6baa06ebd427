import { randomUUID } from 'node:crypto'
import type { FastifyBaseLogger } from 'fastify'
import type { Database } from '../../db/database.ts'
import { fill, type FillingRules } from './from-journal.ts'
import { journalRepository } from './journal-repository.ts'
import { leaseRepository } from './lease-repository.ts'
import { outgoingFrom } from './messages.ts'
import { outboxRepository, type DueMail } from './repository.ts'
import { NotSent, type Transport } from './transport.ts'

const MINUTE = 60_000
/** The time between two attempts; after the last one a mail is dead. */
const BACK_OFF_MINUTES = [1, 5, 15, 60, 180, 720]
/** Longer than it takes to send one mail. */
const LEASE_MS = 2 * MINUTE
/** The time from a write to the reading of the journal, so that one round serves many writes. */
const SOON_MS = 500
/** How often it looks for mails that have become due. */
const LOOK_MS = 15_000

export interface CourierOptions {
  readonly db: Database
  readonly transport: Transport
  readonly rules: FillingRules
  readonly from: string
  readonly log: FastifyBaseLogger
}

/**
 * Fills the outbox from the journal and sends what is due, in order, in the background: one instance at a time. A mail
 * is marked as sent after the server has accepted it. A process that dies in between sends it again under the same
 * Message-ID.
 */
export class Courier {
  readonly #options: CourierOptions
  readonly #holder = randomUUID()
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | undefined
  #closing = false
  #soon = false
  /** The server does not answer: nothing is tried between these times, in ms since 1970. Before them is a clock set back. */
  #pause = { from: 0, until: 0 }

  constructor(options: CourierOptions) {
    this.#options = options
  }

  /** Begins, on its very first start, with what happens from now on. A database that does not answer is asked again later. */
  async start(): Promise<void> {
    const { db, log } = this.#options
    try {
      if ((await journalRepository(db).cursor()) === undefined) {
        await db.transaction(tx => journalRepository(tx).begin())
      }
    } catch (error) {
      log.warn({ err: error }, 'mails cannot be processed yet; trying again later')
    }
    this.#wait(SOON_MS)
  }

  /** Tells the courier that something was written. */
  wake(): void {
    if (this.#soon) return
    this.#soon = true
    if (!this.#round) this.#wait(SOON_MS)
  }

  /** Ends after the mail that is being sent; the others stay in the outbox. */
  async close(): Promise<void> {
    this.#closing = true
    clearTimeout(this.#timer)
    await this.#round
    this.#options.transport.close()
  }

  #wait(milliseconds: number): void {
    clearTimeout(this.#timer)
    if (this.#closing) return
    this.#timer = setTimeout(() => {
      this.#soon = false
      this.#round = this.work()
        .catch((error: unknown) =>
          this.#options.log.warn({ err: error }, 'mails cannot be processed; trying again later'),
        )
        .finally(() => {
          this.#round = undefined
          this.#wait(this.#soon ? SOON_MS : LOOK_MS)
        })
    }, milliseconds)
    this.#timer.unref()
  }

  /** One round: fills the outbox and sends all mails that are due. Writes nothing when there is nothing to do. */
  async work(now: () => number = Date.now): Promise<void> {
    const { db, rules } = this.#options
    if (!(await this.#isWork(now())) || !(await this.#takeLease(now()))) return
    try {
      while (await db.transaction(tx => fill(tx, rules, new Date(now()).toISOString()))) if (this.#closing) return
      await db.transaction(tx => outboxRepository(tx).bringBack(new Date(now()).toISOString()))
      while (!this.#closing && !this.#isPaused(now()) && (await this.#sendNext(now))) {
        if (!(await this.#takeLease(now()))) return // it took so long that another instance has taken over
      }
    } finally {
      await db.transaction(tx => leaseRepository(tx).giveUp(this.#holder))
    }
  }

  async #isWork(now: number): Promise<boolean> {
    const journal = journalRepository(this.#options.db)
    if ((await journal.lastId()) !== (await journal.cursor())) return true
    if (this.#isPaused(now)) return false
    const [outbox, at] = [outboxRepository(this.#options.db), new Date(now).toISOString()]
    return (await outbox.next(at)) !== undefined || (await outbox.isAhead(at))
  }

  #isPaused(now: number): boolean {
    return now >= this.#pause.from && now < this.#pause.until
  }

  async #takeLease(now: number): Promise<boolean> {
    const at = (time: number) => new Date(time).toISOString()
    const [until, longest] = [at(now + LEASE_MS), at(now + 2 * LEASE_MS)]
    const lease = { holder: this.#holder, until, now: at(now), longest }
    return (await this.#options.db.transaction(tx => leaseRepository(tx).take(lease))).changes > 0
  }

  /** False when nothing is due. */
  async #sendNext(now: () => number): Promise<boolean> {
    const { db, transport, from, rules } = this.#options
    const mail = await outboxRepository(db).next(new Date(now()).toISOString())
    if (!mail) return false
    try {
      await transport.send(outgoingFrom(mail, { from, host: rules.host }))
      await db.transaction(tx => outboxRepository(tx).sent(mail.id, new Date(now()).toISOString()))
    } catch (error) {
      if (!(error instanceof NotSent)) throw error
      await this.#failed(mail, error, now())
    }
    return true
  }

  async #failed({ id, attempts }: DueMail, { what, message }: NotSent, now: number): Promise<void> {
    const minutes = BACK_OFF_MINUTES[attempts]
    const status = what === 'never' || minutes === undefined ? 'dead' : 'pending'
    const again = now + (minutes ?? 0) * MINUTE
    // What holds this mail up holds up the others too, and they are to be sent in order.
    if (what === 'none now' && status === 'pending') this.#pause = { from: now, until: again }
    const failure = { id, status, problem: message.slice(0, 500), dueAt: new Date(again).toISOString() } as const
    await this.#options.db.transaction(tx => outboxRepository(tx).failed(failure))
  }
}
