// `npm run benchmark`: measures the built program against its baselines, prints the table and
// writes benchmark/results/latest.json and latest.svg. Servers and load generator are processes of their own, all ended by their ids at the end.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError, Option } from 'commander'
import { compileBaselines } from './compile.ts'
import { Generator } from './load.ts'
import { endWithUs, Programs } from './programs.ts'
import { verdictOf, type Line } from './lines.ts'
import { onMemoryOnly, table, writeReport } from './report.ts'
import type { Context } from './rows/context.ts'
import { exportRow, stepsOfExportRow } from './rows/export.ts'
import { growthRow, stepsOfGrowthRow } from './rows/growth.ts'
import { holdsRow, stepsOfHoldsRow } from './rows/holds.ts'
import { mixedRow, stepsOfMixedRow } from './rows/mixed.ts'
import { postgresRow, stepsOfPostgresRow } from './rows/postgres.ts'
import { requestRow, stepsOfRequestRow } from './rows/requests.ts'
import { searchRow, stepsOfSearchRow } from './rows/search.ts'
import { socketsRow, stepsOfSocketsRow } from './rows/sockets.ts'
import { startRow, stepsOfStartRow } from './rows/start.ts'
import { tokenSigner } from './sign-in.ts'

const ROWS = {
  cachedGet: { steps: stepsOfRequestRow, measure: (context: Context) => requestRow(context, 'cachedGet') },
  cachedList: { steps: stepsOfRequestRow, measure: (context: Context) => requestRow(context, 'cachedList') },
  get: { steps: stepsOfRequestRow, measure: (context: Context) => requestRow(context, 'get') },
  list: { steps: stepsOfRequestRow, measure: (context: Context) => requestRow(context, 'list') },
  create: { steps: stepsOfRequestRow, measure: (context: Context) => requestRow(context, 'create') },
  postgres: { steps: stepsOfPostgresRow, measure: postgresRow },
  mixed: { steps: stepsOfMixedRow, measure: mixedRow },
  search: { steps: stepsOfSearchRow, measure: searchRow },
  export: { steps: stepsOfExportRow, measure: exportRow },
  holds: { steps: stepsOfHoldsRow, measure: holdsRow },
  growth: { steps: stepsOfGrowthRow, measure: growthRow },
  start: { steps: stepsOfStartRow, measure: startRow },
  sockets: { steps: stepsOfSocketsRow, measure: socketsRow },
}
const NAMES = Object.keys(ROWS)
const QUICK = { runs: 2, seconds: 1 }

interface Options {
  only?: string[]
  runs: number
  seconds: number
  quick?: true
  strict?: true
}

const command = new Command('benchmark')
  .description(
    'Measures the built program against its baselines and writes benchmark/results/latest.json and latest.svg.',
  )
  .addOption(new Option('--only <row...>', 'measure these rows only').choices(NAMES))
  .option('--runs <count>', 'how often each contender runs; the median counts', positive, 5)
  .option('--seconds <seconds>', 'the length of a run', positive, 5)
  .option('--quick', `${QUICK.runs} runs of ${QUICK.seconds} s: to see that it works, not to quote`)
  .option('--strict', 'exit with 1 when a bar is missed')
  .addHelpText(
    'after',
    '\nRows: cachedGet, cachedList, get, list, create (÷ bare Fastify, ÷ Fastify with the usual, ÷ Express), postgres (÷ SQLite), mixed (÷ without the cache), search (time of an answer), export (memory, and what others wait), holds (how long the largest requests hold the event loop), growth (1,000,000 ÷ 1,000 rows), start (and memory), sockets (memory; ÷ bare ws).',
  )
  .action(main)

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It takes a whole number from 1.')
  return value
}

async function main(options: Options): Promise<void> {
  const { runs, seconds } = options.quick ? QUICK : options
  const chosen = Object.entries(ROWS).filter(([name]) => options.only?.includes(name) ?? true)
  compileBaselines()
  const programs = new Programs()
  const folder = mkdtempSync(join(tmpdir(), 'panelist-benchmark-run-'))
  endWithUs(programs, folder)
  const bar = new SingleBar({ format: '{bar} {percentage} %  {what}', hideCursor: true, clearOnComplete: true })
  bar.start(
    chosen.reduce((sum, [, { steps }]) => sum + steps(runs), 0),
    0,
    { what: 'starting' },
  )
  const found = new Map<string, readonly Line[]>()
  try {
    const context: Context = {
      programs,
      generator: new Generator(programs),
      authorization: await tokenSigner(),
      folder,
      runs,
      seconds,
      say: what => bar.update({ what }),
      tick: () => bar.increment(),
    }
    for (const [name, { measure }] of chosen) found.set(name, await measure(context))
  } finally {
    bar.stop()
    await programs.endAll()
    rmSync(folder, { recursive: true, force: true })
  }
  finish(found, options, { runs, seconds })
}

function finish(found: ReadonlyMap<string, readonly Line[]>, { strict }: Options, settings: object): void {
  const lines = [...found.values()].flat()
  console.log(`\n${table(lines)}\n`)
  if (onMemoryOnly())
    console.log('The folder for temporary files is in memory, so the creates measured here were not durable.\n')
  console.log(`Written to ${writeReport(found, NAMES, settings)}`)
  if (strict && lines.some(line => verdictOf(line) === 'missed')) process.exitCode = 1
}

await command.parseAsync().catch((error: unknown) => {
  console.error(`\nThe benchmark failed: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
})
