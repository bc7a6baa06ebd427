import type { FastifyBaseLogger } from 'fastify'
import type { Database } from '../../db/database.ts'
import type { AuditLogger } from '../../plugins/audit-logger.ts'
import type { SafeFetch } from './fetching.ts'
import { readAgain } from './reading.ts'
import { importedCalendarsRepository, type Moment } from './repository.ts'
import { keepPolled } from './updates.ts'

const EVERY_MS = 60_000
const AT_ONCE = 4
/** So long a calendar belongs to whoever reads it; of one that died meanwhile another takes it over. */
const LEASE_MS = 2 * 60_000
/** Clocks of two instances differ by less. */
const CLOCKS_DIFFER_MS = 60_000

interface PollerParts {
  readonly db: Database
  readonly audit: AuditLogger
  readonly fetch: SafeFetch
  readonly log: FastifyBaseLogger
}

/** Reads the calendars whose time has come, in the background. Of many instances each takes what no other has. */
export class CalendarPoller {
  readonly #parts: PollerParts
  readonly #closing = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #round: Promise<void> | undefined

  constructor(parts: PollerParts) {
    this.#parts = parts
  }

  start(): void {
    this.#timer = setInterval(() => void this.poll(), EVERY_MS).unref()
  }

  /** Lets go of what is being read; it is read again by whoever comes next. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#closing.abort()
    await this.#round
  }

  /** Reads everything that is due; resolves when it has, or when it cannot. */
  poll(): Promise<void> {
    return (this.#round ??= this.#all()
      .catch((error: unknown) => this.#parts.log.error({ err: error }, 'the calendars were not read'))
      .finally(() => (this.#round = undefined)))
  }

  async #all(): Promise<void> {
    const calendars = importedCalendarsRepository(this.#parts.db)
    const seen = new Set<string>() // what cannot be taken, because nothing can be written, stays due
    while (!this.#closing.signal.aborted) {
      const due = (await calendars.due(momentAt(Date.now()))).filter(id => !seen.has(id))
      if (due.length === 0) return
      for (const id of due) seen.add(id)
      await Promise.all(Array.from({ length: AT_ONCE }, () => this.#work(due)))
    }
  }

  /** Takes one after the other from a list that others take from as well. */
  async #work(due: string[]): Promise<void> {
    for (let id = due.shift(); id !== undefined && !this.#closing.signal.aborted; id = due.shift()) {
      await this.#read(id).catch((error: unknown) => {
        if (!this.#closing.signal.aborted) this.#parts.log.error({ err: error, id }, 'a calendar was not read')
      })
    }
  }

  async #read(id: string): Promise<void> {
    const { db, audit, fetch } = this.#parts
    const calendars = importedCalendarsRepository(db)
    const now = Date.now()
    const leased = new Date(now + LEASE_MS).toISOString()
    if (!(await calendars.claim(id, momentAt(now), leased))) return
    const source = await calendars.source(id)
    if (!source) return
    const reading = await readAgain(fetch, source, () => calendars.text(id), { signal: this.#closing.signal })
    await db.transaction(tx => keepPolled(tx, audit, id, reading))
  }
}

function momentAt(now: number): Moment {
  return { now: new Date(now).toISOString(), soon: new Date(now + CLOCKS_DIFFER_MS).toISOString() }
}
