import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Programs } from './programs.ts'

/** What the load generator shall do. Every answer has to have the status 2xx. */
export interface Job {
  readonly url: string
  /** Asked for in turn, each connection with its own share of them. */
  readonly paths: readonly string[]
  /** With it the requests are POSTs of this JSON, each with an `email` of its own. */
  readonly body?: Readonly<Record<string, unknown>>
  /** The body is sent as it is, without such an `email`. */
  readonly sameBody?: boolean
  /** With it each connection asks for all paths, and some of the requests are PUTs of a new weight instead. */
  readonly writes?: Writes
  readonly authorization: string
  readonly connections: number
  readonly seconds: number
}

/** One of so many requests is a write, to each of these interviewers in turn. `every` is a multiple of 10. */
export interface Writes {
  readonly paths: readonly string[]
  readonly every: number
}

/** What came of a job. */
export interface Load {
  readonly requests: number
  readonly seconds: number
}

export type Reply = Load | { readonly failure: string }

/** The load generator: autocannon in a process of its own, the same one for all runs, so that it is always warm. */
export class Generator {
  readonly #programs: Programs
  #child: ChildProcess | undefined

  constructor(programs: Programs) {
    this.#programs = programs
  }

  /** Puts the load on a server. Throws when a single answer was not 2xx or a connection failed. */
  async run(job: Job): Promise<Load> {
    const child = (this.#child ??= this.#programs.fork('benchmark/load-generator.js'))
    child.send(job)
    const reply = asReply(await nextMessage(child))
    if ('failure' in reply)
      throw new Error(`${job.body ? 'POST' : 'GET'} ${job.url}${job.paths[0] ?? ''}: ${reply.failure}`)
    return reply
  }
}

/** What a helper says next; that it ended is a failure. */
export async function nextMessage(child: ChildProcess): Promise<unknown> {
  const settled = new AbortController()
  const { signal } = settled
  try {
    const ended = once(child, 'exit', { signal }).then(() => ({ failure: 'the process ended' }))
    const spoke = once(child, 'message', { signal }).then(([message]: unknown[]) => message)
    return await Promise.race([spoke, ended])
  } finally {
    settled.abort()
  }
}

function asReply(message: unknown): Reply {
  if (typeof message !== 'object' || message === null) return { failure: 'the load generator sent no answer' }
  if ('requests' in message && 'seconds' in message) {
    return { requests: Number(message.requests), seconds: Number(message.seconds) }
  }
  return { failure: 'failure' in message ? String(message.failure) : 'the answer of the load generator cannot be read' }
}
