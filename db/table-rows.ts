import { hash } from 'node:crypto'
import type { Queryable, SqlValue, Transaction } from './database.ts'
import type { Table } from './tables.ts'

const PAGE_ROWS = 200
const MOST_ROWS = 100
const MOST_PARAMETERS = 1_000

export type Row = Readonly<Record<string, SqlValue>>

export interface CopiedTable {
  readonly table: string
  readonly rows: number
  /** The sum of the SHA-256 of its rows, in hex: the same for the same rows on every engine, in whatever order. */
  readonly checksum: string
}

/** The rows of a table in the order of its key, page by page. */
export async function* pagesOf(sql: Queryable, { name, order, unique }: Table): AsyncGenerator<Row[]> {
  const columns = order.join(', ')
  const after = `WHERE (${columns}) > (${order.map(column => `:${column}`).join(', ')})`
  const skipping = unique ? '' : 'OFFSET :offset'
  let last: Row | undefined
  for (let offset = 0; ; offset += PAGE_ROWS) {
    const text = `SELECT * FROM ${name} ${unique && last ? after : ''} ORDER BY ${columns} LIMIT :limit ${skipping}`
    const page = await sql.many<Row>(text, { ...last, limit: PAGE_ROWS, offset })
    if (page.length > 0) yield page
    if (page.length < PAGE_ROWS) return
    last = page.at(-1)
  }
}

/** Writes a page of rows. Pages of one length make statements of the same texts, each prepared once. */
export async function insert(tx: Transaction, table: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {})
  const size = Math.min(MOST_ROWS, Math.floor(MOST_PARAMETERS / columns.length))
  const names = columns.map(column => `"${column}"`).join(', ')
  for (let start = 0; start < rows.length; start += size) {
    const chunk = rows.slice(start, start + size)
    const places = chunk.map((_, row) => `(${columns.map((_, column) => `:c${column}_r${row}`).join(', ')})`)
    const params = chunk.flatMap((values, row) =>
      columns.map((name, column): [string, SqlValue] => [`c${column}_r${row}`, values[name] ?? null]),
    )
    await tx.run(`INSERT INTO ${table} (${names}) VALUES ${places.join(', ')}`, Object.fromEntries(params))
  }
}

/** How many rows a table has, and what they add up to. */
export async function digestOf(sql: Queryable, table: Table): Promise<CopiedTable> {
  let sum = 0n
  let rows = 0
  for await (const page of pagesOf(sql, table)) {
    for (const row of page) sum += BigInt(`0x${hash('sha256', JSON.stringify(valuesOf(row)))}`)
    rows += page.length
  }
  return { table: table.name, rows, checksum: BigInt.asUintN(256, sum).toString(16).padStart(64, '0') }
}

/** The values of a row in the order of the column names: engines may differ in that of the columns. */
export function valuesOf(row: Row): (SqlValue | undefined)[] {
  const columns = Object.keys(row).sort()
  return columns.map(column => row[column])
}
