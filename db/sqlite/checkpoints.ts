import type { Checkpointer } from './checkpointer.ts'
import { isFatal } from './errors.ts'
import type { LogFile } from './log-file.ts'

/** With nothing written from one look to the next, so many times, the database is quiet. */
const QUIET_LOOKS = 3

/** The writer whose log it is. */
interface Writer {
  readonly commits: number
  readonly fault: string | undefined
  /** Whether the files are still those that were opened; another connection would open others. */
  holdsFiles(): boolean
  fail(reason: string, cause: unknown): void
}

/**
 * Folds the log back into the database file whenever it has grown by so many bytes, and when nobody writes: then the
 * file alone holds everything, and a copy of it is a whole one.
 */
export class Checkpoints {
  readonly #checkpointer: Checkpointer
  readonly #log: LogFile
  readonly #bytes: number
  #dueAt: number
  #running: Promise<void> | undefined
  #emptying: Promise<unknown> | undefined
  #quietLooks = 0
  /** How far the log was at the last look, and when everything in it was in the file. */
  #seen = ''
  #folded = ''

  constructor(checkpointer: Checkpointer, log: LogFile, bytes: number) {
    this.#checkpointer = checkpointer
    this.#log = log
    this.#bytes = bytes
    this.#dueAt = bytes
  }

  /** The checkpoint under way, if there is one. Never rejects. */
  get running(): Promise<void> | undefined {
    return this.#running
  }

  /** The part of it that writers have to wait for. Rejects when it fails. */
  get emptying(): Promise<unknown> | undefined {
    return this.#emptying
  }

  runIfDue(writer: Writer): void {
    if (this.#log.size() > this.#dueAt) this.#start(writer)
  }

  /** Called now and then. */
  runIfQuiet(writer: Writer): void {
    const position = this.#position(writer)
    this.#quietLooks = position === this.#seen ? this.#quietLooks + 1 : 0
    this.#seen = position
    if (this.#quietLooks >= QUIET_LOOKS && position !== this.#folded && this.#log.size() > 0) this.#start(writer, 0)
  }

  /** What has changed when anybody has written: another process makes the log longer. */
  #position({ commits }: Writer): string {
    return `${commits} ${this.#log.size()}`
  }

  #start(writer: Writer, patienceMs?: number): void {
    if (this.#running || writer.fault !== undefined || !writer.holdsFiles()) return
    this.#running = this.#run(writer, patienceMs).finally(() => (this.#running = undefined))
  }

  /** The bulk while this process goes on writing, the rest while its writers wait; the loop waits for neither. */
  async #run(writer: Writer, patienceMs?: number): Promise<void> {
    try {
      const whole = await this.#checkpointer.run('PASSIVE')
      if (writer.fault !== undefined) return
      this.#emptying = this.#checkpointer.run('TRUNCATE', patienceMs)
      await this.#emptying
      if (whole) this.#folded = this.#position(writer)
    } catch (error) {
      // A log that could not be emptied only grows; it is tried again when it has grown as much once more.
      if (isFatal(error)) writer.fail('a checkpoint could not be written to disk', error)
    }
    this.#emptying = undefined
    this.#dueAt = this.#log.size() + this.#bytes
  }
}
