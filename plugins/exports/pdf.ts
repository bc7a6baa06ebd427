import { PassThrough, type Readable } from 'node:stream'
import PDFDocument from 'pdfkit'
import { nextTurn } from '../turns.ts'
import type { Cell, Column } from './cells.ts'
import { BOLD, Faces, PLAIN, type Document } from './pdf/faces.ts'
import { LineWriter, SIMPLE } from './pdf/line.ts'

/** Lengths are in points; an inch has 72. */
const MARGIN = 30
const LINE = 12
const TEXT_SIZE = 7
const TITLE_SIZE = 12
const GAP = 4
const TOP = MARGIN + 36
/** Cells drawn between two looks at what else is to be done. One takes a twentieth of a millisecond; a shaped one, more. */
const CELLS_A_TURN = 140
/** More than fits on a page. */
const LONGEST_CELL = 300

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

async function draw(document: Document, { rows, columns, sheet, left }: Drawing): Promise<void> {
  const faces = await Faces.open(document)
  const writer = new LineWriter(document, faces)
  document.addPage()
  const perPage = Math.floor((document.page.height - TOP - LINE - 2 * MARGIN) / LINE)
  const pages = Math.max(1, Math.ceil(rows.length / perPage))
  const places = placesOf(columns, document.page.width - 2 * MARGIN)
  let drawn = 0
  for (let page = 1; page <= pages; page++) {
    if (page > 1) document.addPage()
    frame(document, sheet, `page ${page} of ${pages}`)
    head(document, columns, places)
    await nextTurn()
    for (const [index, row] of rows.slice((page - 1) * perPage, page * perPage).entries()) {
      for (const [column, place] of places.entries()) {
        const cell = row[column] ?? ''
        if (cell !== '') await writer.write(cell, { ...place, baseline: baselineOf(index + 1) })
        drawn += SIMPLE.test(cell) ? 1 : CELLS_A_TURN
        if (drawn < CELLS_A_TURN) continue
        drawn = 0
        await nextTurn()
        if (left()) return
      }
    }
  }
  await finish(document)
}

/** Where the letters of a row stand; 0 is that of the headings. */
function baselineOf(row: number): number {
  return TOP + row * LINE + TEXT_SIZE
}

function head(document: Document, columns: Drawing['columns'], places: readonly Place[]): void {
  document.font(BOLD.name).fontSize(TEXT_SIZE)
  for (const [index, { printed = '' }] of columns.entries()) {
    const place = places[index]
    if (place) document.text(printed, place.x, baselineOf(0), { lineBreak: false, baseline: 'alphabetic' })
  }
  document.font(PLAIN.name)
}

/** Writes the fonts one after the other, and between two of them lets everybody else have their turn. */
async function finish(document: Document): Promise<void> {
  const fonts: unknown = Reflect.get(document, '_fontFamilies')
  for (const font of Object.values(fonts ?? {})) {
    if (isFont(font)) font.finalize()
    await nextTurn()
  }
  document.end()
}

function isFont(font: unknown): font is { finalize(): void } {
  return typeof font === 'object' && font !== null && 'finalize' in font && typeof font.finalize === 'function'
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
  document.font(BOLD.name).fontSize(TITLE_SIZE).text(title, MARGIN, MARGIN, whole)
  document.font(PLAIN.name).fontSize(TEXT_SIZE)
  document.text(`${minuteOf(at)} UTC; times are in UTC`, MARGIN, MARGIN + 18, whole)
  document.text(pageOf, MARGIN, height - MARGIN - LINE, { ...whole, align: 'right' })
}

function onPaper(cell: Cell, instant: boolean): string {
  if (cell === null) return ''
  if (typeof cell === 'object') return onOneLine(cell.join(', '))
  return instant && typeof cell === 'string' ? minuteOf(cell) : onOneLine(String(cell))
}

function onOneLine(text: string): string {
  return text.normalize('NFC').slice(0, LONGEST_CELL).replaceAll(/\s+/g, ' ').trim()
}

/** `2026-03-02 09:00` of an instant in UTC. */
function minuteOf(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ')
}
