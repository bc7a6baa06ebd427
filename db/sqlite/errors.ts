import { ConstraintError, DatabaseError, type ConstraintKind } from '../database.ts'
import Sqlite from './driver.mjs'

const KINDS: Readonly<Record<string, ConstraintKind>> = {
  SQLITE_CONSTRAINT_UNIQUE: 'unique',
  SQLITE_CONSTRAINT_PRIMARYKEY: 'unique',
  SQLITE_CONSTRAINT_FOREIGNKEY: 'foreign-key',
  SQLITE_CONSTRAINT_NOTNULL: 'not-null',
  SQLITE_CONSTRAINT_CHECK: 'check',
  SQLITE_CONSTRAINT_TRIGGER: 'rule',
}

/** Result codes after which the same request may succeed later. */
const PASSING = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|NOMEM|PROTOCOL|CORRUPT|NOTADB)/
/** Result codes after which nothing this process writes to the file can be trusted. */
const FATAL = /^SQLITE_(CORRUPT|NOTADB|IOERR_FSYNC|IOERR_DIR_FSYNC)/

const UNWRITABLE = /^(EROFS|EACCES|EPERM|SQLITE_CANTOPEN|SQLITE_READONLY)/

/** What may stand in the way of every write for a while, by result code. */
const OBSTACLES: readonly (readonly [RegExp, string])[] = [
  [/^SQLITE_FULL/, 'the disk is full'],
  [/^SQLITE_IOERR/, 'the disk reports errors'],
  [/^SQLITE_(READONLY|CANTOPEN)/, 'the database file cannot be written to'],
]

/** Runs a driver call; what it throws comes out as a ConstraintError or a DatabaseError of the port. */
export function translated<Result>(operation: string, call: () => Result): Result {
  try {
    return call()
  } catch (error) {
    throw translate(operation, error)
  }
}

export function isBusy(error: unknown): boolean {
  return error instanceof DatabaseError && resultCode(error.cause).startsWith('SQLITE_BUSY')
}

export function isFatal(error: unknown): boolean {
  return error instanceof DatabaseError && FATAL.test(resultCode(error.cause))
}

/** Whether it was refused because this process may not write there. Takes what Node.js, SQLite or the port throws. */
export function isUnwritable(error: unknown): boolean {
  const cause = error instanceof DatabaseError ? error.cause : error
  return cause instanceof Error && 'code' in cause && UNWRITABLE.test(String(cause.code))
}

/** Why a write failed that others will fail for as well until that has passed; undefined for every other error. */
export function obstacleOf(error: unknown): string | undefined {
  const code = error instanceof DatabaseError ? resultCode(error.cause) : ''
  return OBSTACLES.find(([codes]) => codes.test(code))?.[1]
}

export function translate(operation: string, error: unknown): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error
  const kind = KINDS[error.code]
  if (kind) return new ConstraintError(kind, constraintName(error.message), error)
  return new DatabaseError(operation, error, PASSING.test(error.code))
}

function resultCode(cause: unknown): string {
  return cause instanceof Sqlite.SqliteError ? cause.code : ''
}

/**
 * `UNIQUE constraint failed: users.email, users.org` → `users_email_org`; `… index 'users_email'` → `users_email`;
 * the message of RAISE() stands for itself. So a constraint has one name on every database.
 */
function constraintName(message: string): string {
  const subject = message.split('constraint failed: ')[1] ?? message
  const index = /^index '(.+)'$/.exec(subject)?.[1]
  if (index) return index
  const columns = subject.split(', ')
  const table = columns[0]?.split('.')[0] ?? ''
  return columns[0]?.includes('.') ? [table, ...columns.map(column => column.split('.')[1])].join('_') : subject
}
