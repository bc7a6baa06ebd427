import { Worker } from 'node:worker_threads'
import Sqlite from './driver.mjs'
import { translate } from './errors.ts'

/** How long a checkpoint waits for those who read or write. */
const PATIENCE_MS = 5_000

interface Answer {
  /** Whether nothing is left in the log that is not in the file. */
  readonly whole?: boolean
  readonly error?: string
  /** SQLite's result code, when it is SQLite that refused. */
  readonly code?: string
}

/**
 * Copies the log back into the database file on a thread of its own, because a checkpoint waits for the disk several
 * times. The thread starts with the first checkpoint, and only the process that writes asks for one.
 */
export class Checkpointer {
  readonly #path: string
  #worker: Worker | undefined

  constructor(path: string) {
    this.#path = path
  }

  /**
   * `PASSIVE` copies what it can while others write; `TRUNCATE` finishes, empties the log and opens the next one. Tells
   * whether the file is whole without the log.
   */
  async run(mode: 'PASSIVE' | 'TRUNCATE', patienceMs = PATIENCE_MS): Promise<boolean> {
    const worker = (this.#worker ??= this.#start())
    const answer = await new Promise<Answer>(resolve => {
      const ended = () => {
        this.#worker = undefined
        resolve({ error: 'the checkpoint thread ended' })
      }
      worker.once('message', (message: Answer) => {
        worker.off('exit', ended)
        resolve(message)
      })
      worker.once('exit', ended)
      worker.postMessage({ mode, patienceMs })
    })
    const { whole = false, error, code } = answer
    if (error === undefined) return whole
    throw code === undefined ? new Error(error) : translate('checkpoint', new Sqlite.SqliteError(error, code))
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(new URL('./checkpoint-thread.mjs', import.meta.url), { workerData: this.#path })
    worker.on('error', () => undefined) // the exit that follows settles whoever waits
    worker.unref()
    return worker
  }
}
