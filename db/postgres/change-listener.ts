import type pg from 'pg'
import { hangUp } from './connection.ts'

/** What the triggers of migration 001 notify with the name of a table. */
export const CHANNEL = 'panelist_changes'
const LISTEN = `LISTEN ${CHANNEL}`
const WATCHED = 'SELECT table_name AS "table" FROM table_versions'
const EXISTS = `SELECT to_regclass('table_versions') IS NOT NULL AS "exists"`
const FIRST_RETRY_MS = 100
const LONGEST_RETRY_MS = 5_000
/** A way to the server that died without a word is found out by asking. */
const PROBE_MS = 5_000

/**
 * Gathers the names of changed tables. The writing connection hears of its own commits before they are acknowledged,
 * so that an instance's own writes count at once; a connection of its own hears of everybody else's. While that one is
 * lost, and once it is back, every table counts as changed.
 */
export class ChangeListener {
  readonly #connect: () => Promise<pg.Client>
  readonly #changed = new Set<string>()
  readonly #watched = new Set<string>()
  #client: pg.Client | undefined
  #ownProcess: number | undefined
  #probe: NodeJS.Timeout | undefined
  #retry: NodeJS.Timeout | undefined
  #retryMs = FIRST_RETRY_MS
  #closed = false

  constructor(connect: () => Promise<pg.Client>) {
    this.#connect = connect
  }

  /** Rejects when there is no connection to be had; afterwards one that is lost comes back by itself. */
  async open(): Promise<void> {
    const client = await this.#connect()
    try {
      client.on('notification', ({ payload, processId }) => {
        if (processId !== this.#ownProcess) this.#note(payload)
      })
      client.once('end', () => this.#lost(client))
      await client.query(LISTEN)
      for (const table of await watchedTables(client)) this.#watched.add(table)
    } catch (error) {
      void hangUp(client)
      throw error
    }
    if (this.#closed) return hangUp(client)
    this.#client = client
    this.#retryMs = FIRST_RETRY_MS
    this.#probe = setInterval(() => void client.query('SELECT 1').catch(() => this.#lost(client)), PROBE_MS).unref()
  }

  /** Makes a connection that writes tell of its own commits. */
  async listenTo(writer: pg.Client): Promise<void> {
    const own = await processOf(writer)
    writer.on('notification', ({ payload, processId }) => {
      if (processId === own) this.#note(payload)
    })
    await writer.query(LISTEN)
    this.#ownProcess = own
  }

  /** The tables that changed since the last call. */
  take(): string[] {
    const tables = [...(this.#client ? this.#changed : this.#watched)]
    this.#changed.clear()
    return tables
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    clearInterval(this.#probe)
    if (this.#client) await hangUp(this.#client)
  }

  #note(table: string | undefined): void {
    if (table === undefined) return
    this.#watched.add(table)
    this.#changed.add(table)
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client || this.#closed) return
    this.#client = undefined
    clearInterval(this.#probe)
    void hangUp(client)
    this.#openLater()
  }

  #openLater(): void {
    const wait = this.#retryMs * (0.5 + Math.random() / 2)
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS)
    this.#retry = setTimeout(() => {
      this.open().then(
        () => this.#watched.forEach(table => this.#changed.add(table)), // what was missed meanwhile
        () => this.#openLater(),
      )
    }, wait).unref()
  }
}

/** The number under which the server's notifications name a connection. */
async function processOf(client: pg.Client): Promise<number | undefined> {
  return (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid
}

async function watchedTables(client: pg.Client): Promise<string[]> {
  const [found] = (await client.query<{ exists: number }>(EXISTS)).rows
  if (found?.exists !== 1) return [] // not migrated yet; whoever migrates it will be heard
  return (await client.query<{ table: string }>(WATCHED)).rows.map(({ table }) => table)
}
