// `npm run seed`: demo data in any amount.
import { SingleBar } from 'cli-progress'
import { Command } from 'commander'
import { loadConfig } from '../plugins/config.ts'
import { runProgram, wholeNumber, withDatabase } from './command-line.ts'
import { makeDemoData, stepsOf, type DemoReport } from './demo/make.ts'

interface Options {
  readonly interviewers: number
  readonly events: number
  readonly seed: number
  readonly yes?: true
}

const program = new Command('seed')
  .description(
    'Fills the database (DATABASE_URL) with interviewers, interviews, tasks and portfolios that are made up.',
  )
  .option('--interviewers <count>', 'how many interviewers', wholeNumber(1, 100_000), 200)
  .option('--events <count>', 'how many interviews', wholeNumber(0, 1_000_000), 5000)
  .option(
    '--seed <number>',
    'the same number gives the same people, another gives different ones',
    wholeNumber(0, 1e9),
    1,
  )
  .option('--yes', 'also when NODE_ENV is production')
  .addHelpText('after', '\nWhat an earlier run with the same --seed made is kept; greater counts add to it.')
  .action(main)

async function main({ yes, ...options }: Options): Promise<void> {
  const { DATABASE_URL, NODE_ENV } = loadConfig()
  if (NODE_ENV === 'production' && yes !== true) {
    throw new Error('This is production, and the journal never forgets made-up data; --yes fills it all the same')
  }
  const started = performance.now()
  const bar = new SingleBar({ format: '{bar} {percentage}% | {value} of {total} | {eta_formatted} left' })
  const { report, commits } = await withDatabase(DATABASE_URL, async database => {
    bar.start(stepsOf(options), 0)
    try {
      const report = await makeDemoData(database, { ...options, onStep: () => bar.increment() })
      return { report, commits: database.stats().commits }
    } finally {
      bar.stop()
    }
  })
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(`${summaryOf(report)}\nIt took ${seconds} s and ${commits} commits.\n`)
}

function summaryOf({ interviewers, events, tasks, portfolios, moved }: DemoReport): string {
  const counted = (count: 'made' | 'kept') =>
    `${interviewers[count]} interviewers, ${events[count]} interviews, ${tasks[count]} tasks and ${portfolios[count]} portfolios`
  const kept = interviewers.kept + events.kept + tasks.kept + portfolios.kept
  return [
    `Made ${counted('made')}.`,
    ...(kept > 0 ? [`Kept ${counted('kept')} that were there.`] : []),
    ...(moved > 0 ? [`For ${moved} interviews another time was found, as somebody was busy.`] : []),
  ].join('\n')
}

await runProgram(program)
