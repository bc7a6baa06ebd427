import type { DatabaseOptions } from './database.ts'

/** The options of a driver that counts what it reports. */
export function countingSlowQueries<Options extends DatabaseOptions>(options: Options) {
  const counted = { slowQueries: 0 }
  const onSlowQuery = (sql: string, milliseconds: number) => {
    counted.slowQueries += 1
    options.onSlowQuery?.(sql, milliseconds)
  }
  return { counted, options: { ...options, onSlowQuery } }
}
