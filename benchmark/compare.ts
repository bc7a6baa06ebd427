import { setTimeout as sleep } from 'node:timers/promises'
import type { Generator, Job } from './load.ts'
import type { Server } from './programs.ts'

const MICRO = 1_000_000
/** Lines still in the buffer of a logger when the run is over are no missing lines. */
const LOGGED_AT_LEAST = 0.95
const LOG_PATIENCE_MS = 5_000
const LOG_POLL_MS = 100

export interface Contender {
  readonly server: Server
  readonly paths: readonly string[]
  /** Whether it has to write a line for every request; the floor does not. */
  readonly logs: boolean
}

export interface Plan {
  readonly generator: Generator
  readonly authorization: () => string
  readonly body?: Job['body']
  readonly writes?: Job['writes']
  readonly connections: number
  readonly seconds: number
  readonly warmUpSeconds: number
  readonly runs: number
  /** Told after each run. */
  readonly tick: () => void
}

/** One run of one contender. */
export interface Run {
  readonly perSecond: number
  /** Processor time of the server for each request; undefined where the system does not tell. */
  readonly cpuMicroseconds: number | undefined
}

/**
 * Loads the contenders in turn, A B C A B C …, after one run each that is not counted. Returns the runs of each.
 * What disturbs the machine for a while so disturbs all of them alike.
 */
export async function compare(contenders: readonly Contender[], plan: Plan): Promise<Run[][]> {
  const runs: Run[][] = contenders.map(() => [])
  for (const contender of contenders) await load(contender, plan, plan.warmUpSeconds)
  for (let round = 0; round < plan.runs; round++) {
    for (const [index, contender] of contenders.entries()) {
      runs[index]?.push(await load(contender, plan, plan.seconds))
      plan.tick()
    }
  }
  return runs
}

async function load({ server, paths, logs }: Contender, plan: Plan, seconds: number): Promise<Run> {
  server.takeLogLines()
  const before = server.cpuSeconds()
  const result = await plan.generator.run({
    url: server.url,
    paths,
    ...(plan.body && { body: plan.body }),
    ...(plan.writes && { writes: plan.writes }),
    authorization: plan.authorization(),
    connections: plan.connections,
    seconds,
  })
  const after = server.cpuSeconds()
  if (logs) await assertLogged(server, result.requests)
  const cpu = before === undefined || after === undefined ? undefined : after - before
  return {
    perSecond: result.requests / result.seconds,
    cpuMicroseconds: cpu === undefined ? undefined : (cpu / result.requests) * MICRO,
  }
}

/** One line a request is part of the job. Loggers write late, so they are given a moment. */
async function assertLogged(server: Server, requests: number): Promise<void> {
  const deadline = performance.now() + LOG_PATIENCE_MS
  let lines = server.takeLogLines()
  while (lines < requests * LOGGED_AT_LEAST && performance.now() < deadline) {
    await sleep(LOG_POLL_MS)
    lines += server.takeLogLines()
  }
  if (lines < requests * LOGGED_AT_LEAST) {
    throw new Error(`${server.url} logged ${lines} lines for ${requests} requests: that is not the job to be measured`)
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [low = NaN, high = NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]]
  return (low + high) / 2
}

/** The median of one figure of the runs; undefined when it was not to be had. */
export function medianOf(runs: readonly Run[], figure: (run: Run) => number | undefined): number | undefined {
  const values = runs.flatMap(run => figure(run) ?? [])
  return values.length === 0 ? undefined : median(values)
}

/** The median of the ratios of runs made next to each other. */
export function ratioOf(
  own: readonly Run[],
  other: readonly Run[],
  figure: (run: Run) => number | undefined,
): number | undefined {
  const ratios = own.flatMap((run, index) => {
    const [mine, theirs] = [figure(run), other[index] && figure(other[index])]
    return mine === undefined || theirs === undefined ? [] : [mine / theirs]
  })
  return ratios.length === 0 ? undefined : median(ratios)
}
