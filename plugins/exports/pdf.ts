import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { PassThrough, type Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import PDFDocument from 'pdfkit'
import type { Cell, Column } from './cells.ts'

/** Lengths are in points; an inch has 72. */
const MARGIN = 30
const LINE = 12
const TEXT_SIZE = 7
const TITLE_SIZE = 12
const GAP = 4
const TOP = MARGIN + 36
/** Rows drawn between two looks at what else is to be done: a row takes a third of a millisecond. */
const ROWS_A_TURN = 20
/** More than fits on a page. */
const LONGEST_CELL = 300

const { resolve } = createRequire(import.meta.url)
const font = (name: string) => readFileSync(resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`))
/** Latin, Greek and Cyrillic; the fonts that PDF brings along have Western Europe alone. */
const FONTS = { plain: font('DejaVuSansCondensed'), bold: font('DejaVuSansCondensed-Bold') }

export interface Sheet {
  readonly title: string
  /** When it was made, RFC 3339. */
  readonly at: string
}

/**
 * A table on pages of A4, each of which says how many there are: so its rows are all read before the first is drawn,
 * and the caller bounds how many. It is drawn while it is read, and for as long as somebody does.
 */
export async function pdfOf<Row>(
  pages: AsyncIterable<readonly Row[]>,
  columns: readonly Column<Row>[],
  sheet: Sheet,
): Promise<Readable> {
  const shown = columns.filter(({ printed }) => printed !== undefined)
  const rows: string[][] = []
  for await (const page of pages) {
    for (const row of page) rows.push(shown.map(column => onPaper(column.value(row), column.instant === true)))
  }
  const out = new PassThrough()
  const document = new PDFDocument({
    size: 'A4',
    layout: 'landscape',
    margin: MARGIN,
    autoFirstPage: false,
    info: { Title: sheet.title, Producer: 'Panelist', Creator: 'Panelist', CreationDate: new Date(sheet.at) },
  })
  document.pipe(out)
  draw(document, { rows, columns: shown, sheet, left: () => out.destroyed }).catch((error: unknown) =>
    out.destroy(error instanceof Error ? error : new Error(String(error))),
  )
  return out
}

interface Drawing {
  readonly rows: readonly (readonly string[])[]
  readonly columns: readonly Pick<Column<never>, 'width' | 'printed'>[]
  readonly sheet: Sheet
  /** Whether nobody waits for it any more. */
  readonly left: () => boolean
}

type Document = InstanceType<typeof PDFDocument>

async function draw(document: Document, { rows, columns, sheet, left }: Drawing): Promise<void> {
  document.registerFont('plain', FONTS.plain)
  document.registerFont('bold', FONTS.bold)
  document.addPage()
  const perPage = Math.floor((document.page.height - TOP - LINE - 2 * MARGIN) / LINE)
  const pages = Math.max(1, Math.ceil(rows.length / perPage))
  const places = placesOf(columns, document.page.width - 2 * MARGIN)
  const headings = columns.map(({ printed = '' }) => printed)
  for (let page = 1; page <= pages; page++) {
    if (page > 1) document.addPage()
    frame(document, sheet, `page ${page} of ${pages}`)
    line(document.font('bold').fontSize(TEXT_SIZE), TOP, headings, places)
    document.font('plain')
    for (const [index, row] of rows.slice((page - 1) * perPage, page * perPage).entries()) {
      line(document, TOP + (index + 1) * LINE, row, places)
      if (index % ROWS_A_TURN === 0) await nextTurn()
      if (left()) return
    }
  }
  document.end()
}

interface Place {
  readonly x: number
  readonly width: number
}

/** The width of a page, shared out in proportion to the widths of the columns. */
function placesOf(columns: Drawing['columns'], whole: number): Place[] {
  const all = columns.reduce((sum, { width }) => sum + width, 0)
  let x = MARGIN
  return columns.map(column => {
    const width = (whole * column.width) / all
    const place = { x, width: width - GAP }
    x += width
    return place
  })
}

function frame(document: Document, { title, at }: Sheet, pageOf: string): void {
  const { width, height } = document.page
  const whole = { width: width - 2 * MARGIN, lineBreak: false }
  document.font('bold').fontSize(TITLE_SIZE).text(title, MARGIN, MARGIN, whole)
  document.font('plain').fontSize(TEXT_SIZE)
  document.text(`${minuteOf(at)} UTC; times are in UTC`, MARGIN, MARGIN + 18, whole)
  document.text(pageOf, MARGIN, height - MARGIN - LINE, { ...whole, align: 'right' })
}

/** Each cell on one line; what does not fit ends in an ellipsis. */
function line(document: Document, y: number, cells: readonly string[], places: readonly Place[]): void {
  for (const [index, { x, width }] of places.entries()) {
    const cell = cells[index] ?? ''
    if (cell !== '') document.text(cell, x, y, { width, height: TEXT_SIZE + 2, ellipsis: true })
  }
}

function onPaper(cell: Cell, instant: boolean): string {
  if (cell === null) return ''
  if (typeof cell === 'object') return onOneLine(cell.join(', '))
  return instant && typeof cell === 'string' ? minuteOf(cell) : onOneLine(String(cell))
}

function onOneLine(text: string): string {
  return text.slice(0, LONGEST_CELL).replaceAll(/\s+/g, ' ').trim()
}

/** `2026-03-02 09:00` of an instant in UTC. */
function minuteOf(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ')
}
