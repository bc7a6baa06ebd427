import type { Load, LoadReport } from './schemas.ts'

/** The load as an SVG bar chart. Styled by attributes alone: the policy that answers are sent with allows no styles. */

const MOST_ROWS = 200
// Lengths are in pixels, whole ones.
const WIDTH = 960
const MARGIN = 24
const HEAD = 104
const HEAD_ALONE = 72
const ROW = 30
const NAME = { width: 212, letters: 28 }
const BAR = { x: 248, width: 404, height: 16 }
const MARK = { width: 3, height: 24 }
const COUNT_END = 692
const WORDS_X = 708

const GROUND = '#ffffff'
const EDGE = '#d5dbe3'
const INK = '#1c2733'
const FAINT = '#566473'
const TRACK = '#edf1f5'
const BAR_COLOUR = '#2f6fab'
const MARK_COLOUR = '#c2410c'

/** What no XML may contain (XML 1.0, section 2.2), halves of surrogate pairs included. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
/** Scripts from here on have letters about twice as wide as Latin ones; so have emoji. */
const FIRST_WIDE = 0x1100

/** A report as a picture: of each of its first 200 people a bar, and a mark where the target is. Returns a document. */
export function loadChart(report: LoadReport): string {
  const rows = report.interviews === 0 ? [] : report.data.slice(0, MOST_ROWS)
  const closing = closingOf(report, rows.length)
  const bottom = rows.length === 0 ? HEAD_ALONE : HEAD + rows.length * ROW
  const height = bottom + (closing === '' ? MARGIN / 2 : ROW + MARGIN / 2)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" ` +
      `role="img" font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13" fill="${INK}">`,
    ...headOf(report, height),
    ...(rows.length > 0 ? legend() : []),
    ...rowsOf(rows, report.interviews),
    ...(closing === '' ? [] : [text(MARGIN, bottom + 20, closing, `fill="${FAINT}"`)]),
    '</svg>',
    '',
  ].join('\n')
}

function headOf({ from, to, interviews, data }: LoadReport, height: number): string[] {
  const heading = `Interviews from ${minuteOf(from)} to ${minuteOf(to)} UTC`
  const people = data.filter(load => load.interviews > 0).length
  const seats = `${counted(interviews, 'seat')} on panels, taken by ${counted(people, 'person', 'people')}`
  const summary = interviews === 0 ? 'There are no interviews in this time.' : seats
  return [
    `<title>${escaped(heading)}</title>`,
    `<desc>${escaped(summary)}</desc>`,
    `<rect x="1" y="1" width="${WIDTH - 2}" height="${height - 2}" rx="8" fill="${GROUND}" stroke="${EDGE}"/>`,
    text(MARGIN, 38, heading, 'font-size="18" font-weight="600"'),
    text(MARGIN, 60, summary, `fill="${FAINT}"`),
  ]
}

function legend(): string[] {
  const mark = BAR.x + 106
  return [
    rect({ x: BAR.x, y: 80, width: 18, height: 10, rx: 2 }, BAR_COLOUR),
    text(BAR.x + 24, 89, 'interviews', `font-size="12" fill="${FAINT}"`),
    rect({ x: mark, y: 77, width: MARK.width, height: 16 }, MARK_COLOUR),
    text(mark + 9, 89, 'what the weight asks for', `font-size="12" fill="${FAINT}"`),
  ]
}

function rowsOf(loads: readonly Load[], interviews: number): string[] {
  const most = loads.reduce((highest, load) => Math.max(highest, load.interviews, load.target * interviews), 1)
  const length = (count: number) => Math.round((count / most) * BAR.width)
  return loads.flatMap((load, index) => {
    const y = HEAD + index * ROW
    const bar = { x: BAR.x, y: y + 4, height: BAR.height, rx: 3 }
    const mark = { x: BAR.x + length(load.target * interviews) - 1, y, ...MARK }
    return [
      `<g><title>${escaped(sentenceOf(load))}</title>`,
      // A picture of its own, because what is wider than it is cut off.
      `<svg x="${MARGIN}" y="${y}" width="${NAME.width}" height="${ROW - 4}">`,
      text(0, 17, shortened(load.name), load.status === 'active' ? '' : `fill="${FAINT}"`),
      '</svg>',
      rect({ ...bar, width: BAR.width }, TRACK),
      ...(load.interviews > 0 ? [rect({ ...bar, width: length(load.interviews) }, BAR_COLOUR)] : []),
      ...(load.target > 0 ? [rect(mark, MARK_COLOUR)] : []),
      text(COUNT_END, y + 17, String(load.interviews), 'text-anchor="end" font-weight="600"'),
      text(WORDS_X, y + 17, remarksOf(load).join(', '), `font-size="12" fill="${FAINT}"`),
      '</g>',
    ]
  })
}

/** What is said under the rows. */
function closingOf({ interviews, data }: LoadReport, shown: number): string {
  return interviews > 0 && data.length > shown
    ? `and ${counted(data.length - shown, 'more person', 'more people')}`
    : ''
}

function sentenceOf(load: Load): string {
  const { name, interviews, minutes, share, target, candidateNoShows } = load
  const sat = `${counted(interviews, 'interview')}, ${counted(minutes, 'minute')}`
  const candidates = candidateNoShows === 0 ? [] : [counted(candidateNoShows, 'candidate no-show')]
  const parts = [`${percent(share)} of all for a target of ${percent(target)}`, ...remarksOf(load), ...candidates]
  return `${name}: ${sat}, ${parts.join(', ')}`
}

function remarksOf({ status, declines, noShows }: Load): string[] {
  return [
    ...(status === 'active' ? [] : [status]),
    ...(declines === 0 ? [] : [counted(declines, 'decline')]),
    ...(noShows === 0 ? [] : [counted(noShows, 'no-show')]),
  ]
}

/** As much of a name as its column holds, cut between the letters that a reader sees. */
function shortened(name: string): string {
  let width = 0
  let kept = ''
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(name)) {
    width += (segment.codePointAt(0) ?? 0) < FIRST_WIDE ? 1 : 2
    if (width > NAME.letters) return `${kept.trimEnd()}…`
    kept += segment
  }
  return kept
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}

function percent(part: number): string {
  return `${Math.round(part * 1000) / 10} %`
}

/** `2026-03-02T09:00:00.000Z` → `2026-03-02 09:00` */
function minuteOf(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ')
}

function text(x: number, y: number, words: string, attributes = ''): string {
  return `<text x="${x}" y="${y}"${attributes === '' ? '' : ` ${attributes}`}>${escaped(words)}</text>`
}

function rect(box: Readonly<Record<string, number>>, fill: string): string {
  const sides = Object.entries(box).map(([name, pixels]) => `${name}="${pixels}"`)
  return `<rect ${sides.join(' ')} fill="${fill}"/>`
}

function escaped(words: string): string {
  return words.replaceAll(NOT_XML, '\ufffd').replaceAll(/[&<>"']/g, character => ENTITIES[character] ?? '')
}
