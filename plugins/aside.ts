import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { concurrencyLimit, type Limits, type Turn } from './concurrency-limit.ts'

const MOST_MEMORY_MB = 384
const IDLE_MS = 60_000

/** A task that was ended. The message goes on after what it was about: `The calendar takes too long to read`. */
class TooMuchWork extends Error {
  override readonly name = 'TooMuchWork'
}

type Task<Input, Output> = (input: Input, turn?: Turn) => Promise<Output>

/** What the thread answers. */
interface Answer<Output> {
  readonly output: Output
  readonly error?: unknown
}

/** For the `.catch` of a task: what came of too much work, made of why; every other error goes through. */
export function onTooMuchWork<Result>(resultOf: (why: string) => Result): (error: unknown) => Result {
  return error => {
    if (error instanceof TooMuchWork) return resultOf(error.message)
    throw error
  }
}

interface Pool extends Limits {
  readonly patienceMs: number
}

const EXTENSION = extname(import.meta.url)

/**
 * Threads for tasks of one kind. A task is the function `run` of the module `name`, next to the one at the URL `near`:
 * however long it takes, the thread that serves requests is free. What goes in and out is copied, so that the task sees to
 * it that its output is small. Ends with its signal; throws TooMuchWork for what takes too much time or memory, and a 503
 * when too many wait. A thread has loaded what it needs and stays for a minute; one that is idle keeps no process alive.
 */
export function threadsFor({ patienceMs, ...limits }: Pool) {
  const limited = concurrencyLimit(limits)
  const idle = new Map<Worker, NodeJS.Timeout>()
  return <Input, Output>(near: string, name: string): Task<Input, Output> => {
    const module = new URL(`${name}${EXTENSION}`, near).href
    return (input, turn = {}) =>
      limited(async () => {
        const thread = freeThread(idle)
        try {
          const output = await ask<Output>(thread, { module, input }, { patienceMs, signal: turn.signal })
          rest(idle, thread)
          return output
        } catch (error) {
          await thread.terminate()
          throw error
        }
      }, turn)
  }
}

/** What reads files that come in. The patience is far more than the work that is allowed takes: the tasks count it themselves. */
export const aside = threadsFor({ of: 'files are being read', atOnce: 2, waiting: 30, patienceMs: 20_000 })

type Idle = Map<Worker, NodeJS.Timeout>

function freeThread(idle: Idle): Worker {
  const [known] = idle
  if (!known) return startThread(idle)
  const [thread, timer] = known
  clearTimeout(timer)
  idle.delete(thread)
  thread.ref()
  return thread
}

function rest(idle: Idle, thread: Worker): void {
  const end = () => {
    idle.delete(thread)
    void thread.terminate()
  }
  idle.set(thread, setTimeout(end, IDLE_MS).unref())
  thread.unref()
}

function startThread(idle: Idle): Worker {
  const thread = new Worker(new URL('./aside/thread.mjs', import.meta.url), {
    workerData: { isTypeScript: EXTENSION === '.ts' },
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB },
  })
  thread.on('error', () => undefined) // whoever waits has a listener of their own
  thread.on('exit', () => idle.delete(thread))
  return thread
}

interface Waits {
  readonly patienceMs: number
  readonly signal: AbortSignal | undefined
}

function ask<Output>(thread: Worker, question: object, { patienceMs, signal }: Waits): Promise<Output> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', leave)
      thread.off('message', answered).off('error', failed).off('exit', failed)
    }
    const fail = (error: Error) => {
      settle()
      reject(error)
    }
    const answered = ({ output, error }: Answer<Output>) => {
      settle()
      if (error === undefined) resolve(output)
      else reject(failureOf(error))
    }
    const failed = (error: unknown) => fail(failureOf(error))
    const leave = () => fail(failureOf(signal?.reason))
    const timer = setTimeout(() => fail(new TooMuchWork('takes too long to read')), patienceMs)
    thread.on('message', answered).on('error', failed).on('exit', failed)
    signal?.addEventListener('abort', leave)
    thread.postMessage(question)
  })
}

function failureOf(error: unknown): Error {
  if (!(error instanceof Error)) return new Error('a thread has ended', { cause: error })
  const isFull = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
  return isFull ? new TooMuchWork('needs too much memory to be read', { cause: error }) : error
}
