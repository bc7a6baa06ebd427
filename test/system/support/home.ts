// A database of its own with somebody who may book and people to be booked, and servers that run on it: real processes,
// spoken to over TCP and always ended by their own id.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import { it } from 'vitest'
import type { Database } from '../../../db/database.ts'
import { openDatabase } from '../../../db/open.ts'
import { accessTokens } from '../../../plugins/auth/access-tokens.ts'
import { isOverload, signedIn, testConfig, type Answer, type SignedIn } from '../../support/app.ts'
import { sqlite } from '../../support/databases.ts'
import { start, type Finished, type Program } from '../../support/programs.ts'
import { insertInterviewer } from '../../support/rows.ts'
import { Secrets } from '../../support/secrets.ts'
import { compiledServer } from './compiled.ts'

/** The program as it is written, which takes longer to start. */
export const SOURCE = join(import.meta.dirname, '../../../server.ts')

export interface Home {
  readonly folder: string
  /** The database file, if it is in one. */
  readonly path: string
  /** The settings every server of this home is started with. */
  readonly environment: Record<string, string>
  readonly staff: SignedIn
  readonly interviewers: readonly string[]
  /** Somebody else of that role, with a session. */
  signedIn(role: SignedIn['role']): Promise<SignedIn>
  /** Opens the database in this process for as long as `work` takes. */
  look<Result>(work: (database: Database) => Promise<Result>): Promise<Result>
  /** Starts a server and waits until it listens. */
  serve(options?: ServeOptions): Promise<Server>
  /** Starts a server that is not expected to come up, and waits for its end. */
  refused(environment?: Record<string, string>): Promise<Finished>
  /** Ends what is still running and removes the folder; fails when a server's log shows a secret it was sent. */
  close(): Promise<void>
}

export interface ServeOptions {
  readonly environment?: Record<string, string>
  /** The file that is run: the compiled program, unless told. */
  readonly program?: string
  /** Runs it under strace with these options. */
  readonly strace?: readonly string[]
  /** The file its standard output goes to. */
  readonly output?: string
}

export interface Call {
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
  /** Whose connections to use; a new set for each server, unless told. */
  readonly agent?: Agent
}

export interface Server {
  readonly pid: number
  readonly port: number
  readonly finished: Promise<Finished>
  /** A request of the staff member over a connection that is kept; rejects when there is no answer. */
  call(path: string, options?: Call): Promise<Answer>
  book(booking: object): Promise<Answer>
  signal(name: NodeJS.Signals): void
  /** The processes it has started, while they are there. */
  workers(): number[]
  /** What has come of its log. */
  said(): string
  /** Ends it as a supervisor does, and waits for its end. */
  stop(): Promise<Finished>
}

export async function home(people = 12, driver = sqlite): Promise<Home> {
  const place = await driver.place()
  const config = testConfig(place.url)
  const { NODE_ENV, DATABASE_URL, JWT_SECRET } = config
  const tokens = await accessTokens(Fastify().decorate('config', config))
  const { database } = await openDatabase(DATABASE_URL)
  const staff = await signedIn(tokens.sign, database, 'talent', 'Tess Talent')
  const interviewers = Array.from({ length: people }, () => crypto.randomUUID())
  for (const id of interviewers) await insertInterviewer(database, id)
  await database.close()
  const limits = { RATE_LIMIT_MAX: '0', AUTH_RATE_LIMIT_MAX: '0' }
  const environment = { NODE_ENV, DATABASE_URL, JWT_SECRET, PORT: '0', MAIL: 'off', ...limits }
  const running: Program[] = []
  const started: Promise<Finished>[] = []
  const secrets = new Secrets()
  const look: Home['look'] = async work => {
    const { database } = await openDatabase(DATABASE_URL)
    try {
      return await work(database)
    } finally {
      await database.close()
    }
  }
  secrets.add('JWT_SECRET', JWT_SECRET)
  return {
    folder: place.folder,
    path: DATABASE_URL.startsWith('file:') ? DATABASE_URL.slice('file:'.length) : '',
    environment,
    staff,
    interviewers,
    signedIn: role => look(db => signedIn(tokens.sign, db, role)),
    look,
    serve: options => {
      const settings = { ...options, environment: { ...environment, ...options?.environment } }
      return serve(settings, { staff, running, started, secrets })
    },
    refused: async more => {
      const program = start(process.execPath, [await compiledServer()], { ...environment, ...more })
      running.push(program)
      started.push(program.finished)
      return program.finished
    },
    close: async () => {
      for (const program of running) for (const pid of [...childrenOf(program), program.process.pid]) end(pid)
      const finished = await Promise.all(started)
      await place.remove()
      secrets.assertNotIn(finished.flatMap(({ stdout, stderr }) => [stdout, stderr]))
    },
  }
}

