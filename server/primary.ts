import cluster from 'node:cluster'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import closeWithGrace from 'close-with-grace'
import type { Config } from '../plugins/config.ts'
import { createWorkerLogger } from '../plugins/logging.ts'
import { openedDatabase } from './database.ts'
import { Supervisor } from './supervisor.ts'
import { END_MS } from './times.ts'

/** Workers end by themselves before this one loses its patience. */
const PATIENCE_MS = END_MS + 2_000

/**
 * The first of several processes: brings the database up to date, starts the others, and gives each connection to one
 * of them in turn. Resolves with the address once all listen; rejects with a sentence, and then none is left.
 */
export async function startWorkers(config: Config): Promise<AddressInfo | null> {
  const logger = await createWorkerLogger(config)
  await (await openedDatabase(config, logger)).close()
  cluster.setupPrimary({ exec: join(import.meta.dirname, `worker${extname(import.meta.filename)}`) })
  let failure: Error | undefined
  let close = (): void => undefined
  const onFailure = (error: Error) => {
    failure = error
    close()
  }
  const supervisor = new Supervisor({ config, logger, onFailure })
  process.once('exit', () => supervisor.kill()) // by a second signal, or because the end took too long
  const address = await supervisor.start()
  const grace = closeWithGrace({ delay: PATIENCE_MS, logger }, async ({ signal, err = failure }) => {
    if (err) logger.fatal({ err }, 'closing after an error')
    else logger.info({ signal }, 'closing: requests under way are finished first')
    await supervisor.end()
    logger.flush()
    if (failure) throw failure
  })
  close = grace.close
  return address
}
