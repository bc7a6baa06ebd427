import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { buildApp } from '../app.ts'
import { openedDatabase } from './database.ts'
import { GRACE_MS } from './times.ts'
import type { Config } from '../plugins/config.ts'
import type { Processes } from '../plugins/processes.ts'

export interface Instance {
  readonly address: AddressInfo | string | null
  /** Finishes the requests under way and closes everything. */
  end(): Promise<void>
}

/** Database → migrations → app → listen. Rejects with a sentence, and then nothing is left open. */
export async function startInstance(config: Config, logger: Logger, processes?: Processes): Promise<Instance> {
  const database = await openedDatabase(config, logger)
  const app = await buildApp({ config, database, logger, processes })
  try {
    await app.listen({ host: config.HOST, port: config.PORT })
  } catch (error) {
    await app.close()
    await database.close()
    throw listenRefused(config, error)
  }
  const end = async () => {
    const cut = setTimeout(() => app.server.closeAllConnections(), GRACE_MS)
    await app.close()
    clearTimeout(cut)
    await database.close()
    logger.flush()
  }
  return { address: app.server.address(), end }
}

function listenRefused({ HOST, PORT }: Config, error: unknown): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const why = code === 'EADDRINUSE' ? 'another program listens there; set PORT to another number' : String(error)
  return new Error(`Cannot listen on port ${PORT} of ${HOST}: ${why}`, { cause: error })
}
