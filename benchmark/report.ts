import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, platform, release, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { fromJson } from '../domain/sql.ts'
import { benchmarkChart } from './chart.ts'
import { verdictOf, type Line } from './lines.ts'

const ROOT = join(import.meta.dirname, '..')
/** statfs(2): what is "durable" on such a file system is gone with the power. */
const TMPFS_MAGIC = 0x01021994

const HEADINGS = ['', 'Panelist', 'baseline', 'its figure', 'ratio', 'by CPU', 'bar', ''] as const

export function table(lines: readonly Line[]): string {
  const cells = [HEADINGS, ...lines.map(cellsOf)]
  const widths = HEADINGS.map((_, column) => Math.max(...cells.map(row => row[column]?.length ?? 0)))
  const numbers = new Set([1, 3, 4, 5, 6])
  return cells
    .map(row =>
      row
        .map((cell, column) =>
          numbers.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function cellsOf(line: Line): string[] {
  const { row, unit, panelist, baseline, ratio, cpuRatio, bar } = line
  return [
    row,
    `${rounded(panelist)} ${unit}`,
    baseline?.name ?? '',
    baseline ? `${rounded(baseline.value)} ${unit}` : '',
    ratio?.toFixed(2) ?? '',
    cpuRatio?.toFixed(2) ?? '',
    bar ? `${bar.at === 'least' ? '≥' : '≤'} ${bar.value}` : '',
    bar ? verdictOf(line) : '',
  ]
}

function rounded(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 })
}

/** What one run found of a row, with where and how. */
interface Measured {
  readonly date: string
  readonly commit: string | undefined
  readonly machine: object
  readonly settings: object
  readonly lines: readonly Line[]
}

/**
 * Writes what was measured into `benchmark/results/latest.json`, beside the rows that this run did not measure, and all of it as
 * a picture, `latest.svg`, in the order of `names`. Returns the path of the first.
 */
export function writeReport(found: ReadonlyMap<string, readonly Line[]>, names: readonly string[], settings: object) {
  const folder = join(ROOT, 'benchmark/results')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'latest.json')
  const how = { date: new Date().toISOString(), commit: commit(), machine: machine(), settings }
  const before: Readonly<Record<string, Measured>> = existsSync(file) ? fromJson(readFileSync(file, 'utf8')) : {}
  const rows = names.flatMap((name): [string, Measured][] => {
    const lines = found.get(name)?.map(line => ({ ...line, verdict: verdictOf(line) }))
    const measured = lines ? { ...how, lines } : before[name]
    return measured ? [[name, measured]] : []
  })
  const short = (_key: string, value: unknown) => (typeof value === 'number' ? shortened(value) : value)
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(rows), short, 2)}\n`)
  const days = rows.map(([, { date }]) => date.slice(0, 10)).sort()
  const when = [...new Set([days[0], days.at(-1)])].join(' to ')
  writeFileSync(
    join(folder, 'latest.svg'),
    benchmarkChart(
      rows.flatMap(([, { lines }]) => lines),
      `${when}, ${cpus().length} cores`,
    ),
  )
  return file
}

export function onMemoryOnly(): boolean {
  return statfsSync(tmpdir()).type === TMPFS_MAGIC
}

function shortened(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(5))
}

function machine(): object {
  const [processor] = cpus()
  return {
    cpu: processor?.model.trim(),
    cores: cpus().length,
    memoryGiB: totalmem() / 1024 ** 3,
    system: `${platform()} ${release()}`,
    node: process.version,
    loadAverage: loadavg()[0],
  }
}

/** Undefined outside a repository, or without git. */
function commit(): string | undefined {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const hash = git('rev-parse', '--short=12', 'HEAD').trim()
    return git('status', '--porcelain', '--untracked-files=no').trim() === '' ? hash : `${hash} with changes`
  } catch {
    return undefined
  }
}
