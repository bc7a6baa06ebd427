// Where clients come from: the OpenAPI document, and nothing besides it.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { OpenAPI3 } from 'openapi-typescript'
import { buildApp } from '../../app.ts'
import type { Database } from '../../db/database.ts'
import { loadConfig } from '../../plugins/config.ts'
import { withDatabase } from '../command-line.ts'

const PATIENCE_MS = 10_000

/** The document of the server that answers at `url` (its `/docs/json`), without one, that of this program. */
export async function documentFrom(url?: string): Promise<OpenAPI3> {
  return url === undefined ? ownDocument() : servedDocument(url)
}

/** What this program would serve: built on a database that is thrown away, and never listening. */
async function ownDocument(): Promise<OpenAPI3> {
  const folder = mkdtempSync(join(tmpdir(), 'panelist-document-'))
  const url = `file:${join(folder, 'panelist.db')}`
  try {
    return await withDatabase(url, database => documentOn(database, url))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function documentOn(database: Database, url: string): Promise<OpenAPI3> {
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: url,
    JWT_SECRET: randomBytes(32).toString('hex'), // nothing is signed with it
    MAIL: 'off',
    LOG_LEVEL: 'silent',
  })
  const app = await buildApp({ config, database })
  try {
    await app.ready()
    return read(JSON.stringify(app.swagger()), 'this program')
  } finally {
    await app.close()
  }
}

async function servedDocument(url: string): Promise<OpenAPI3> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch((error: unknown) => {
    throw new Error(`Nobody answers at ${url}`, { cause: error })
  })
  if (!response.ok) throw new Error(`${url} answers ${response.status}; the document of a server is at its /docs/json`)
  return read(await response.text(), url)
}

function read(text: string, where: string): OpenAPI3 {
  const document = parsed(text)
  if (isDocument(document)) return document
  throw new Error(`What ${where} answers is no OpenAPI document; a server has its own at /docs/json`)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isDocument(value: unknown): value is OpenAPI3 {
  return typeof value === 'object' && value !== null && 'openapi' in value && 'paths' in value
}
