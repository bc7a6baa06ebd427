import pg from 'pg'
import { DatabaseError, type Database, type DatabaseOptions, type Params, type Transaction } from './database.ts'
import { postgresDialect } from './dialect.ts'
import { ChangeListener } from './postgres/change-listener.ts'
import { connected, hangUp, settingsFor, statementRunner, type StatementRunner } from './postgres/connection.ts'
import { WriteQueue } from './postgres/write-queue.ts'
import { countingSlowQueries } from './slow-queries.ts'

const MOST_READERS = 10
const OLDEST_SERVER = 14
/** Statements outside a transaction write nothing, whatever their text says. */
const READ_ONLY = '-c default_transaction_read_only=on'
/** A server may be set up to acknowledge what it has not written down; this program does not. */
const DURABLE = `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`
const LOOK_MS = 1_000
/** Changes nothing, and yet has to be written. */
const REWRITE = `UPDATE row_counts SET total = total WHERE table_name = 'audit_logs'`
const SERVER = `SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number,
  current_setting('server_encoding') AS encoding`

/**
 * PostgreSQL behind the port: one writing connection with group commit, a pool of read-only connections for everything
 * outside a transaction, and one that listens for what other instances change. Throws a sentence when there is no
 * server at the URL, or none that will do. A connection that is lost later comes back by itself; until then requests
 * are refused as unavailable.
 */
export async function openPostgres(url: string, options: DatabaseOptions = {}): Promise<Database> {
  const database = new PostgresDatabase(url, options)
  try {
    await database.open()
    return database
  } catch (error) {
    await database.close()
    const why = error instanceof DatabaseError ? error.cause : error
    const reason = why instanceof Error ? why.message || ('code' in why && String(why.code)) : String(why)
    throw new Error(`${nameOf(url)} cannot be opened: ${String(reason)}`, { cause: error })
  }
}

class PostgresDatabase implements Database {
  readonly engine = 'postgresql'
  readonly snapshots = undefined
  readonly changesAreExact = false
  readonly dialect = postgresDialect
  readonly #url: string
  readonly #statements: StatementRunner
  readonly #readers: pg.Pool
  readonly #writes: WriteQueue
  readonly #changes: ChangeListener
  readonly #slow: { readonly slowQueries: number }
  readonly #looks: NodeJS.Timeout
  #closing: Promise<void> | undefined

  constructor(url: string, given: DatabaseOptions) {
    const { counted, options } = countingSlowQueries(given)
    this.#url = url
    this.#slow = counted
    this.#statements = statementRunner(options)
    this.#readers = new pg.Pool({
      ...settingsFor(url),
      max: MOST_READERS,
      options: READ_ONLY,
    })
    this.#readers.on('error', () => undefined) // an idle connection was lost: the next read makes a new one
    this.#changes = new ChangeListener(() => connected(url))
    this.#writes = new WriteQueue(() => this.#connectWriter(), this.#statements)
    this.#looks = setInterval(() => this.#look(), LOOK_MS).unref()
  }

  async open(): Promise<void> {
    await this.#changes.open()
    await this.#assertSuitable()
  }

  async one<Row>(sql: string, params?: Params): Promise<Row | undefined> {
    this.#assertReadable()
    return this.#statements.one<Row>(this.#readers, sql, params)
  }

  async many<Row>(sql: string, params?: Params): Promise<Row[]> {
    this.#assertReadable()
    return this.#statements.many<Row>(this.#readers, sql, params)
  }

  async run(sql: string, params?: Params): Promise<{ changes: number }> {
    return this.transaction(tx => tx.run(sql, params))
  }

  async transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.#writes.add(work)
  }

  changedTables(): readonly string[] {
    return this.#changes.take()
  }

  /** As far as this process knows: whether the server answers, a query tells. */
  health() {
    const reason = this.#writes.obstacle
    return reason === undefined ? { writable: true } : { writable: false, reason }
  }

  stats() {
    const { commits, transactions, failedCommits, queued } = this.#writes
    return { commits, transactions, failedCommits, queued, ...this.#slow }
  }

  sizes() {
    const { totalCount, idleCount, waitingCount } = this.#readers
    return { readers: { busy: totalCount - idleCount, idle: idleCount }, waitingReads: waitingCount }
  }

  async close(): Promise<void> {
    return (this.#closing ??= this.#close())
  }

  async #close(): Promise<void> {
    clearInterval(this.#looks)
    await this.#writes.close()
    await this.#changes.close()
    await hangUp(this.#readers)
  }

  /** Finds out whether what stood in the way of writes has passed, also when nobody writes. */
  #look(): void {
    const { obstacle, queued } = this.#writes
    if (obstacle !== undefined && queued === 0) void this.run(REWRITE).catch(() => undefined)
  }

  #assertReadable(): void {
    this.#writes.assertOutside()
    if (this.#readers.ending) throw new DatabaseError('read after it was closed', undefined, true)
  }

  async #connectWriter(): Promise<pg.Client> {
    const client = await connected(this.#url)
    try {
      await client.query(DURABLE)
      await this.#changes.listenTo(client)
      return client
    } catch (error) {
      void hangUp(client)
      throw new DatabaseError('connect', error, true)
    }
  }

  async #assertSuitable(): Promise<void> {
    const server = await this.one<{ version: string; number: string; encoding: string }>(SERVER)
    if (Number(server?.number) < OLDEST_SERVER * 10_000) {
      throw new Error(`it is PostgreSQL ${server?.version ?? ''}; ${OLDEST_SERVER} is the oldest Panelist runs on`)
    }
    if (server?.encoding !== 'UTF8') {
      throw new Error(`its encoding is ${server?.encoding ?? 'unknown'}; create the database with ENCODING 'UTF8'`)
    }
  }
}

/** A database as people may read of it: without the password. */
function nameOf(url: string): string {
  const { host, pathname } = new URL(url)
  return `postgres://${host}${pathname}`
}
