import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildApp } from '../app.ts'
import { openDatabase } from '../db/open.ts'
import { loadConfig } from '../plugins/config.ts'
import { createLogger } from '../plugins/logging.ts'
import type { Role } from '../plugins/auth/identity.ts'
import { BENCHMARK_USER } from './prepare.ts'

export const JWT_SECRET = 'the secret of the benchmark alone, long enough to be taken'

/** Somebody with a session in the database. */
export interface SignedIn {
  readonly id: string
  readonly role: Role
  readonly sessionId: string
}

/**
 * Signs access tokens exactly as the program does, by the program itself. A token lives for minutes, so each run asks
 * for a new one. Of nobody named it is that of the one whose session is in every prepared database.
 */
export async function tokenSigner(): Promise<(who?: SignedIn) => string> {
  const folder = mkdtempSync(join(tmpdir(), 'panelist-signer-'))
  const config = loadConfig({ NODE_ENV: 'production', JWT_SECRET, DATABASE_URL: `file:${join(folder, 'none.db')}` })
  const { database } = await openDatabase(config.DATABASE_URL)
  try {
    const app = await buildApp({ config, database, logger: await createLogger(config, { write: () => undefined }) })
    await app.ready()
    await app.close()
    return ({ id, role, sessionId } = BENCHMARK_USER) => `Bearer ${app.accessToken({ id, role }, sessionId)}`
  } finally {
    await database.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
