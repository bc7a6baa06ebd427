import { setTimeout as sleep } from 'node:timers/promises'
import pg, { type ClientConfig } from 'pg'
import { DatabaseError, type DatabaseOptions, type Params } from '../database.ts'
import { translate } from './errors.ts'
import { numbering, valuesOf } from './parameters.ts'

/** None of them alone, nor those a request meets one after the other, keeps anybody waiting for 10 seconds. */
const CONNECT_MS = 3_000
const STATEMENT_MS = 5_000
/** The client gives up by itself when the server, or the way to it, is gone without a word. */
const SILENCE_MS = 6_000
/** Migrations may take their time. */
const SCRIPT_MS = 60 * 60 * 1000
/** A transaction of a process that stands still lets go of its locks. */
const IDLE_IN_TRANSACTION_MS = 10_000
const HANG_UP_MS = 1_000
const NO_PARAMS: Params = {}

const { builtins } = pg.types

/** Values in the very shape SQLite gives: numbers as numbers, truth as 0 or 1, all else as it is written. */
const PARSERS = new Map<number, (text: string) => unknown>([
  [builtins.BOOL, text => (text === 't' ? 1 : 0)],
  [builtins.INT2, Number],
  [builtins.INT4, Number],
  [builtins.INT8, Number],
  [builtins.FLOAT4, Number],
  [builtins.FLOAT8, Number],
  [builtins.NUMERIC, Number],
  [builtins.BYTEA, text => Buffer.from(text.slice('\\x'.length), 'hex')],
])
const asWritten = (text: string) => text

/** How every connection of this driver is made. */
export function settingsFor(url: string): ClientConfig {
  return {
    connectionString: url,
    application_name: 'panelist',
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    query_timeout: SILENCE_MS,
    lock_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
    types: { getTypeParser: (id: number) => PARSERS.get(id) ?? asWritten },
  }
}

/** What a client and a pool of clients have in common. `query_timeout` takes the place of that of the connection. */
interface Channel {
  query(statement: pg.QueryConfig & { query_timeout?: number }): Promise<pg.QueryResult>
}

export interface StatementRunner {
  one<Row>(channel: Channel, sql: string, params?: Params): Promise<Row | undefined>
  many<Row>(channel: Channel, sql: string, params?: Params): Promise<Row[]>
  run(channel: Channel, sql: string, params?: Params): Promise<{ changes: number }>
  /** Several statements without parameters, in one message. */
  all(channel: Channel, operation: string, sql: string): Promise<void>
  /** The same within a transaction, for as long as they take. */
  script(channel: Channel, sql: string): Promise<void>
}

/** Runs statements of the port on a connection: prepared once for each, timed, with the errors of the port. */
export function statementRunner({ slowQueryMs = 0, onSlowQuery }: DatabaseOptions): StatementRunner {
  const numberedOf = numbering()

  async function timed(channel: Channel, operation: string, sql: string, params = NO_PARAMS): Promise<pg.QueryResult> {
    const statement = numberedOf(sql)
    const values = valuesOf(statement, params)
    const started = performance.now()
    const result = await channel.query({ ...statement, values }).catch(rethrown(operation))
    const milliseconds = performance.now() - started
    if (slowQueryMs > 0 && milliseconds >= slowQueryMs) onSlowQuery?.(sql, Math.round(milliseconds))
    return result
  }

  return {
    one: async <Row>(channel: Channel, sql: string, params?: Params) =>
      rowsOf<Row>(await timed(channel, 'read', sql, params))[0],
    many: async <Row>(channel: Channel, sql: string, params?: Params) =>
      rowsOf<Row>(await timed(channel, 'read', sql, params)),
    run: async (channel, sql, params) => ({ changes: (await timed(channel, 'write', sql, params)).rowCount ?? 0 }),
    all: async (channel, operation, text) => {
      await channel.query({ text }).catch(rethrown(operation))
    },
    script: async (channel, sql) => {
      const text = `SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; ${sql}`
      await channel.query({ text, query_timeout: SCRIPT_MS }).catch(rethrown('run a script'))
    },
  }
}

function rowsOf<Row>({ rows }: pg.QueryResult): Row[] {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-return -- the text decides the row, not the type
  return rows
}

/** For the `.catch` of whatever asks the server something. */
export function rethrown(operation: string): (error: unknown) => never {
  return error => {
    throw translate(operation, error)
  }
}

/** One connection of its own. Rejects with a DatabaseError when there is none to be had. */
export async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client(settingsFor(url))
  client.on('error', () => undefined) // whoever uses it meets the error too
  try {
    await client.connect()
    return client
  } catch (error) {
    void hangUp(client)
    throw new DatabaseError('connect', error, true)
  }
}

/** Ends a connection or a pool, whatever state it is in: one that has failed may never say that it has ended. */
export async function hangUp(client: pg.Client | pg.Pool): Promise<void> {
  await Promise.race([client.end().catch(() => undefined), sleep(HANG_UP_MS, undefined, { ref: false })])
}
