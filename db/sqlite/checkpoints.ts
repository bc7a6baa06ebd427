import type { Checkpointer } from './checkpointer.ts'
import { isFatal } from './errors.ts'
import type { LogFile } from './log-file.ts'

/** The writer whose log it is. */
interface Writer {
  readonly fault: string | undefined
  fail(reason: string, cause: unknown): void
}

/** Folds the log back into the database file whenever it has grown by so many bytes. */
export class Checkpoints {
  readonly #checkpointer: Checkpointer
  readonly #log: LogFile
  readonly #bytes: number
  #dueAt: number
  #running: Promise<void> | undefined
  #emptying: Promise<void> | undefined

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
  get emptying(): Promise<void> | undefined {
    return this.#emptying
  }

  runIfDue(writer: Writer): void {
    if (this.#running || writer.fault !== undefined || this.#log.size() <= this.#dueAt) return
    this.#running = this.#run(writer).finally(() => (this.#running = undefined))
  }

  /** The bulk while this process goes on writing, the rest while its writers wait; the loop waits for neither. */
  async #run(writer: Writer): Promise<void> {
    try {
      await this.#checkpointer.run('PASSIVE')
      if (writer.fault !== undefined) return
      this.#emptying = this.#checkpointer.run('TRUNCATE')
      await this.#emptying
    } catch (error) {
      // A log that could not be emptied only grows; it is tried again when it has grown as much once more.
      if (isFatal(error)) writer.fail('a checkpoint could not be written to disk', error)
    }
    this.#emptying = undefined
    this.#dueAt = this.#log.size() + this.#bytes
  }
}
