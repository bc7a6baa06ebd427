import closeWithGrace from 'close-with-grace'
import type { FastifyInstance } from 'fastify'
import { buildApp } from './app.ts'
import { migrate, pendingMigrations } from './db/migrate.ts'
import { openDatabase, type OpenedDatabase } from './db/open.ts'
import { loadConfig, type Config } from './plugins/config.ts'
import { createLogger } from './plugins/logging.ts'

/** How long requests under way may take when the process is told to end; then their connections are cut. */
const GRACE_MS = 10_000
/** How long the end itself may take after that. */
const CLOSE_MS = 5_000

/** The process: configuration → database → migrations → app → listen; and back again on a signal. */
async function main(): Promise<FastifyInstance> {
  const config = loadConfig()
  const logger = await createLogger(config)
  const opened = await openDatabase(config.DATABASE_URL, {
    slowQueryMs: config.SLOW_QUERY_MS,
    onSlowQuery: (sql, milliseconds) => logger.warn({ sql, milliseconds }, 'slow query'),
    onFault: (reason, cause) => logger.fatal({ err: cause }, `${reason}: no more writes until a restart`),
  })
  await bringUpToDate(config, opened)
  const app = await buildApp({ config, database: opened.database, logger })
  try {
    await app.listen({ host: config.HOST, port: config.PORT })
  } catch (error) {
    await app.close()
    await opened.database.close()
    throw listenRefused(config, error)
  }
  // Not before it listens: until then there is nothing to close, and a refused start would end with exit code 0.
  closeWithGrace({ delay: GRACE_MS + CLOSE_MS, logger }, async ({ signal, err }) => {
    if (err) logger.error({ err }, 'closing after an error')
    else logger.info({ signal }, 'closing: requests under way are finished first')
    const cut = setTimeout(() => app.server.closeAllConnections(), GRACE_MS)
    await app.close()
    clearTimeout(cut)
    await opened.database.close()
    logger.flush()
  })
  return app
}

function listenRefused({ HOST, PORT }: Config, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const why = code === 'EADDRINUSE' ? 'another program listens there; set PORT to another number' : String(error)
  return new Error(`Cannot listen on port ${PORT} of ${HOST}: ${why}`, { cause: error })
}

async function bringUpToDate(config: Config, { database, migrations }: OpenedDatabase): Promise<void> {
  if (config.MIGRATE === 'on') {
    await migrate(database, migrations)
    return
  }
  const pending = await pendingMigrations(database, migrations)
  if (pending.length > 0) {
    throw new Error(`MIGRATE=off, and the database still needs ${pending.join(', ')}. Run: npm run migrate`)
  }
}

/** The instance, once it listens; undefined when it could not start, after saying why. For scripts/quickstart.ts. */
export const started: Promise<FastifyInstance | undefined> = main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
  return undefined
})
