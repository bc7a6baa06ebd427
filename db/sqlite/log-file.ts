import { closeSync, fdatasync, fstatSync, openSync } from 'node:fs'
import { promisify } from 'node:util'

const sync = promisify(fdatasync)

/** An own descriptor on the `-wal` file, to sync and to measure it. SQLite keeps its locks on other files. */
export class LogFile {
  readonly #descriptor: number

  constructor(databasePath: string) {
    this.#descriptor = openSync(`${databasePath}-wal`, 'r+')
  }

  /** Resolves once every frame written so far is on the disk; waits on the thread pool, not on the event loop. */
  sync(): Promise<void> {
    return sync(this.#descriptor)
  }

  /** The size in bytes. */
  size(): number {
    return fstatSync(this.#descriptor).size
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}
