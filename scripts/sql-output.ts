import type { ShellResult, ShellRows } from '../db/shell.ts'

const WIDEST_CELL = 80
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
/** What takes two columns of a terminal; approximately UAX #11, which terminals follow approximately too. */
const WIDE =
  /\p{Emoji_Presentation}|[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303e\uff01-\uff60]/u
const CONTROL = /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}/gu

/** Rows under their names, columns aligned, a long cell cut with "…"; or how many rows were changed. */
export function asTable(result: ShellResult): string {
  if ('changes' in result) return `${counted(result.changes)} changed`
  if (result.rows.length === 0) return '(no rows)'
  const whole = result.columns.length === 1
  const cells = result.rows.map(row => row.map(value => shown(value, whole)))
  const widths = result.columns.map((name, column) =>
    Math.max(widthOf(name), ...cells.map(row => widthOf(row[column] ?? ''))),
  )
  const numeric = result.columns.map((_, column) => result.rows.every(row => isNumber(row[column])))
  const line = (texts: readonly string[]) =>
    texts
      .map((text, column) => padded(text, widths[column] ?? 0, numeric[column] === true))
      .join('  ')
      .trimEnd()
  const rule = widths.map(width => '─'.repeat(width)).join('  ')
  return [line(result.columns), rule, ...cells.map(line), footer(result)].join('\n')
}

/** An array of objects, or `{"changes":n}`. Integers that JSON numbers cannot hold are strings, blobs hexadecimal. */
export function asJson(result: ShellResult): string {
  if ('changes' in result) return JSON.stringify(result)
  const { columns, rows } = result
  const objects = rows.map(row =>
    JSON.stringify(Object.fromEntries(columns.map((name, column) => [name, forJson(row[column])]))),
  )
  return objects.length === 0 ? '[]' : `[\n${objects.join(',\n')}\n]`
}

function forJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  return Buffer.isBuffer(value) ? value.toString('hex') : value
}

/** A value on one line: text, a number, a blob or nothing are all that SQLite knows. Control characters are spelled out: what somebody stored must not steer a terminal. */
function shown(value: unknown, whole: boolean): string {
  if (value === null) return 'NULL'
  if (Buffer.isBuffer(value)) return cut(`x'${value.toString('hex')}'`, whole)
  if (typeof value !== 'string' && typeof value !== 'bigint' && typeof value !== 'number') return '?'
  return cut(`${value}`.replace(CONTROL, spelledOut), whole)
}

function spelledOut(character: string): string {
  if (character === '\n') return '\\n'
  if (character === '\t') return '\\t'
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}

function cut(text: string, whole: boolean): string {
  if (whole || text.length <= WIDEST_CELL) return text
  const graphemes = [...GRAPHEMES.segment(text.slice(0, WIDEST_CELL * 4))].map(({ segment }) => segment)
  return graphemes.length < WIDEST_CELL ? text : `${graphemes.slice(0, WIDEST_CELL - 1).join('')}…`
}

function padded(text: string, width: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)))
  return right ? space + text : text + space
}

/** Columns of a terminal. */
function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  return [...GRAPHEMES.segment(text)].reduce((width, { segment }) => width + (WIDE.test(segment) ? 2 : 1), 0)
}

function isNumber(value: unknown): boolean {
  return value === null || typeof value === 'bigint' || typeof value === 'number'
}

function footer({ rows, more }: ShellRows): string {
  return more ? `(the first ${counted(rows.length)}; there are more)` : `(${counted(rows.length)})`
}

function counted(rows: number): string {
  return rows === 1 ? '1 row' : `${rows} rows`
}
