// `npm run profile`: where the built program spends its time and memory under a load. Not a benchmark: what watches it
// slows it down.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { SingleBar } from 'cli-progress'
import { Command, Option } from 'commander'
import { runProgram, wholeNumber } from '../scripts/command-line.ts'
import { compileBaselines } from './compile.ts'
import { selfTimes, tableOf } from './cpu-profile.ts'
import { Generator, type Job } from './load.ts'
import { copyOf, preparedDatabase } from './prepare.ts'
import { endWithUs, Programs, type Server } from './programs.ts'
import { ownFolder, startPanelist, type Context } from './rows/context.ts'
import { LIST, NEW_INTERVIEWER, NO_CACHE, ONE, ROWS } from './rows/requests.ts'
import { question, SEARCH, teamOf } from './rows/search.ts'
import { tokenSigner } from './sign-in.ts'

const PROFILES = join(import.meta.dirname, '../profiles')
const FUNCTIONS = 15
const WARM_UP_SECONDS = 1

interface Scenario {
  readonly what: string
  readonly path: string
  readonly settings?: Readonly<Record<string, string>>
  readonly load?: Pick<Job, 'body' | 'sameBody'>
  readonly database?: (context: Context) => Promise<string>
}

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  cached: { what: 'an interviewer by id, from the cache', path: ONE },
  get: { what: 'an interviewer by id, from the database', path: ONE, settings: NO_CACHE },
  list: { what: 'a page of 50 interviewers, from the database', path: LIST, settings: NO_CACHE },
  create: { what: 'a new interviewer', path: LIST, load: { body: NEW_INTERVIEWER } },
  search: {
    what: 'a panel of four among 200 people',
    path: SEARCH,
    load: { body: question(false), sameBody: true },
    database: teamOf,
  },
}

interface Load {
  readonly seconds: number
  readonly connections: number
}

const program = new Command('profile')
  .description('Shows where the built program spends its time and memory under load, on its own database.')
  .addOption(new Option('--scenario <name>', 'what to request').choices(Object.keys(SCENARIOS)).default('cached'))
  .option('--seconds <seconds>', 'how long', wholeNumber(1, 600), 10)
  .option('--connections <count>', 'how many clients send requests at once', wholeNumber(1, 1_000), 64)
  .addHelpText(
    'after',
    `\nScenarios: ${Object.entries(SCENARIOS)
      .map(([name, { what }]) => `${name}, ${what}`)
      .join('; ')}.`,
  )
  .action(main)

async function main({ scenario: name, ...options }: Load & { readonly scenario: string }): Promise<void> {
  const scenario = SCENARIOS[name]
  if (!scenario) throw new Error(`There is no scenario ${name}`)
  compileBaselines()
  const programs = new Programs()
  const folder = mkdtempSync(join(tmpdir(), 'panelist-profile-'))
  endWithUs(programs, folder)
  const bar = new SingleBar({ format: '{bar} {percentage} %  {what}', hideCursor: true, clearOnComplete: true })
  bar.start(WARM_UP_SECONDS + options.seconds, 0, { what: 'starting' })
  try {
    const context: Context = {
      programs,
      generator: new Generator(programs),
      authorization: await tokenSigner(),
      folder,
      runs: 1,
      seconds: options.seconds,
      say: what => bar.update({ what }),
      tick: () => bar.increment(),
    }
    const { requests, begunMs } = await underLoad(context, scenario, options)
    bar.stop()
    console.log(`${requests} answers in ${options.seconds} s: ${scenario.what}\n`)
    tell(keepProfiles(folder, name), begunMs)
  } finally {
    bar.stop()
    await programs.endAll()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Profiled {
  readonly requests: number
  /** When the load began, in ms after the start of the program. */
  readonly begunMs: number
}

/** Starts the program, puts the load on it and ends it, which writes its profiles. */
async function underLoad(context: Context, scenario: Scenario, { seconds, connections }: Load): Promise<Profiled> {
  const server = await started(context, scenario)
  const up = performance.now()
  const { path, what, load } = scenario
  const { url } = server
  const job = { url, paths: [path], authorization: context.authorization(), connections, ...load }
  const ticking = setInterval(() => context.tick(), 1000)
  try {
    context.say('warming up')
    await context.generator.run({ ...job, seconds: WARM_UP_SECONDS })
    context.say(what)
    const begunMs = server.startMs + performance.now() - up
    return { requests: (await context.generator.run({ ...job, seconds })).requests, begunMs }
  } finally {
    clearInterval(ticking)
    context.say('writing the profiles')
    await server.end()
  }
}

async function started(context: Context, { database = smallDatabase, settings }: Scenario): Promise<Server> {
  const watching = ['--cpu-prof', '--cpu-prof-dir', context.folder, '--heap-prof', '--heap-prof-dir', context.folder]
  return startPanelist(context, `file:${await database(context)}`, '/api/usercount', settings, {
    nodeOptions: watching,
  })
}

async function smallDatabase(context: Context): Promise<string> {
  return copyOf(await preparedDatabase(ROWS), join(ownFolder(context), 'panelist.db'))
}

interface Profiles {
  readonly cpu: string
  readonly heap: string
}

/** Each thread writes its own; those of the main thread, which is number 0, are kept. */
function keepProfiles(folder: string, scenario: string): Profiles {
  mkdirSync(PROFILES, { recursive: true })
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-')
  const keep = (kind: 'cpuprofile' | 'heapprofile') => {
    const written = readdirSync(folder).find(name =>
      new RegExp(`^\\w+\\.\\d+\\.\\d+\\.\\d+\\.0\\.\\d+\\.${kind}$`).test(name),
    )
    if (written === undefined) throw new Error(`The program has written no .${kind}`)
    const kept = join(PROFILES, `${time}-${scenario}.${kind}`)
    copyFileSync(join(folder, written), kept)
    return kept
  }
  return { cpu: keep('cpuprofile'), heap: keep('heapprofile') }
}

function tell({ cpu, heap }: Profiles, begunMs: number): void {
  const [cpuFile, heapFile] = [cpu, heap].map(file => relative(process.cwd(), file))
  console.log(`${tableOf(selfTimes(cpu, begunMs), FUNCTIONS)}\n
Time:   ${cpuFile}
Memory: ${heapFile}
Open them in VS Code, or in Chrome: DevTools, Performance or Memory, Load profile.`)
}

await runProgram(program)
