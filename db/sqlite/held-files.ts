import { statSync, type BigIntStats } from 'node:fs'

/**
 * The file of a database, its log and the index of the log, as they were when it was opened. SQLite goes on writing to
 * them when they are removed or replaced, and nobody would ever read what it wrote.
 */
export class HeldFiles {
  readonly #held: readonly { readonly path: string; readonly file: BigIntStats | undefined }[]

  constructor(databasePath: string) {
    this.#held = ['', '-wal', '-shm'].map(end => ({ path: databasePath + end, file: fileAt(databasePath + end) }))
  }

  /** The paths that lead to another file by now, or to none. */
  lost(): string[] {
    return this.#held.filter(({ path, file }) => !isSame(file, path)).map(({ path }) => path)
  }
}

function isSame(held: BigIntStats | undefined, path: string): boolean {
  try {
    const file = fileAt(path)
    return file?.ino === held?.ino && file?.dev === held?.dev
  } catch {
    return true // who may not look learns nothing of the file
  }
}

function fileAt(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })
}
