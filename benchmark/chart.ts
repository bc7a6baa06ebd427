import escapeHtml from 'escape-html'
import { verdictOf, type Line } from './lines.ts'

/** The lines that have a bar to reach, as an SVG: how much of what is asked for each has, with its figures beside it. */

const WIDTH = 1060
const HEAD = 76
const ROW = 34
const MARGIN = 24
/** Where the bars begin, and how long one is that has just what is asked for. */
const BARS = { x: 510, whole: 200, most: 360 }
const COLOURS = { met: '#2f6fab', missed: '#c2410c', 'no bar': '#566473' } as const

/** A document. Longer is better: a figure that is to be small counts by what is allowed over what it is. */
export function benchmarkChart(lines: readonly Line[], when: string): string {
  const rows = named(lines).filter(({ bar }) => bar !== undefined)
  const height = HEAD + rows.length * ROW + MARGIN
  const end = HEAD + rows.length * ROW - 8
  const asked = BARS.x + BARS.whole
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" ` +
      `font-family="system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13" fill="#1c2733">`,
    '<title>Panelist, measured against its bars</title>',
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="${MARGIN}" y="34" font-size="18" font-weight="600">Panelist, measured against its bars</text>`,
    `<text x="${MARGIN}" y="56" fill="#566473">${escapeHtml(when)}; longer is better, the line is what is asked for</text>`,
    ...rows.flatMap((line, index) => rowOf(line, HEAD + index * ROW)),
    `<line x1="${asked}" y1="${HEAD - 8}" x2="${asked}" y2="${end}" stroke="#1c2733" stroke-dasharray="3 3"/>`,
    '</svg>',
    '',
  ].join('\n')
}

/** A line without a name has that of the one before it: the same figure against another baseline. */
function named(lines: readonly Line[]): Line[] {
  let row = ''
  return lines.map(line => ({ ...line, row: (row = line.row || row) }))
}

function rowOf(line: Line, y: number): string[] {
  const width = Math.max(2, Math.min(BARS.most, Math.round(BARS.whole * shareOf(line))))
  const title = line.baseline ? `${line.row} ÷ ${line.baseline.name}` : line.row
  return [
    `<text x="${MARGIN}" y="${y + 14}">${escapeHtml(title)}</text>`,
    `<rect x="${BARS.x}" y="${y}" width="${width}" height="18" rx="2" fill="${COLOURS[verdictOf(line)]}"/>`,
    `<text x="${BARS.x + BARS.most + 12}" y="${y + 14}">${escapeHtml(figuresOf(line))}</text>`,
  ]
}

/** How much of what is asked for it has; 1 is just that. */
function shareOf({ panelist, ratio, baseline, bar }: Line): number {
  const figure = baseline ? (ratio ?? 0) : panelist
  if (!bar || figure <= 0) return 0
  return bar.at === 'least' ? figure / bar.value : bar.value / figure
}

function figuresOf({ panelist, ratio, baseline, unit, bar }: Line): string {
  const figure = baseline ? (ratio ?? NaN).toFixed(2) : `${Math.round(panelist)} ${unit}`
  return `${figure} (${bar?.at === 'least' ? '≥' : '≤'} ${bar?.value ?? ''})`
}
