import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import { cellOfWords, guarded, type Cell, type Column } from './cells.ts'

/** RFC 4180, and what would begin a formula gets an apostrophe. */
const OPTIONS = {
  record_delimiter: '\r\n',
  escape_formulas: true,
  quoted_match: /[\r\n]/,
  cast: { boolean: String },
} as const

/** Comma-separated values in UTF-8, with the mark without which Excel takes it for Latin-1. */
export function csvOf<Row>(pages: AsyncIterable<readonly Row[]>, columns: readonly Column<Row>[]): Readable {
  return Readable.from(texts(pages, columns), { objectMode: false })
}

async function* texts<Row>(
  pages: AsyncIterable<readonly Row[]>,
  columns: readonly Column<Row>[],
): AsyncGenerator<string> {
  yield stringify([columns.map(({ header }) => header)], { ...OPTIONS, bom: true })
  for await (const rows of pages) {
    if (rows.length > 0)
      yield stringify(
        rows.map(row => columns.map(column => plain(column.value(row)))),
        OPTIONS,
      )
  }
}

function plain(cell: Cell): string | number | boolean | null {
  if (typeof cell === 'object' && cell !== null) return guarded(cellOfWords(cell))
  return typeof cell === 'string' ? guarded(cell) : cell
}
