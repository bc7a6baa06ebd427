import type { AddressInfo } from 'node:net'
import closeWithGrace from 'close-with-grace'
import type { Logger } from 'pino'
import { loadConfig, type Config } from './plugins/config.ts'
import { createLogger } from './plugins/logging.ts'
import { END_MS } from './server/times.ts'

/**
 * The process: an instance that listens, until a signal ends it; or, with WORKERS, the first of several processes, which
 * starts the others and listens for them.
 */
async function main(): Promise<AddressInfo | string | null> {
  const config = loadConfig()
  if (config.WORKERS === 1) return serve(config, await createLogger(config))
  const { startWorkers } = await import('./server/primary.ts')
  return startWorkers(config)
}

async function serve(config: Config, logger: Logger): Promise<AddressInfo | string | null> {
  const { startInstance } = await import('./server/instance.ts') // the first of several processes needs none of it
  const instance = await startInstance(config, logger)
  // Not before it listens: until then there is nothing to close, and a refused start would end with exit code 0.
  closeWithGrace({ delay: END_MS, logger }, async ({ signal, err }) => {
    if (err) logger.error({ err }, 'closing after an error')
    else logger.info({ signal }, 'closing: requests under way are finished first')
    await instance.end()
  })
  return instance.address
}

/** Where it listens, once it does; undefined when it could not start, after saying why. For scripts/quickstart.ts. */
export const started: Promise<AddressInfo | string | null | undefined> = main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
  return undefined
})
