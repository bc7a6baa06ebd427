import { existsSync, linkSync, renameSync } from 'node:fs'
import Sqlite from './driver.mjs'
import { isBusy, translated } from './errors.ts'

const OPERATION = 'close the database'

/**
 * Puts a file in the place of a database that nobody has open, and keeps the old one, with its log, under another name.
 * Throws a sentence when a program has it open. Where there was a database there always is one, the old or the new.
 */
export function replaceFile(path: string, replacement: string, kept: string): void {
  const held = existsSync(path) ? closed(path) : undefined
  try {
    // What is left of a log, beside a file that is damaged or was taken away: SQLite would write it into the new file.
    for (const end of ['-wal', '-shm']) if (existsSync(path + end)) renameSync(path + end, kept + end)
    if (existsSync(path)) linkSync(path, kept)
    renameSync(replacement, path)
  } finally {
    held?.close()
  }
}

/** Throws a sentence when a program has the database open. Changes nothing. */
export function assertNotOpen(path: string): void {
  if (existsSync(path)) alone(path, sqlite => void sqlite.pragma('user_version'))?.close()
}

/** Folds the log into the file; nobody can open it until the connection is closed. Undefined when it is damaged. */
function closed(path: string): Sqlite.Database | undefined {
  return alone(path, sqlite => {
    sqlite.pragma('journal_mode = DELETE')
    sqlite.exec('BEGIN EXCLUSIVE; COMMIT')
  })
}

/**
 * Opens the file for one program alone. Every connection holds a lock of its own for as long as it is open, and with
 * EXCLUSIVE SQLite asks for all of them before it reads the first page: so a server is noticed also when its file can no
 * longer be read.
 */
function alone(path: string, use: (sqlite: Sqlite.Database) => void): Sqlite.Database | undefined {
  const sqlite = new Sqlite(path, { fileMustExist: true, timeout: 0 })
  try {
    translated(OPERATION, () => {
      sqlite.pragma('locking_mode = EXCLUSIVE')
      use(sqlite)
    })
    return sqlite
  } catch (error) {
    sqlite.close()
    if (isBusy(error)) throw new Error(`A program has ${path} open; stop the server first`)
    return undefined
  }
}
