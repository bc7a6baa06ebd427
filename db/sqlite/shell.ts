import type { Shell, ShellOptions, ShellResult } from '../shell.ts'
import { Connection } from './connection.ts'
import { readableFile } from './readable.ts'

const TABLES = `SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
  ORDER BY name`
const SCHEMA = `SELECT sql FROM sqlite_schema
  WHERE sql IS NOT NULL AND (:table IS NULL OR lower(tbl_name) = lower(:table))
  ORDER BY tbl_name, CASE type WHEN 'table' THEN 0 WHEN 'view' THEN 0 WHEN 'index' THEN 1 ELSE 2 END, name`

/** SQLite for somebody who types SQL. Without `write` the file itself is opened read-only: no pragma gets round that. */
export function openSqliteShell(path: string, { write = false }: ShellOptions): Shell {
  const file = write ? undefined : readableFile(path)
  const connection = new Connection(file?.path ?? path, { readonly: !write })
  // No group commit here to sync the log after a commit: SQLite does it itself.
  if (write) connection.script('PRAGMA synchronous = FULL')
  return {
    run: (statement, limit = Infinity): ShellResult => {
      try {
        return connection.typed(statement, limit)
      } catch (error) {
        throw error instanceof Error && error.cause instanceof Error ? error.cause : error
      }
    },
    tables: () => connection.many<{ name: string }>(TABLES).map(({ name }) => name),
    schema: table => connection.many<{ sql: string }>(SCHEMA, { table: table ?? null }).map(({ sql }) => `${sql};`),
    close: () => {
      connection.close()
      file?.release()
    },
  }
}