/** A test with a home of its own, which is closed whatever comes of it. */
export function inHome(name: string, test: (house: Home) => Promise<void>): void {
  it(name, async () => {
    const house = await home(60)
    try {
      await test(house)
    } finally {
      await house.close()
    }
  })
}

interface House {
  readonly staff: SignedIn
  readonly running: Program[]
  /** What became of every program, also of those that have ended. */
  readonly started: Promise<Finished>[]
  readonly secrets: Secrets
}

async function serve(options: ServeOptions, { staff, running, started, secrets }: House): Promise<Server> {
  const { environment = {}, strace, output } = options
  const file = options.program ?? (await compiledServer())
  const args = file.endsWith('.ts') ? ['--import', 'tsx', file] : [file]
  const traced = strace && ['-f', '-y', '-xx', '--seccomp-bpf', ...strace, process.execPath, ...args]
  const command = traced ? ['strace', ...traced] : [process.execPath, ...args]
  const redirected = output === undefined ? 'exec "$@"' : `exec "$@" > '${output}'`
  const program = start('sh', ['-c', redirected, 'sh', ...command], environment)
  running.push(program)
  started.push(program.finished)
  const { pid, port } = await listening(program)
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const call = async (path: string, options: Call = {}) => {
    for (;;) {
      const answer = await answerOf(port, path, { agent, ...options }, { staff, secrets })
      if (!isOverload(answer.status, answer.body.message)) return answer
      await sleep(500)
    }
  }
  const signal = (name: NodeJS.Signals) => process.kill(pid, name)
  await call('/health/live')
  return {
    pid,
    port,
    finished: program.finished,
    call,
    book: body => call('/api/events', { method: 'POST', body }),
    signal,
    workers: () => childrenOf(program),
    said: program.said,
    stop: async () => {
      signal('SIGTERM')
      const finished = await program.finished
      running.splice(running.indexOf(program), 1)
      agent.destroy()
      return finished
    },
  }
}

/** The process that listens, and where; `program` itself or, under strace, its child. */
async function listening(program: Program): Promise<{ pid: number; port: number }> {
  while (program.process.exitCode === null && program.process.signalCode === null) {
    for (const pid of [program.process.pid, ...childrenOf(program)]) {
      const port = pid === undefined ? undefined : portOf(pid)
      if (pid !== undefined && port !== undefined) return { pid, port }
    }
    await sleep(50)
  }
  const { end: code, stderr } = await program.finished
  throw new Error(`the server ended with ${code} before it listened: ${stderr}`)
}

/** Where a process listens, as the kernel knows it: its own log comes up to a second later. */
function portOf(pid: number): number | undefined {
  try {
    const folder = `/proc/${pid}/fd`
    const files = new Set(readdirSync(folder).map(descriptor => readlinkSync(join(folder, descriptor))))
    const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n')
    const sockets = lines.filter(line => line.includes(' 0A ')).map(line => line.trim().split(/\s+/))
    const [, local] = sockets.find(([, , , state, ...rest]) => state === '0A' && files.has(`socket:[${rest[5]}]`)) ?? []
    return local === undefined ? undefined : Number.parseInt(local.split(':')[1] ?? '', 16)
  } catch {
    return undefined // it has ended, or closed a file meanwhile
  }
}

function childrenOf({ process: { pid } }: Program): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

function end(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
  } catch {
    // it had ended by itself
  }
}

function answerOf(
  port: number,
  path: string,
  { method = 'GET', body, headers, agent }: Call,
  { staff, secrets }: Pick<House, 'staff' | 'secrets'>,
) {
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const type = payload === undefined ? {} : { 'content-type': 'application/json' }
  const options = { host: '127.0.0.1', port, path, method, agent, headers: { ...staff.headers, ...type, ...headers } }
  secrets.requested(path, options.headers)
  secrets.sent(body)
  return new Promise<Answer>((resolve, reject) => {
    const sent = request(options, response => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('error', reject).on('end', () => {
        secrets.answered(text)
        secrets.answeredWith(response.headers)
        const json = String(response.headers['content-type']).startsWith('application/json')
        const answer: unknown = json ? JSON.parse(text) : text
        resolve({ status: response.statusCode ?? 0, body: answer, headers: response.headers })
      })
    })
    sent.on('error', reject).end(payload)
  })
}
