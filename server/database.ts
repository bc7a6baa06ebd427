import type { Logger } from 'pino'
import { migrate, pendingMigrations } from '../db/migrate.ts'
import { openDatabase, type OpenedDatabase } from '../db/open.ts'
import type { Database } from '../db/database.ts'
import type { Config } from '../plugins/config.ts'

/** The database a server works on: opened, and with every migration it needs. Rejects with a sentence. */
export async function openedDatabase(config: Config, logger: Logger): Promise<Database> {
  const opened = await openDatabase(config.DATABASE_URL, {
    slowQueryMs: config.SLOW_QUERY_MS,
    onSlowQuery: (sql, milliseconds) => logger.warn({ sql, milliseconds }, 'slow query'),
    onFault: (reason, cause) => logger.fatal({ err: cause }, `${reason}: no more writes until a restart`),
  })
  await bringUpToDate(config, opened)
  return opened.database
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
