import { Worker } from 'node:worker_threads'
import { DatabaseError, type SnapshotOptions, type Snapshots } from '../database.ts'
import Sqlite from './driver.mjs'
import { isBusy, translate, translated } from './errors.ts'

const COPYING = 'copy itself'
const LOCKING = 'lock a file'

interface Progress {
  readonly done: number
  readonly total: number
}

interface Outcome {
  /** What SQLite found wrong with the copy. */
  readonly unsound?: string
  readonly error?: string
  /** SQLite's result code, when it is SQLite that refused. */
  readonly code?: string
}

/** Copies of a database file that is in use, by SQLite's online backup, on a thread that lives for one copy. */
export class FileSnapshots implements Snapshots {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  async take(target: string, { signal, onProgress }: SnapshotOptions = {}): Promise<void> {
    signal?.throwIfAborted()
    const workerData = { source: this.#path, target }
    const worker = new Worker(new URL('./snapshot-thread.mjs', import.meta.url), { workerData })
    const stop = () => void worker.terminate()
    signal?.addEventListener('abort', stop)
    // Settled when the thread has ended, and with it has let go of the files.
    const outcome = await outcomeOf(worker, onProgress).finally(() => signal?.removeEventListener('abort', stop))
    signal?.throwIfAborted()
    assertSound(outcome)
  }

  /** SQLite's own lock on a file is one the kernel takes back when a process dies. */
  lock(file: string): (() => void) | undefined {
    const sqlite = translated(LOCKING, () => new Sqlite(file, { timeout: 0 }))
    try {
      translated(LOCKING, () => sqlite.exec('BEGIN EXCLUSIVE'))
      return () => void sqlite.close()
    } catch (error) {
      sqlite.close()
      if (isBusy(error)) return undefined
      throw error
    }
  }
}

function outcomeOf(worker: Worker, onProgress: SnapshotOptions['onProgress']): Promise<Outcome> {
  return new Promise(resolve => {
    let outcome: Outcome = { error: 'the thread that copies ended' }
    worker.on('message', (message: Progress | Outcome) => {
      if ('done' in message) onProgress?.(message.done, message.total)
      else outcome = message
    })
    worker.on('error', error => (outcome = { error: error.message }))
    worker.on('exit', () => resolve(outcome))
  })
}

function assertSound({ unsound, error, code }: Outcome): void {
  if (unsound !== undefined) throw new DatabaseError('make a sound copy of itself', new Error(unsound), false)
  if (error === undefined) return
  throw code?.startsWith('SQLITE_') === true
    ? translate(COPYING, new Sqlite.SqliteError(error, code))
    : new DatabaseError(COPYING, new Error(error), false)
}
