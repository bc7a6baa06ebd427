import { setImmediate as nextLoop, setTimeout as sleep } from 'node:timers/promises'
import { assertOutside, assertRoom, outcomeOf, submit, type Outcome, type Unit } from '../commit-unit.ts'
import { DatabaseError, type Transaction } from '../database.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { Connection } from './connection.ts'
import { isBusy, isFatal, obstacleOf } from './errors.ts'
import type { HeldFiles } from './held-files.ts'
import type { LogFile } from './log-file.ts'
import { OpenTransaction } from './open-transaction.ts'
import { TurnWatch } from './turn-watch.ts'

const MAX_UNITS_PER_COMMIT = 500
/** A batch ends after this long, so that the event loop comes round. */
const MAX_BATCH_MS = 10
export const DAMAGED = 'the database file is damaged'
const LOST = 'the database file or its log was removed or replaced while it was in use'

export interface GroupCommitParts {
  readonly connection: Connection
  readonly log: LogFile
  readonly files: HeldFiles
  readonly checkpoints: Checkpoints
  /** How long a transaction waits for another process to let go of the file. */
  readonly lockPatienceMs: number
  /** Called once, when writing ends until a restart. */
  readonly onFault: (reason: string, cause: unknown) => void
}

/**
 * Group commit with durable acknowledgement. Everything that waits shares one BEGIN IMMEDIATE … COMMIT, each unit
 * inside a savepoint of its own; then one fdatasync of the log, on the thread pool, and only then are the promises of
 * the batch settled. While one batch is being synced the next may already run: its own acknowledgement waits for a
 * sync that begins after its own commit.
 *
 * It is sound at synchronous=NORMAL because fdatasync flushes the file whoever wrote it, and SQLite itself syncs the
 * log before a checkpoint copies it and syncs the header of a restarted log (sqlite.org/wal.html).
 */
export class GroupCommit {
  readonly #connection: Connection
  readonly #log: LogFile
  readonly #checkpoints: Checkpoints
  readonly #parts: GroupCommitParts
  /**
   * The unit that runs. It ends within the turn of the loop it began in (`TurnWatch` sees to that), so whoever meets
   * it here stands inside it: what AsyncLocalStorage would say as well, at the price of a hook on every promise.
   */
  #running: OpenTransaction | undefined
  readonly #turn = new TurnWatch()
  #waiting: Unit<OpenTransaction>[] = []
  #committed: Outcome<OpenTransaction>[] = []
  #writing = false
  #syncing = false
  #idle: (() => void)[] = []
  #fault: string | undefined
  #obstacle: string | undefined
  #closed = false
  commits = 0
  transactions = 0
  failedCommits = 0

  constructor(parts: GroupCommitParts) {
    this.#connection = parts.connection
    this.#log = parts.log
    this.#checkpoints = parts.checkpoints
    this.#parts = parts
  }

  /** Why nothing more is written until a restart; undefined while all is well. */
  get fault(): string | undefined {
    return this.#fault
  }

  /** Why the last write failed, when all will until that has passed. */
  get obstacle(): string | undefined {
    return this.#obstacle
  }

  get queued(): number {
    return this.#waiting.length
  }

