import pg from 'pg'
import { ConstraintError, DatabaseError, type ConstraintKind } from '../database.ts'

/** SQLSTATEs of refused rows (postgresql.org/docs/current/errcodes-appendix.html). */
const KINDS: Readonly<Record<string, ConstraintKind>> = {
  23505: 'unique',
  23503: 'foreign-key',
  23502: 'not-null',
  23514: 'check',
  '23P01': 'rule', // an exclusion constraint …
  P0001: 'rule', // … or RAISE in a trigger
}

/**
 * Classes and codes after which the same request may succeed later: connection, rollback, resources, the operator or
 * a time limit, the system, a server that only reads, a password or database that is being changed, a lock not got.
 */
const PASSING = /^(08|40|53|57|58|XX|25006|28|3D|55P03)/
/** What stands in the way of every write until it has passed, by code. */
const OBSTACLES: Readonly<Record<string, string>> = {
  53100: 'the disk is full',
  58030: 'the disk reports errors',
  25006: 'the server can only be read',
}
/** Serialization failure and deadlock: tried again at once. */
const CONFLICTS = new Set(['40001', '40P01'])

/** What the driver threw, as a ConstraintError or a DatabaseError of the port. */
export function translate(operation: string, error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return new DatabaseError(operation, error, true) // the connection, then
  const kind = KINDS[error.code ?? '']
  if (kind) return new ConstraintError(kind, constraintName(error), error)
  return new DatabaseError(operation, error, PASSING.test(error.code ?? ''))
}

/** Why a write failed that others will fail for as well until that has passed; undefined for every other error. */
export function obstacleOf(error: unknown): string | undefined {
  const cause = error instanceof DatabaseError ? error.cause : undefined
  return cause instanceof pg.DatabaseError ? OBSTACLES[cause.code ?? ''] : undefined
}

/** Whether transactions were in each other's way, so that the one undone may be tried again. */
export function isConflict(error: unknown): boolean {
  return (
    error instanceof DatabaseError && error.cause instanceof pg.DatabaseError && CONFLICTS.has(error.cause.code ?? '')
  )
}

/** Whether it was no answer of the server, but that none came. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof DatabaseError && !(error.cause instanceof pg.DatabaseError)
}

/** `users_email`, on every database; the message of RAISE stands for itself. */
function constraintName({ code, constraint, table, column, message }: pg.DatabaseError): string {
  if (code === '23502') return `${table ?? ''}_${column ?? ''}`
  return constraint ?? message
}
