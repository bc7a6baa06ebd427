import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseError, type Database, type DatabaseOptions, type Params, type Transaction } from './database.ts'
import { sqliteDialect } from './dialect.ts'
import { countingSlowQueries } from './slow-queries.ts'
import { Checkpointer } from './sqlite/checkpointer.ts'
import { Checkpoints } from './sqlite/checkpoints.ts'
import { Connection } from './sqlite/connection.ts'
import { isBusy, isFatal, isUnwritable } from './sqlite/errors.ts'
import { DAMAGED, GroupCommit } from './sqlite/group-commit.ts'
import { HeldFiles } from './sqlite/held-files.ts'
import { LogFile } from './sqlite/log-file.ts'
import { FileSnapshots } from './sqlite/snapshots.ts'

/** Short, because it blocks the event loop; `GroupCommit` waits on asynchronously. */
const WRITER_BUSY_MS = 2
const LOCK_PATIENCE_MS = 5_000
const FOLDS = 4
const FOLD_WITHIN_MS = 50
const CHECKPOINT_BYTES = 64 * 1024 * 1024
const LOOK_MS = 1_000
const CHECK = 'PRAGMA quick_check(1)'
const TABLE_VERSIONS = 'SELECT table_name AS "table", version FROM table_versions'
const HAS_TABLE_VERSIONS = `SELECT 1 AS found FROM sqlite_master WHERE name = 'table_versions'`

export interface SqliteOptions extends DatabaseOptions {
  /** How long a transaction waits for another process to let go of the file; 5 s by default. */
  readonly lockPatienceMs?: number
  /** The log is folded back into the file when it has grown by this much; 64 MB by default. */
  readonly checkpointBytes?: number
  /** How often it looks after its files; every second by default. */
  readonly lookMs?: number
}

/**
 * SQLite behind the port: one writing connection with group commit, one read-only connection for everything outside
 * a transaction, so that reads never wait and never see what is not committed. Makes the file, readable by its owner
 * alone, when there is none. Throws a sentence when the file is not a sound database.
 */
export function openSqlite(path: string, options: SqliteOptions = {}): Database {
  try {
    makeFile(path)
    return new SqliteDatabase(path, options)
  } catch (error) {
    throw new Error(`${path} cannot be opened: ${whyNot(path, error)}`, { cause: error })
  }
}

function whyNot(path: string, error: unknown): string {
  const cause = error instanceof DatabaseError ? error.cause : error
  const why = cause instanceof Error ? cause.message : String(cause)
  if (!isUnwritable(error)) return why
  const readable = existsSync(path) ? '. The commands sql and backup still read it' : ''
  return `the program must be able to write to this file and its folder (${why})${readable}`
}

class SqliteDatabase implements Database {
  readonly engine = 'sqlite'
  readonly changesAreExact = true
  readonly dialect = sqliteDialect
  readonly snapshots: FileSnapshots
  readonly #writer: Connection
  readonly #reader: Connection
  readonly #log: LogFile
  readonly #checkpointer: Checkpointer
  readonly #commits: GroupCommit
  readonly #tableVersions = new Map<string, number>()
  readonly #path: string
  readonly #checkpoints: Checkpoints
  readonly #looks: NodeJS.Timeout
  readonly #slow: { readonly slowQueries: number }
  #dataVersion = -1
  #closing: Promise<void> | undefined

