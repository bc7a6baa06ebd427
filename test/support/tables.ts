// What tests ask of the tables, or do to them, in the words of each database.
import { readFileSync } from 'node:fs'
import type { Database } from '../../db/database.ts'
import type { TestApp } from './app.ts'

const COLUMNS: Readonly<Record<string, string>> = {
  sqlite: `SELECT sqlite_schema.name AS table_name, columns.name AS column_name
    FROM sqlite_schema JOIN pragma_table_info(sqlite_schema.name) AS columns WHERE sqlite_schema.type = 'table'`,
  postgresql: `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()`,
}

interface Column {
  readonly table_name: string
  readonly column_name: string
}

/** Of every table there is. */
export function columnsOf(db: Database): Promise<Column[]> {
  return db.many<Column>(COLUMNS[db.engine] ?? '')
}

/** Makes a table refuse new rows, as when a trigger is broken; those where the condition on NEW holds, or all. */
export async function refuseInserts(db: Database, table: string, condition = 'true'): Promise<void> {
  if (db.engine === 'sqlite') {
    const refuse = `BEGIN SELECT RAISE(ABORT, 'no'); END`
    await db.run(`CREATE TRIGGER fail BEFORE INSERT ON ${table} WHEN ${condition} ${refuse}`)
  } else {
    await db.run(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$`)
    await db.run(
      `CREATE TRIGGER fail BEFORE INSERT ON ${table} FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION fail()`,
    )
  }
}

export async function acceptInserts(db: Database, table: string): Promise<void> {
  await db.run(db.engine === 'sqlite' ? 'DROP TRIGGER fail' : `DROP TRIGGER fail ON ${table}`)
  if (db.engine === 'postgresql') await db.run('DROP FUNCTION fail()')
}

/** What somebody finds who carries the database away. */
export async function everythingKept({ db, config }: TestApp): Promise<string> {
  if (db.engine === 'sqlite') {
    const file = config.DATABASE_URL.slice('file:'.length)
    return [file, `${file}-wal`].map(path => readFileSync(path, 'latin1')).join('')
  }
  const tables = new Set((await columnsOf(db)).map(({ table_name }) => table_name))
  const rows = await Promise.all([...tables].map(table => db.many<object>(`SELECT * FROM ${table}`)))
  return rows
    .flat()
    .flatMap(row =>
      Object.values(row).map(value => (value instanceof Buffer ? value.toString('latin1') : String(value))),
    )
    .join('\n')
}
