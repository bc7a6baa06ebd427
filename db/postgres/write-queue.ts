import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { assertOutside, assertRoom, outcomeOf, submit, type Outcome, type Unit } from '../commit-unit.ts'
import type { Transaction } from '../database.ts'
import { hangUp, type StatementRunner } from './connection.ts'
import { isConflict, isConnectionLost, obstacleOf } from './errors.ts'
import { OpenTransaction } from './open-transaction.ts'

/** Each unit is a subtransaction, of which a server process keeps 64 at hand. */
const MAX_UNITS_PER_COMMIT = 50
/** A batch that has taken this long lets the writers of other instances have their turn. */
const MAX_BATCH_MS = 20
const MAX_ATTEMPTS = 5
const JITTER_MS = 20

/**
 * One transaction writes at a time, whichever instance it is of: an advisory lock is held from before its first
 * statement until it has committed. That is what SQLite's BEGIN IMMEDIATE promises, and every rule of the services,
 * from the last admin to a load limit, rests on it. It also makes the ids of the journal rise in the order of the
 * commits. SERIALIZABLE would promise as much, but tracks reads by the page: on tables of a few pages it undoes nearly
 * every one of two concurrent bookings, to try them again. The number spells PANEL; migration 004 takes the same lock.
 */
const BEGIN = `BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
  SELECT pg_advisory_xact_lock(344693032268); SAVEPOINT unit`
const NEXT = 'RELEASE unit; SAVEPOINT unit'
const UNDO = 'ROLLBACK TO unit'

/**
 * Group commit: what waits shares one transaction, each unit inside a savepoint of its own, and so one turn among the
 * instances and one flush of the server's log. A unit that fails hurts nobody; when the connection fails, nobody knows
 * what became of the batch, and every unit of it is refused.
 */
export class WriteQueue {
  readonly #connect: () => Promise<pg.Client>
  readonly #statements: StatementRunner
  readonly #inside = new AsyncLocalStorage<OpenTransaction>()
  #client: pg.Client | undefined
  #waiting: Unit<OpenTransaction>[] = []
  #writing: Promise<void> | undefined
  #closed = false
  /** Why the last write failed, when all will until that has passed. */
  obstacle: string | undefined
  commits = 0
  transactions = 0
  failedCommits = 0

  constructor(connect: () => Promise<pg.Client>, statements: StatementRunner) {
    this.#connect = connect
    this.#statements = statements
  }

  get queued(): number {
    return this.#waiting.length
  }

  /** Throws when the caller stands inside a transaction. */
  assertOutside(): void {
    assertOutside(this.#inside.getStore())
  }

  add<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    this.assertOutside()
    assertRoom(this.#closed, this.#waiting.length)
    const enter = (transaction: OpenTransaction, run: () => Promise<Result>) => this.#inside.run(transaction, run)
    return submit(work, enter, unit => {
      this.#waiting.push(unit)
      this.#writing ??= this.#write()
    })
  }

  /** Resolves when all that was asked for is written; refuses everything after. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#writing
    if (this.#client) await hangUp(this.#client)
    this.#inside.disable() // its hook on every promise of the process
  }

  /** Begins with the next turn of the loop, so that requests which arrived together commit together. */
  async #write(): Promise<void> {
    do {
      await new Promise(resolve => setImmediate(resolve))
      await this.#runBatch()
    } while (this.#waiting.length > 0)
    this.#writing = undefined
  }

  async #runBatch(): Promise<void> {
    const outcomes: Outcome<OpenTransaction>[] = []
    try {
      const client = await this.#clientToWrite()
      await this.#statements.all(client, 'begin to write', BEGIN)
      await this.#runUnits(client, outcomes)
    } catch (error) {
      this.failedCommits += 1
      this.obstacle = obstacleOf(error) ?? this.obstacle
      const lost = this.#client
      this.#client = undefined
      if (lost) void hangUp(lost) // what it has left behind, the server undoes
      for (const unit of [...outcomes.map(({ unit }) => unit), ...this.#waiting.splice(0)]) unit.settle(error)
      return
    }
    const done = outcomes.filter(({ refusal }) => refusal === undefined)
    this.commits += 1
    this.transactions += done.length
    this.obstacle = outcomes.map(({ refusal }) => obstacleOf(refusal)).find(Boolean)
    for (const { unit, refusal } of outcomes) unit.settle(refusal)
  }

  /** Runs what waits and commits it. Adds each unit to the outcomes as soon as its work may have begun. */
  async #runUnits(client: pg.Client, outcomes: Outcome<OpenTransaction>[]): Promise<void> {
    const deadline = performance.now() + MAX_BATCH_MS
    for (let unit = this.#waiting.shift(); unit; unit = this.#waiting.shift()) {
      outcomes.push({ unit })
      const outcome = await this.#runUnit(client, unit)
      outcomes.splice(-1, 1, outcome)
      const full = outcomes.length === MAX_UNITS_PER_COMMIT || performance.now() > deadline
      const last = full || this.#waiting.length === 0
      if (outcome.refusal === undefined) await this.#statements.all(client, 'commit', last ? 'COMMIT' : NEXT)
      else if (last) await this.#statements.all(client, 'commit', 'COMMIT')
      if (last) return
    }
  }

  /** Tries again what a program that writes by itself was in the way of. Throws only when the connection is gone. */
  async #runUnit(client: pg.Client, unit: Unit<OpenTransaction>): Promise<Outcome<OpenTransaction>> {
    for (let attempt = 1; ; attempt += 1) {
      const transaction = new OpenTransaction(client, this.#statements)
      const outcome = await outcomeOf(unit, transaction, unit.run(transaction))
      transaction.end()
      if (!('refusal' in outcome)) return outcome
      const { refusal } = outcome
      if (isConnectionLost(refusal)) throw refusal
      await this.#statements.all(client, 'undo a transaction', UNDO)
      if (!isConflict(refusal) || attempt === MAX_ATTEMPTS) return outcome
      await sleep(Math.random() * JITTER_MS * attempt)
    }
  }

  async #clientToWrite(): Promise<pg.Client> {
    if (this.#client) return this.#client
    const client = await this.#connect()
    client.once('end', () => {
      if (this.#client === client) this.#client = undefined
    })
    this.#client = client
    return client
  }
}
