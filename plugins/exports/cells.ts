import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'

/** What a column says of a row. Lists are lists of words, times RFC 3339 in UTC. */
export type Cell = string | number | boolean | null | readonly string[]

/** One column of every file that a list is exported to. */
export interface Column<Row> {
  /** The field's own name: it stands above the column, except on paper. */
  readonly header: string
  readonly value: (row: Row) => Cell
  /** The width in characters. */
  readonly width: number
  /** Its values are instants. */
  readonly instant?: true
  /** What stands above it on paper; a column without it is not printed. */
  readonly printed?: string
}

/** What begins a formula in a spreadsheet, behind any apostrophes (OWASP, "CSV Injection"). */
const FORMULA = /^'+[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/
const WORDS = { delimiter: '|', quoted_match: /;/, eof: false } as const
const WORDS_READ = { delimiter: ['|', ';'], relax_quotes: true, relax_column_count: true, trim: true }

/** The words of a list in one cell: `TypeScript|SQL`; one that has a separator in it is quoted, as in a line of CSV. */
export function cellOfWords(words: readonly string[]): string {
  return words.length === 0 ? '' : stringify([[...words]], WORDS)
}

/** The words of a cell, separated by `|` or `;`. */
export function wordsOfCell(cell: string): string[] {
  if (!cell.includes('"')) return plainWords(cell)
  try {
    return parse(cell, WORDS_READ)
      .flat()
      .filter(word => word !== '')
  } catch {
    return [cell] // a quote that is never closed: one word, as it stands
  }
}

/** The same for a cell without quotes, in a hundredth of the time. */
function plainWords(cell: string): string[] {
  return cell
    .split(/[|;\r\n]/)
    .map(word => word.trim())
    .filter(word => word !== '')
}

/**
 * Text that an apostrophe is to stand before, in addition to those it has: without it nobody could tell an apostrophe
 * that somebody wrote from the one that makes `=1+1` harmless.
 */
export function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text
}

/** The text without the apostrophe that an export has put before it. */
export function unguarded(text: string): string {
  return FORMULA.test(text) ? text.slice(1) : text
}
