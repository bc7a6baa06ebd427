import { LRUCache } from 'lru-cache'

/** About 20 KiB each: a list has more combinations of filters than memory has room. */
export const MOST_STATEMENTS = 500
/** Of a text much longer than any of ours a statement is not kept at all. */
const MOST_CHARACTERS = 1024 * 1024

/** Prepared statements by their text; those that were not used for longest make room for others. */
export function keptStatements<Statement extends object>(): LRUCache<string, Statement> {
  return new LRUCache({ max: MOST_STATEMENTS, maxSize: MOST_CHARACTERS, sizeCalculation: (_, sql) => sql.length })
}
