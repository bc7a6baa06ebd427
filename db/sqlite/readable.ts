import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Connection } from './connection.ts'
import { isUnwritable } from './errors.ts'

/** A database file that can be opened for reading. */
export interface ReadableFile {
  readonly path: string
  /** Called when nobody reads it any more. */
  readonly release: () => void
}

/**
 * SQLite reads through an index of the log that it keeps beside the file. Where it cannot write there, on a file system
 * that is mounted read-only or in somebody else's folder, a copy of the file and its log is read instead.
 */
export function readableFile(path: string): ReadableFile {
  try {
    const connection = new Connection(path, { readonly: true })
    try {
      connection.one('SELECT 1 FROM sqlite_schema')
    } finally {
      connection.close()
    }
    return { path, release: () => undefined }
  } catch (error) {
    if (!isUnwritable(error)) throw error
    return copied(path)
  }
}

function copied(path: string): ReadableFile {
  const folder = mkdtempSync(join(tmpdir(), 'panelist-'))
  const copy = join(folder, basename(path))
  const release = () => rmSync(folder, { recursive: true, force: true })
  try {
    for (const end of ['', '-wal']) if (existsSync(path + end)) copyFileSync(path + end, copy + end)
    return { path: copy, release }
  } catch (error) {
    release()
    throw error
  }
}
