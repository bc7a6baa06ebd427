/**
 * The database port. Features and plugins know this file and nothing below it: SQL goes in as text with `:named`
 * parameters, rows come out as plain objects, and the only errors are the three named here.
 */

import type { Dialect } from './dialect.ts'

/** What may be bound. No booleans, Dates or undefined: the drivers would bind them differently. */
export type SqlValue = string | number | bigint | null | Uint8Array

/** Named parameters; properties that the statement does not name are ignored. */
export type Params = Readonly<Record<string, SqlValue>>

export interface Queryable {
  readonly dialect: Dialect
  /** The first row, or undefined when there is none. */
  one<Row>(sql: string, params?: Params): Promise<Row | undefined>
  /** Every row. The caller bounds it with LIMIT. */
  many<Row>(sql: string, params?: Params): Promise<Row[]>
  /** Runs a statement; `changes` counts the rows it wrote itself, not those its triggers wrote. */
  run(sql: string, params?: Params): Promise<{ changes: number }>
}

/**
 * A Queryable whose statements commit or vanish together. Await nothing but its own methods while it is open. Once one
 * of its statements was refused it takes no more, and is undone.
 */
export interface Transaction extends Queryable {
  readonly inTransaction: true
  /** Runs several statements without parameters: for migrations. */
  script(sql: string): Promise<void>
}

export interface DatabaseOptions {
  /** Statements that take this long, in milliseconds, are reported; 0 for none. */
  readonly slowQueryMs?: number
  readonly onSlowQuery?: (sql: string, milliseconds: number) => void
  /** Called once, when the database can no longer be written to until a restart. */
  readonly onFault?: (reason: string, cause: unknown) => void
}

export interface DatabaseHealth {
  /** False while writes fail: until a restart, or until what stands in their way has passed. */
  readonly writable: boolean
  /** Why they fail: a few words that name no path. */
  readonly reason?: string
}

/** Figures since the database was opened. */
export interface DatabaseStats {
  readonly commits: number
  /** Transactions that were committed; divided by `commits` it tells how well they share. */
  readonly transactions: number
  /** Commits that came to nothing: every transaction in them was refused. */
  readonly failedCommits: number
  readonly queued: number
  /** Statements that took `slowQueryMs` or longer. */
  readonly slowQueries: number
}

/** What the database takes at this moment, as far as its engine has it. */
export interface DatabaseSizes {
  /** The size of the file, in bytes. */
  readonly fileBytes?: number
  /** The size of the log that is not yet folded back into the file, in bytes. */
  readonly logBytes?: number
  /** Connections that read, by what they do. */
  readonly readers?: Readonly<Record<'busy' | 'idle', number>>
  /** Reads that wait for a connection. */
  readonly waitingReads?: number
}

export interface SnapshotOptions {
  /** Ends it before its time; what it has written so far is the caller's to remove. */
  readonly signal?: AbortSignal | undefined
  /** Hears how many of how many pages are copied. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** What can be done with a database that is a file on this machine. */
export interface Snapshots {
  /**
   * Writes all that was committed before into one file, whatever is written meanwhile, and reads the copy through:
   * rejects unless it is sound. Works on a thread of its own.
   */
  take(target: string, options?: SnapshotOptions): Promise<void>
  /**
   * Takes a lock that no other holder on this machine gets until it is given back, or until this process ends, however
   * it ends. Returns what gives it back; undefined while another has it. `file` is made for this and stays empty.
   */
  lock(file: string): (() => void) | undefined
}

export interface Database extends Queryable {
  readonly engine: string
  /** Undefined where the database is a server, which is backed up by its own means. */
  readonly snapshots: Snapshots | undefined
  /**
   * Runs `work` in one serialised transaction and resolves when its outcome is durable on disk; rejects with what
   * `work` threw, after undoing everything it wrote. It may be run again when a program that writes by itself was in
   * its way, so it must have no other effect than through `tx`.
   */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>
  /**
   * Names of the tables that any program has changed since the last call: of its own writes as soon as they have
   * resolved, of those of other machines a moment later. May name one that has not changed.
   */
  changedTables(): readonly string[]
  /** Whether it tells of every program's commits as soon as they are made, and not a moment later. */
  readonly changesAreExact: boolean
  health(): DatabaseHealth
  stats(): DatabaseStats
  sizes(): DatabaseSizes
  close(): Promise<void>
}

export type ConstraintKind = 'unique' | 'foreign-key' | 'not-null' | 'check' | 'rule'

/**
 * The database refused a row. `constraint` is the index or column list (`users_email`), or for kind `rule`, which
 * covers triggers and exclusion constraints, the name of the rule (`claims_no_overlap`).
 */
export class ConstraintError extends Error {
  override readonly name = 'ConstraintError'
  readonly kind: ConstraintKind
  readonly constraint: string

  constructor(kind: ConstraintKind, constraint: string, cause: unknown) {
    super(`${kind} constraint failed: ${constraint}`, { cause })
    this.kind = kind
    this.constraint = constraint
  }
}

/**
 * The database could not do its work. `unavailable` says that the same request may succeed later (disk full, locked,
 * read-only after a failed sync, too many waiting); otherwise the statement itself is at fault.
 */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
  readonly operation: string
  readonly unavailable: boolean

  constructor(operation: string, cause: unknown, unavailable: boolean) {
    super(`the database could not ${operation}`, { cause })
    this.operation = operation
    this.unavailable = unavailable
  }
}

/** A rule of this port was broken by the calling code: a defect, never the fault of a request. */
export class TransactionMisuse extends Error {
  override readonly name = 'TransactionMisuse'
}
