import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const DIST = join(import.meta.dirname, '../dist')
/** What `npm start` gives the program. */
const AS_STARTED: Readonly<Record<string, readonly string[]>> = { 'server.js': ['--max-semi-space-size=24'] }
/** Makes a server collect its garbage when it gets SIGWINCH. */
const COLLECTING = ['--import', join(DIST, 'benchmark/collect-garbage.js')]
/** Pages are given back by another thread, a moment after the collection. */
const COLLECTED_MS = 1_000
const PATIENCE_MS = 120_000
const GRACE_MS = 15_000
const POLL_MS = 2
/** Linux counts processor time in hundredths of a second (USER_HZ). */
const TICK_SECONDS = 0.01
const NEWLINE = '\n'.charCodeAt(0)

export interface ServerOptions {
  /** The compiled program, from `dist/`. */
  readonly script: string
  readonly env: Readonly<Record<string, string>>
  /** Its working directory: no `.env` there; `<name>.log` takes what it writes. */
  readonly folder: string
  readonly name: string
  /** Asked for until it answers 2xx. */
  readonly firstPath: string
  readonly authorization: string
  /** For Node.js, besides what `npm start` gives it. */
  readonly nodeOptions?: readonly string[]
  /** Whether it can be told to collect its garbage. */
  readonly collects?: boolean
}

/** A server under test, or a baseline: a process with an address. */
export interface Server {
  readonly pid: number
  readonly url: string
  /** From the start of the process to its first answer 2xx. */
  readonly startMs: number
  /** Processor time used so far, in seconds, by all its threads; undefined where the system does not tell. */
  cpuSeconds(): number | undefined
  /** Resident memory, in MiB; undefined where the system does not tell. */
  memoryMiB(): number | undefined
  /** Has it collect its garbage, when it was started so that it can; else it does nothing. */
  collectGarbage(): Promise<void>
  /** How many lines it has logged since the last call. */
  takeLogLines(): number
  end(): Promise<void>
}

/** Every process the benchmark starts, so that all of them end with it, each by its own id. */
export class Programs {
  readonly #running = new Set<ChildProcess>()

  /** A helper that is spoken to by messages; it ends when this process does. */
  fork(script: string): ChildProcess {
    return this.#keep(fork(join(DIST, script), { execArgv: [], env: environment({}) }))
  }

  /** Starts a server on a free port and waits until it answers. Throws with what it wrote when it ends instead. */
  async start(options: ServerOptions): Promise<Server> {
    const { script, env, folder, name, firstPath, authorization, nodeOptions = [], collects = false } = options
    const port = await freePort()
    const log = join(folder, `${name}.log`)
    const descriptor = openSync(log, 'a')
    const started = performance.now()
    const own = [...(AS_STARTED[script] ?? []), ...(collects ? COLLECTING : []), ...nodeOptions]
    const child = this.#keep(
      spawn(process.execPath, [...own, join(DIST, script)], {
        cwd: folder,
        env: environment({ ...env, PORT: String(port) }),
        stdio: ['ignore', descriptor, descriptor],
      }),
    )
    closeSync(descriptor)
    const url = `http://127.0.0.1:${port}`
    await firstAnswer(child, `${url}${firstPath}`, authorization, () => tail(log))
    const startMs = performance.now() - started
    const pid = child.pid ?? 0
    return {
      pid,
      url,
      startMs,
      cpuSeconds: () => cpuSeconds(pid),
      memoryMiB: () => memoryMiB(pid),
      collectGarbage: async () => {
        if (collects && child.kill('SIGWINCH')) await sleep(COLLECTED_MS)
      },
      takeLogLines: () => takeLines(log),
      end: () => this.#end(child),
    }
  }

  async endAll(): Promise<void> {
    await Promise.all([...this.#running].map(child => this.#end(child)))
  }

  /** For the last moment of this process, when nothing can be waited for any more. */
  killAll(): void {
    for (const child of this.#running) child.kill('SIGKILL')
  }

  #keep(child: ChildProcess): ChildProcess {
    this.#running.add(child)
    child.once('exit', () => this.#running.delete(child))
    return child
  }

  async #end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), GRACE_MS)
    await exited
    clearTimeout(late)
  }
}

/** However this process ends, what it started ends too. */
export function endWithUs(programs: Programs, folder: string): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void programs.endAll().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143))
    })
  }
  process.once('exit', () => {
    programs.killAll()
    rmSync(folder, { recursive: true, force: true })
  })
}

/** Nothing of the caller's own settings, least of all NODE_OPTIONS, may change what is measured. */
function environment(own: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_ENV: 'production', ...own }
}

async function firstAnswer(
  child: ChildProcess,
  url: string,
  authorization: string,
  written: () => string,
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  let last = 'it did not answer'
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${url}: the server ended: ${written()}`)
    try {
      const response = await fetch(url, { headers: { authorization, connection: 'close' } })
      await response.arrayBuffer()
      if (response.ok) return
      last = `it answered ${response.status}`
      if (response.status < 500) break
    } catch {
      // It does not listen yet.
    }
    await sleep(POLL_MS)
  }
  throw new Error(`${url}: ${last}. ${written()}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('there is no free port')
  return address.port
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').slice(-2000)
}

/** The file was opened for appending, so that emptying it is safe while the server writes. */
function takeLines(file: string): number {
  const log = readFileSync(file)
  truncateSync(file)
  let lines = 0
  for (let at = log.indexOf(NEWLINE); at !== -1; at = log.indexOf(NEWLINE, at + 1)) lines += 1
  return lines
}

function cpuSeconds(pid: number): number | undefined {
  const file = `/proc/${pid}/stat`
  if (!existsSync(file)) return undefined
  // The name, in parentheses, may hold spaces; user and system time are fields 14 and 15 of the line (proc(5)).
  const fields = (readFileSync(file, 'utf8').split(') ')[1] ?? '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_SECONDS
}

function memoryMiB(pid: number): number | undefined {
  const file = `/proc/${pid}/status`
  const kibibytes = existsSync(file) ? /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined
  return kibibytes === undefined ? undefined : Number(kibibytes) / 1024
}
