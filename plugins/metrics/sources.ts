import type { FastifyInstance } from 'fastify'
import { droppedLines } from '../logging.ts'

const gauge = (help: string, label?: string) =>
  ({ type: 'gauge', help, ...(label !== undefined && { label }) }) as const
const counter = (help: string, label?: string) =>
  ({ type: 'counter', help, ...(label !== undefined && { label }) }) as const

/** Adds what the plugins know of themselves. */
export function pluginFigures(app: FastifyInstance): void {
  databaseSizes(app) // before anything is asked of the database for the metrics themselves
  databaseWork(app)
  databaseAnswers(app)
  cache(app)
  sockets(app)
  app.metrics.add(
    {
      panelist_under_pressure: {
        ...gauge('1 while requests are refused because there is more to do than can be done'),
        across: 'max',
      },
      panelist_log_lines_dropped_total: counter('Lines of the log that standard output did not take'),
    },
    () => ({
      panelist_under_pressure: Number(app.isUnderPressure()),
      panelist_log_lines_dropped_total: droppedLines(app.log),
    }),
  )
}

function databaseAnswers({ metrics, db, log }: FastifyInstance): void {
  metrics.add(
    {
      panelist_database_up: { ...gauge('1 while a query is answered'), across: 'min' },
      panelist_database_writable: {
        ...gauge('0 while nothing can be written; /health says why'),
        across: 'min',
      },
    },
    async () => {
      const up = await db.one('SELECT 1 AS answer').then(
        () => 1,
        (error: unknown) => {
          log.warn({ err: error }, 'the database does not answer the metrics')
          return 0
        },
      )
      return { panelist_database_up: up, panelist_database_writable: Number(db.health().writable) }
    },
  )
}

function databaseWork({ metrics, db }: FastifyInstance): void {
  metrics.add(
    {
      panelist_database_commits_total: counter('Commits'),
      panelist_database_transactions_total: counter('Transactions that were committed; commits share them'),
      panelist_database_failed_commits_total: counter('Commits that failed, with every transaction in them'),
      panelist_database_queued_transactions: gauge('Transactions that wait for their turn'),
      panelist_database_slow_queries_total: counter('Statements that took SLOW_QUERY_MS or longer'),
    },
    () => {
      const { commits, transactions, failedCommits, queued, slowQueries } = db.stats()
      return {
        panelist_database_commits_total: commits,
        panelist_database_transactions_total: transactions,
        panelist_database_failed_commits_total: failedCommits,
        panelist_database_queued_transactions: queued,
        panelist_database_slow_queries_total: slowQueries,
      }
    },
  )
}

/** Those of the engine in use; the others have no values. */
function databaseSizes({ metrics, db }: FastifyInstance): void {
  metrics.add(
    {
      panelist_sqlite_file_bytes: { ...gauge('The database file'), across: 'max' },
      panelist_sqlite_wal_bytes: {
        ...gauge('The log that is not yet folded back into the database file'),
        across: 'max',
      },
      panelist_postgres_read_connections: gauge('Connections that read, by what they do', 'state'),
      panelist_postgres_waiting_reads: gauge('Reads that wait for a connection'),
    },
    () => {
      const { fileBytes, logBytes, readers, waitingReads } = db.sizes()
      return {
        panelist_sqlite_file_bytes: fileBytes,
        panelist_sqlite_wal_bytes: logBytes,
        panelist_postgres_read_connections: readers,
        panelist_postgres_waiting_reads: waitingReads,
      }
    },
  )
}

function cache(app: FastifyInstance): void {
  app.metrics.add(
    {
      panelist_cache_hits_total: counter('Requests that were answered from memory'),
      panelist_cache_misses_total: counter('Requests that were not, though their answers may be kept'),
      panelist_cache_entries: gauge('Answers that are kept'),
      panelist_cache_bytes: gauge('What they take'),
      panelist_cache_max_bytes: gauge('What they may take: CACHE_MAX_BYTES'),
      panelist_cache_invalidations_total: counter('Changes that dropped answers, by table', 'table'),
    },
    () => {
      const { hits, misses, entries, bytes, maxBytes, invalidations } = app.cache.statistics()
      return {
        panelist_cache_hits_total: hits,
        panelist_cache_misses_total: misses,
        panelist_cache_entries: entries,
        panelist_cache_bytes: bytes,
        panelist_cache_max_bytes: maxBytes,
        panelist_cache_invalidations_total: invalidations,
      }
    },
  )
}

function sockets(app: FastifyInstance): void {
  app.metrics.add(
    {
      panelist_sockets_open: gauge('Clients connected to /ws/updates'),
      panelist_socket_subscriptions: gauge('Subscriptions of these clients, by topic', 'topic'),
    },
    () => ({
      panelist_sockets_open: app.realtime.connections,
      panelist_socket_subscriptions: app.realtime.subscribers(),
    }),
  )
}
