import { DatabaseError, type Database } from '../../db/database.ts'
import { sqliteDialect } from '../../db/dialect.ts'

/** The tables whose words are indexed. */
const SEARCHED = ['interviewers', 'events', 'tasks', 'users']
const GAPS = 'SELECT source, id FROM search_gaps ORDER BY source, id LIMIT 100'
const CHECK = (table: string) => `INSERT INTO ${table}_search (${table}_search, rank) VALUES ('integrity-check', 1)`

/**
 * Whether what a search finds is what the tables hold: a line for each row that is not indexed as it reads, up to 100,
 * and for each index that is damaged. Reads everything, so it is for a restored or copied database, and not for one at
 * work: SQLite takes no writes any more once it has found damage.
 */
export async function faultsOfSearch(database: Database): Promise<string[]> {
  const gaps = await database.many<{ source: string; id: string }>(GAPS)
  const faults = gaps.map(({ source, id }) => `${source}: ${id} is not indexed as it is`)
  for (const table of SEARCHED) {
    if (database.dialect !== sqliteDialect) continue // only FTS5 can check an index
    await database.run(CHECK(table)).catch((error: unknown) => {
      if (!(error instanceof DatabaseError)) throw error
      faults.push(`${table}: the index is damaged`)
    })
  }
  return faults
}
