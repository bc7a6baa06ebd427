import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Database } from '../db/database.ts'

export interface TableChanges {
  /** Asks the database what has changed; 2 µs on SQLite. Throws a DatabaseError when it does not answer. */
  refresh(): void
  /**
   * How often these tables had changed, together, at the last refresh: what was read at one number is true as long as
   * it stays. NaN, which equals nothing, after a refresh that failed.
   */
  countOf(tables: readonly string[]): number
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly changes: TableChanges
  }
}

/**
 * `app.changes`: the one reader of `db.changedTables()`, which reports each change once. It is refreshed once a request,
 * before anything is answered from memory: the remembered identities, the cache and the memory of calendars rest on
 * that (changes/remembered.ts). A request without credentials gets nothing from memory, so it asks for nothing.
 */
export const changesPlugin = fp(
  async app => {
    const changes = tableChanges(app.db)
    app.decorate('changes', changes)
    app.addHook('onRequest', (request, _reply, done) => {
      try {
        if (request.headers.authorization !== undefined) changes.refresh()
        done()
      } catch (error) {
        done(failureFor(request, error))
      }
    })
  },
  { name: 'changes', dependencies: ['db', 'errors'] },
)

/** What an error of the database is to a request: none where strangers are answered, as by /health; else the error itself. */
export function failureFor({ routeOptions }: FastifyRequest, error: unknown): Error | undefined {
  if (routeOptions.config.public === true) return undefined
  return error instanceof Error ? error : new Error(String(error))
}

function tableChanges(db: Database): TableChanges {
  const counts = new Map<string, number>()
  let known = true
  return {
    refresh() {
      known = false
      for (const table of db.changedTables()) counts.set(table, (counts.get(table) ?? 0) + 1)
      known = true
    },
    countOf(tables) {
      let sum = known ? 0 : NaN
      for (const table of tables) sum += counts.get(table) ?? 0
      return sum
    },
  }
}