  constructor(path: string, given: SqliteOptions) {
    const { counted, options } = countingSlowQueries(given)
    this.#path = path
    this.#slow = counted
    this.#writer = new Connection(path, { ...options, readonly: false })
    this.#reader = new Connection(path, { ...options, readonly: true })
    this.#assertSound()
    this.#optimize()
    this.#writer.waitForLocks(WRITER_BUSY_MS)
    this.#log = new LogFile(path)
    this.snapshots = new FileSnapshots(path)
    this.#checkpointer = new Checkpointer(path)
    this.#checkpoints = new Checkpoints(this.#checkpointer, this.#log, options.checkpointBytes ?? CHECKPOINT_BYTES)
    this.#commits = new GroupCommit({
      connection: this.#writer,
      log: this.#log,
      files: new HeldFiles(path),
      checkpoints: this.#checkpoints,
      lockPatienceMs: options.lockPatienceMs ?? LOCK_PATIENCE_MS,
      onFault: options.onFault ?? (() => undefined),
    })
    this.changedTables()
    this.#looks = setInterval(() => this.#look(), given.lookMs ?? LOOK_MS).unref()
  }

  // These are async so that what they throw is a rejection: the port is asynchronous, the driver is not.
  async one<Row>(sql: string, params?: Params): Promise<Row | undefined> {
    this.#commits.assertOutside()
    return this.#read(reader => reader.one<Row>(sql, params))
  }

  async many<Row>(sql: string, params?: Params): Promise<Row[]> {
    this.#commits.assertOutside()
    return this.#read(reader => reader.many<Row>(sql, params))
  }

  async run(sql: string, params?: Params): Promise<{ changes: number }> {
    return this.transaction(tx => tx.run(sql, params))
  }

  async transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.#commits.add(work)
  }

  changedTables(): readonly string[] {
    return this.#read(reader => {
      const dataVersion = reader.dataVersion()
      if (dataVersion === this.#dataVersion) return []
      const current = reader.one(HAS_TABLE_VERSIONS)
        ? reader.many<{ table: string; version: number }>(TABLE_VERSIONS)
        : []
      this.#dataVersion = dataVersion // last, so that a failed read loses no change
      const changed = current.filter(({ table, version }) => this.#tableVersions.get(table) !== version)
      for (const { table, version } of changed) this.#tableVersions.set(table, version)
      return changed.map(({ table }) => table)
    })
  }

  health() {
    const reason = this.#commits.fault ?? this.#commits.obstacle
    return reason === undefined ? { writable: true } : { writable: false, reason }
  }

  stats() {
    const { commits, transactions, failedCommits, queued } = this.#commits
    return { commits, transactions, failedCommits, queued, ...this.#slow }
  }

  sizes() {
    return { fileBytes: statSync(this.#path).size, logBytes: this.#log.size() }
  }

  async close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    clearInterval(this.#looks)
    await this.#commits.close()
    await this.#checkpointer.close()
    this.#log.close()
    // The last connection to go folds the log back into the file. After a fault it must not, because what the kernel
    // still shows of the log may never have reached the disk: the read-only one goes last and leaves the log alone.
    const sound = this.#commits.fault === undefined
    const inOrder = sound ? [this.#reader, this.#writer] : [this.#writer, this.#reader]
    for (const connection of inOrder) connection.close()
    if (sound) await foldLog(this.#path)
  }

  /** Finds out what nobody would hear of who does not write: that the files are gone, or that the disk has room again. */
  #look(): void {
    if (!this.#commits.holdsFiles()) return
    this.#checkpoints.runIfQuiet(this.#commits)
    if (this.#commits.obstacle !== undefined && this.#commits.queued === 0)
      void this.transaction(rewrite).catch(() => undefined)
  }

  #read<Result>(statement: (reader: Connection) => Result): Result {
    if (this.#reader.isClosed) throw new DatabaseError('read after it was closed', undefined, true)
    try {
      return statement(this.#reader)
    } catch (error) {
      if (isFatal(error)) this.#commits.fail(DAMAGED, error)
      throw error
    }
  }

  /** Refreshes the statistics the query planner uses. Another process that writes has just done so, or will. */
  #optimize(): void {
    try {
      this.#writer.script('PRAGMA optimize = 0x10012')
    } catch (error) {
      if (!isBusy(error)) throw error
    }
  }

  /** A check that another process migrates under begins anew: it may have met tables of the one state in the other. */
  #assertSound(): void {
    const before = this.#schemaVersion()
    try {
      const result = this.#reader.one<{ quick_check: string }>(CHECK)?.quick_check
      if (result !== 'ok') throw new Error(`the file is damaged (${String(result)}); restore it from a backup`)
    } catch (error) {
      if (this.#schemaVersion() === before) throw error
      this.#assertSound()
    }
  }

  #schemaVersion(): number | undefined {
    return this.#reader.one<{ schema_version: number }>('PRAGMA schema_version')?.schema_version
  }
}

/** Writes what is there already. */
async function rewrite(tx: Transaction): Promise<void> {
  const { version = 0 } =
    (await tx.one<{ version: number }>('SELECT user_version AS version FROM pragma_user_version')) ?? {}
  await tx.script(`PRAGMA user_version = ${version}`)
}

/**
 * Folds a log that is still there after closing. Processes that close at the same moment leave it to each other: every
 * one of them still sees the lock of the next. Whoever opens and closes the file once more, a little later than the
 * others, is alone with it. While another process stays, the log is its business.
 */
async function foldLog(path: string): Promise<void> {
  for (let time = 0; time < FOLDS && existsSync(`${path}-wal`); time += 1) {
    await sleep(Math.random() * FOLD_WITHIN_MS)
    try {
      new Connection(path, { readonly: false }).close()
    } catch {
      return // The next start folds it.
    }
  }
}

/** Never opens a file that is there: closing it again would drop the locks of every connection of this process. */
function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  chmodSync(path, 0o600)
}
