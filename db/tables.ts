import type { Queryable } from './database.ts'

/**
 * The tables that a database fills by itself: the ledger of migrations, and what triggers keep (counters, versions and
 * the index of a table's words, which is called after it).
 */
const DERIVED = /^(schema_migrations|table_versions|row_counts|user_stats|search_numbers|\w+_search)$/

export interface Table {
  readonly name: string
  /** The columns by which its rows are read: its primary key, or all of them. */
  readonly order: readonly string[]
  /** Whether no two rows share a place in that order. */
  readonly unique: boolean
}

interface Column {
  readonly table: string
  readonly column: string
  readonly place: number
}

/** The tables whose rows a copy has to bring along, each after those that it refers to. */
export async function tablesToCopy(sql: Queryable): Promise<Table[]> {
  const columns = await sql.many<Column>(sql.dialect.columns)
  const references = await sql.many<{ table: string; target: string }>(sql.dialect.references)
  const sorted = new Set<string>()
  const seen = new Set<string>()
  const add = (name: string) => {
    if (seen.has(name)) return
    seen.add(name)
    for (const { table, target } of references) if (table === name) add(target)
    sorted.add(name)
  }
  for (const { table } of columns) if (!DERIVED.test(table)) add(table)
  return [...sorted].map(name => tableOf(name, columns))
}

function tableOf(name: string, all: readonly Column[]): Table {
  const columns = all.filter(({ table }) => table === name)
  const key = columns.filter(({ place }) => place > 0).sort((one, other) => one.place - other.place)
  return key.length > 0
    ? { name, order: key.map(({ column }) => column), unique: true }
    : { name, order: columns.map(({ column }) => column), unique: false }
}