  /** Throws when the caller stands inside a transaction. */
  assertOutside(): void {
    assertOutside(this.#running)
  }

  add<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    this.assertOutside()
    if (this.#fault !== undefined && !this.#closed) throw this.#refusal(this.#fault)
    assertRoom(this.#closed, this.#waiting.length)
    const enter = (transaction: OpenTransaction, run: () => Promise<Result>) => {
      this.#running = transaction
      return run()
    }
    return submit(work, enter, unit => {
      this.#waiting.push(unit)
      this.#wake()
    })
  }

  /** Resolves when all that was asked for is written and synced; refuses everything after. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#writing || this.#syncing) await new Promise<void>(resolve => this.#idle.push(resolve))
    await this.#checkpoints.running
  }

  /** Starts with the next turn of the loop, so that requests which arrived together commit together. */
  #wake(): void {
    if (this.#writing) return
    this.#writing = true
    setImmediate(() => void this.#write())
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#checkpoints.emptying?.catch(() => undefined)
      this.#committed.push(...(await this.#runBatch()))
      if (!this.#syncing) void this.#sync()
      this.#checkpoints.runIfDue(this)
      if (this.#waiting.length > 0) await nextLoop()
    }
    this.#writing = false
    this.#becomeIdle()
  }

  /** Runs and commits what waits. What it returns is committed; units it could not commit are refused here. */
  async #runBatch(): Promise<Outcome<OpenTransaction>[]> {
    const units: Unit<OpenTransaction>[] = []
    const outcomes: Outcome<OpenTransaction>[] = []
    try {
      await this.#begin()
      const deadline = performance.now() + MAX_BATCH_MS
      while (units.length < MAX_UNITS_PER_COMMIT && performance.now() < deadline) {
        const unit = this.#waiting.shift()
        if (!unit) break
        units.push(unit)
        outcomes.push(await this.#runUnit(unit))
      }
      if (this.#fault !== undefined) throw this.#refusal(this.#fault) // a read has found damage meanwhile
      this.#connection.script('COMMIT', 'commit')
      this.commits += 1
      this.transactions += outcomes.filter(({ refusal }) => refusal === undefined).length
      this.#obstacle = outcomes.map(({ refusal }) => obstacleOf(refusal)).find(Boolean)
      return outcomes
    } catch (error) {
      this.failedCommits += 1
      this.#obstacle = obstacleOf(error) ?? this.#obstacle
      this.#rollback()
      if (isFatal(error)) this.fail(DAMAGED, error)
      const refused = units.length > 0 ? units : this.#waiting.splice(0) // without BEGIN, nobody's turn comes
      for (const unit of refused) unit.settle(error)
      return []
    }
  }

  /** Never blocks the loop for longer than the connection's own short timeout; waits for other processes in between. */
  async #begin(): Promise<void> {
    const deadline = performance.now() + this.#parts.lockPatienceMs
    for (;;) {
      try {
        this.#connection.script('BEGIN IMMEDIATE', 'begin to write')
        return
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error
        await sleep(1 + Math.random() * 5)
      }
    }
  }

  /** Throws only when the transaction around the unit is gone or must not be committed: then the whole batch is. */
  async #runUnit(unit: Unit<OpenTransaction>): Promise<Outcome<OpenTransaction>> {
    this.#connection.run('SAVEPOINT unit')
    const transaction = new OpenTransaction(this.#connection)
    const running = Promise.race([unit.run(transaction), this.#turn.overstayed()])
    const outcome = await outcomeOf(unit, transaction, running)
    transaction.end()
    if (transaction.broken) throw transaction.broken
    if ('refusal' in outcome) this.#connection.run('ROLLBACK TO unit')
    this.#connection.run('RELEASE unit')
    return outcome
  }

  #rollback(): void {
    if (!this.#connection.inTransaction) return
    try {
      this.#connection.script('ROLLBACK')
    } catch (error) {
      this.fail('a transaction could not be undone', error)
    }
  }

  async #sync(): Promise<void> {
    this.#syncing = true
    while (this.#committed.length > 0) {
      const group = this.#committed.splice(0)
      const lost = await this.#syncLog()
      for (const { unit, refusal } of group) unit.settle(lost ?? refusal)
    }
    this.#syncing = false
    this.#becomeIdle()
  }

  /** What refuses the whole group; undefined when all of it is on the disk. */
  async #syncLog(): Promise<DatabaseError | undefined> {
    if (this.#fault !== undefined) return this.#refusal(this.#fault)
    try {
      await this.#log.sync()
      return this.holdsFiles() ? undefined : this.#refusal(LOST)
    } catch (error) {
      this.failedCommits += 1
      // The kernel may have dropped the pages it could not write: a second sync that succeeds would prove nothing.
      this.fail('a sync of the log to disk failed', error)
      return new DatabaseError('write', error, true)
    }
  }

  /**
   * Whether the files are still those that were opened. Once they are not, writes end; what the log holds goes into the
   * file, wherever that is by now, because it was acknowledged and the log may be gone with this process.
   */
  holdsFiles(): boolean {
    const lost = this.#parts.files.lost()
    if (lost.length === 0 || this.#fault !== undefined) return lost.length === 0
    this.fail(LOST, new Error(`no longer the file that was opened: ${lost.join(', ')}`))
    try {
      // Without the index that all processes share, another one may be writing to the same log.
      if (!lost.some(path => path.endsWith('-shm'))) this.#connection.script('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch {
      // It is as it was.
    }
    return false
  }

  /** Writes end here until a restart: this process no longer knows what is on the disk. */
  fail(reason: string, cause: unknown): void {
    if (this.#fault !== undefined) return
    this.#fault = reason
    for (const unit of this.#waiting.splice(0)) unit.settle(this.#refusal(reason))
    queueMicrotask(() => this.#parts.onFault(reason, cause)) // what it throws must not cost anybody an answer
  }

  #refusal(fault: string): DatabaseError {
    return new DatabaseError('write', new Error(fault), true)
  }

  #becomeIdle(): void {
    if (this.#writing || this.#syncing) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}
