import { Readable } from 'node:stream'
import { writeXlsxStream, type CellValue, type ColumnDef } from 'hucre/xlsx'
import { cellOfWords, type Cell, type Column } from './cells.ts'

const BOLD = { font: { bold: true } }
const TIME = 'yyyy-mm-dd hh:mm:ss'
/** What Excel takes in a cell; a file with more is broken to it. */
const LONGEST_TEXT = 32_767
/** Characters that XML 1.0 has no words for, and that would make the whole file unreadable. */
const NOT_IN_XML = /[\p{Surrogate}\uFFFE\uFFFF]/gu
/** Looks like an escaped character (ECMA-376 part 1, 22.9.2.19), and would be read as one. */
const LIKE_AN_ESCAPE = /_(?=x[\dA-Fa-f]{4}_)/g

/** A workbook of one sheet. Text is only ever text, also where it looks like a formula. */
export function xlsxOf<Row>(
  pages: AsyncIterable<readonly Row[]>,
  columns: readonly Column<Row>[],
  title: string,
): Readable {
  const layout: ColumnDef[] = columns.map(({ width }) => ({ width, style: BOLD }))
  const sheet = writeXlsxStream(cells(pages, columns, layout), {
    name: title,
    columns: layout,
    freezePane: { rows: 1 },
  })
  return Readable.from(sheet, { objectMode: false })
}

/** The writer takes the style of a column as it is when it writes a row: bold for the first, plain for all others. */
async function* cells<Row>(
  pages: AsyncIterable<readonly Row[]>,
  columns: readonly Column<Row>[],
  layout: readonly ColumnDef[],
): AsyncGenerator<CellValue[]> {
  yield columns.map(({ header }) => header)
  for (const [index, definition] of layout.entries()) {
    definition.style = columns[index]?.instant ? { numFmt: TIME } : {}
  }
  for await (const rows of pages) {
    for (const row of rows) yield columns.map(column => typed(column.value(row), column.instant === true))
  }
}

function typed(cell: Cell, instant: boolean): CellValue {
  if (typeof cell === 'object' && cell !== null) return cell.length === 0 ? null : text(cellOfWords(cell))
  if (typeof cell !== 'string') return cell
  return instant ? new Date(cell) : text(cell)
}

function text(words: string): string {
  const whole = words
    .replaceAll(/\r\n?/g, '\n') // the one line break of a cell
    .replaceAll(NOT_IN_XML, '\uFFFD')
    .replaceAll(LIKE_AN_ESCAPE, '_x005F_')
  return whole.length <= LONGEST_TEXT ? whole : `${whole.slice(0, LONGEST_TEXT - 1)}…`
}
