import type { DatabaseOptions, Params } from '../database.ts'
import { keptStatements } from '../prepared.ts'
import type { ShellResult } from '../shell.ts'
import { composed, folded } from '../texts.ts'
import { zoneName } from '../zone-names.ts'
import Sqlite from './driver.mjs'
import { isBusy, translated } from './errors.ts'

/** Earlier releases have a race, while the log restarts, that can corrupt the file. */
const OLDEST_LIBRARY = '3.51.3'
const NO_PARAMS: Params = {}
const PRAGMAS = [
  'foreign_keys = ON',
  'synchronous = NORMAL', // durability comes from our own fdatasync after the commit
  'trusted_schema = OFF',
  'wal_autocheckpoint = 0', // checkpoints run on a thread of their own
  'cache_size = -16000',
  'temp_store = MEMORY',
]

/**
 * What SQL has on our connections besides what SQLite brings. No trigger, view or index may use it: the plain `sqlite3`
 * shell, which writes as well, has none of it.
 */
const FUNCTIONS = { folded: onText(folded), composed: onText(composed), zone_name: onText(zoneName) }

/** Enough for another process that opens, recovers or migrates the same file. */
const BUSY_MS = 5_000
const RETRY_MS = 5

interface ConnectionOptions extends Pick<DatabaseOptions, 'slowQueryMs' | 'onSlowQuery'> {
  readonly readonly: boolean
}

/** One better-sqlite3 handle whose statements are prepared once and whose errors are those of the port. */
export class Connection {
  readonly #sqlite: Sqlite.Database
  readonly #statements = keptStatements<Sqlite.Statement<[Params]>>()
  readonly #dataVersion: Sqlite.Statement<[], number>

  readonly #slowQueryMs: number
  readonly #onSlowQuery: (sql: string, milliseconds: number) => void

  constructor(path: string, { readonly, slowQueryMs, onSlowQuery }: ConnectionOptions) {
    this.#slowQueryMs = slowQueryMs !== undefined && slowQueryMs > 0 ? slowQueryMs : Infinity
    this.#onSlowQuery = onSlowQuery ?? (() => undefined)
    this.#sqlite = new Sqlite(path, { readonly, fileMustExist: true, timeout: BUSY_MS })
    try {
      this.#requireLibrary()
      if (!readonly) this.#requireWal()
      for (const pragma of PRAGMAS) this.#sqlite.pragma(pragma)
      for (const [name, form] of Object.entries(FUNCTIONS)) this.#sqlite.function(name, { deterministic: true }, form)
      this.#dataVersion = this.#sqlite.prepare<[], number>('PRAGMA data_version').pluck()
    } catch (error) {
      this.#sqlite.close()
      throw error
    }
  }

  get isClosed(): boolean {
    return !this.#sqlite.open
  }

  get inTransaction(): boolean {
    return this.#sqlite.inTransaction
  }

  one<Row>(sql: string, params: Params = NO_PARAMS): Row | undefined {
    return this.#timed('read', sql, () => this.#prepare<Row>(sql).get(params))
  }

  many<Row>(sql: string, params: Params = NO_PARAMS): Row[] {
    return this.#timed('read', sql, () => this.#prepare<Row>(sql).all(params))
  }

  run(sql: string, params: Params = NO_PARAMS): { changes: number } {
    return this.#timed('write', sql, () => ({ changes: this.#prepare(sql).run(params).changes }))
  }

  /** One statement as somebody typed it, not kept: at most `limit` rows in the order of their columns, or the changes. */
  typed(sql: string, limit: number): ShellResult {
    return translated('run a statement', () => {
      const statement = this.#sqlite.prepare<[], unknown[]>(sql)
      if (!statement.reader) return { changes: statement.run().changes }
      const rows: unknown[][] = []
      for (const row of statement.raw().safeIntegers().iterate()) {
        if (rows.length === limit) return { columns: namesOf(statement), rows, more: true }
        rows.push(row)
      }
      return { columns: namesOf(statement), rows, more: false }
    })
  }

  script(sql: string, operation = 'run a script'): void {
    translated(operation, () => this.#sqlite.exec(sql))
  }

  /** How long a statement blocks the thread for another process's lock. */
  waitForLocks(milliseconds: number): void {
    this.#sqlite.pragma(`busy_timeout = ${milliseconds}`)
  }

  /** The number SQLite raises whenever another connection, of any process, has committed. */
  dataVersion(): number {
    return translated('read', () => Number(this.#dataVersion.get()))
  }

  close(): void {
    this.#statements.clear()
    this.#sqlite.close()
  }

  #timed<Result>(operation: string, sql: string, call: () => Result): Result {
    const started = performance.now()
    const result = translated(operation, call)
    const milliseconds = performance.now() - started
    if (milliseconds >= this.#slowQueryMs) this.#onSlowQuery(sql, Math.round(milliseconds))
    return result
  }

  #prepare<Row>(sql: string): Sqlite.Statement<[Params], Row> {
    let known = this.#statements.get(sql)
    if (!known) this.#statements.set(sql, (known = this.#sqlite.prepare<[Params]>(sql)))
    // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- the text decides the row, not the type
    return known as Sqlite.Statement<[Params], Row>
  }

  /** Set on the connection and read back: on a file system without shared memory SQLite would quietly refuse. */
  #requireWal(): void {
    const mode = this.#switchToWal(performance.now() + BUSY_MS)
    if (mode !== 'wal')
      throw new Error(`SQLite could not switch to its write-ahead log here (it stays in ${String(mode)})`)
  }

  /** Of several processes that switch a new file at once SQLite refuses some without waiting, as they would wait for each other. */
  #switchToWal(deadline: number): unknown {
    for (;;) {
      try {
        return translated('open', () => this.#sqlite.pragma('journal_mode = WAL', { simple: true }))
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
      }
    }
  }

  #requireLibrary(): void {
    const version = String(this.#sqlite.prepare('SELECT sqlite_version()').pluck().get())
    if (version.localeCompare(OLDEST_LIBRARY, 'en', { numeric: true }) < 0) {
      throw new Error(`SQLite ${version} can corrupt a database; ${OLDEST_LIBRARY} is the oldest Panelist runs on`)
    }
  }
}

/** A function of SQL that leaves alone what is no text, or has no such form. */
function onText(form: (text: string) => string | undefined): (value: unknown) => unknown {
  return value => (typeof value === 'string' ? (form(value) ?? value) : value)
}

function namesOf(statement: Sqlite.Statement<[], unknown[]>): string[] {
  return statement.columns().map(({ name }) => name)
}
