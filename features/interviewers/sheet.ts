import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { MOST_ROWS, MOST_WITH_EMPTY_ROWS, TooManyRows } from './import-refusals.ts'
import { ValidationError } from '../../plugins/errors.ts'
import { unguarded, wordsOfCell } from '../../plugins/exports/cells.ts'

const LONGEST_ROW = 100_000
/** Bytes whose rows are made before the first of them is looked at. */
const PIECE = 16 * 1024

type Reader = (cell: string) => unknown

const number: Reader = cell => (/^-?\d{1,15}$/.test(cell) ? Number(cell) : cell)
/** A cell that is empty says nothing, and what it stands for is left as it is. */
const given =
  (read: Reader = cell => cell): Reader =>
  cell =>
    cell.trim() === '' ? undefined : read(cell.trim())
/** A cell that is empty clears what it stands for. */
const orNull =
  (read: Reader = cell => cell): Reader =>
  cell =>
    cell.trim() === '' ? null : read(cell)

const COLUMNS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['name', cell => cell],
  ['email', cell => cell],
  ['title', orNull()],
  ['department', orNull()],
  ['skills', wordsOfCell],
  ['interviewTypes', wordsOfCell],
  ['timezone', given()],
  ['status', given()],
  ['bufferBeforeMinutes', given(number)],
  ['bufferAfterMinutes', given(number)],
  ['maxPerDay', orNull(cell => number(cell.trim()))],
  ['maxPerWeek', orNull(cell => number(cell.trim()))],
  ['weight', given(number)],
])
const NEEDED = ['name', 'email']
/** An export has them too; no import changes them. */
const PASSED_OVER = new Set(['id', 'userId', 'version', 'createdAt', 'updatedAt'])

/** A row of the file, as the body that says the same. */
export interface SheetRow {
  /** The row number of a spreadsheet: the heading is 1. */
  readonly row: number
  readonly body: Readonly<Record<string, unknown>>
  /** It has cells to the right of the last heading. */
  readonly overlong: boolean
}

/**
 * The rows of a file of comma-separated values (RFC 4180; semicolons will do). Throws a 400 that names a column that is
 * unknown, there twice or missing, or says where the file cannot be read; a 413 for too many rows.
 */
export async function rowsOf(text: string): Promise<SheetRow[]> {
  let headings: readonly string[] | undefined
  const rows: SheetRow[] = []
  for await (const { row, cells } of recordsOf(text)) {
    if (headings === undefined) headings = headingsOf(cells)
    else rows.push({ row, body: bodyOf(headings, cells), overlong: cells.length > headings.length })
    if (rows.length > MOST_ROWS) throw new TooManyRows()
  }
  if (headings === undefined) throw new ValidationError('', text, 'the file is empty: its first row names the columns')
  return rows
}

interface SheetRecord {
  readonly row: number
  readonly cells: readonly string[]
}

async function* recordsOf(text: string): AsyncGenerator<SheetRecord> {
  const options = { delimiter: delimiterOf(text), relax_column_count: true, max_record_size: LONGEST_ROW }
  const parser = Readable.from(piecesOf(text)).pipe(parse(options))
  let row = 0
  try {
    for await (const record of parser) {
      const cells = textsOf(record)
      row += 1
      if (row > MOST_WITH_EMPTY_ROWS) throw new TooManyRows()
      const last = cells.findLastIndex(cell => cell !== '')
      if (last >= 0) yield { row, cells: cells.slice(0, last + 1) }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new ValidationError('', undefined, `row ${rowOf(error)} cannot be read: ${error.message.slice(0, 200)}`)
  }
}

/** As bytes, which the parser puts together again: of a string that ends within a character it would read half of one. */
function* piecesOf(text: string): Generator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += PIECE) {
    yield bytes.subarray(at, at + PIECE)
  }
}

/** The reader may be some rows ahead of those it has handed out. */
function rowOf(error: CsvError): number {
  const read: unknown = error['records']
  return typeof read === 'number' ? read + 1 : 1
}

function textsOf(record: unknown): string[] {
  return Array.isArray(record) ? record.map(String) : []
}

/** Spreadsheets write semicolons where a comma is in every number. No heading has either. */
function delimiterOf(text: string): string {
  const [heading = ''] = text.split(/[\r\n]/, 1)
  return heading.includes(';') && !heading.includes(',') ? ';' : ','
}

function headingsOf(cells: readonly string[]): string[] {
  const headings = cells.map(cell => cell.trim())
  for (const [index, heading] of headings.entries()) {
    if (!COLUMNS.has(heading) && !PASSED_OVER.has(heading)) throw unknownColumn(heading)
    if (headings.indexOf(heading) < index)
      throw new ValidationError(`/${heading}`, heading, `${heading} is there twice`)
  }
  for (const heading of NEEDED) {
    if (!headings.includes(heading))
      throw new ValidationError(`/${heading}`, undefined, `there is no column ${heading}`)
  }
  return headings
}

function unknownColumn(heading: string): ValidationError {
  const sentence = `nothing is known by the name of column "${heading.slice(0, 60)}": use ${[...COLUMNS.keys()].join(', ')}`
  return new ValidationError(`/${heading.slice(0, 60)}`, heading, sentence)
}

function bodyOf(headings: readonly string[], cells: readonly string[]): Record<string, unknown> {
  const fields = headings.flatMap((heading, index) => {
    const value = COLUMNS.get(heading)?.(unguarded(cells[index] ?? ''))
    return value === undefined ? [] : [[heading, value] as const]
  })
  return Object.fromEntries(fields)
}
