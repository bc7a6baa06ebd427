import fp from 'fastify-plugin'
import type { Database } from '../db/database.ts'

export interface TableChanges {
  /** Asks the database what has changed; 2 µs on SQLite. Throws a DatabaseError when it does not answer. */
  refresh(): void
  /**
   * How often these tables had changed, together, when it was last asked: what was read at one number is true as long
   * as it stays.
   */
  countOf(tables: readonly string[]): number
}

declare module 'fastify' {
  interface FastifyInstance {
    readonly changes: TableChanges
  }
}

/**
 * `app.changes`: the one reader of `db.changedTables()`, which tells each change once. The cache, the identities that
 * are remembered and the feed of realtime messages all compare its numbers.
 */
export const changesPlugin = fp(
  async app => {
    app.decorate('changes', tableChanges(app.db))
  },
  { name: 'changes', dependencies: ['db'] },
)

function tableChanges(db: Database): TableChanges {
  const counts = new Map<string, number>()
  return {
    refresh() {
      for (const table of db.changedTables()) counts.set(table, (counts.get(table) ?? 0) + 1)
    },
    countOf(tables) {
      let sum = 0
      for (const table of tables) sum += counts.get(table) ?? 0
      return sum
    },
  }
}
