import { Worker } from 'node:worker_threads'
import { concurrencyLimit } from '../concurrency-limit.ts'

const MOST_WAITING = 20
/** Loading the dictionaries takes about a second, the slowest password half of one. */
const PATIENCE_MS = 15_000
const IDLE_MS = 60_000

export interface Strength {
  /** 0 to 4; from 3 on a password is not guessed in 10^8 attempts. */
  readonly score: number
  readonly warning: string | null
  readonly suggestions: readonly string[]
}

const oneAtATime = concurrencyLimit({ of: 'passwords are being checked', atOnce: 1, waiting: MOST_WAITING })
let thread: Worker | undefined
let idle: NodeJS.Timeout | undefined

/**
 * How hard `password` is to guess for somebody who knows `words`, which are what a guess would begin with. Measured on a
 * thread of its own, one for the process: the dictionaries are 100 MB in memory and a second to load, and a password made
 * for it keeps zxcvbn busy for half a second. The thread starts with the first password and ends after an idle minute;
 * it keeps no process alive.
 */
export function strengthOf(password: string, words: readonly string[]): Promise<Strength> {
  return oneAtATime(async () => {
    clearTimeout(idle)
    thread ??= startThread()
    try {
      return await ask(thread, { password, words })
    } catch (error) {
      await end()
      throw error
    } finally {
      idle = setTimeout(() => void end(), IDLE_MS).unref()
    }
  })
}

async function end(): Promise<void> {
  const ending = thread
  thread = undefined
  await ending?.terminate()
}

function startThread(): Worker {
  const started = new Worker(new URL('./strength-thread.mjs', import.meta.url))
  started.on('error', () => undefined) // whoever waits has a listener of their own
  started.unref()
  return started
}

/** One question at a time; rejects when the thread ends or takes too long. */
function ask(to: Worker, question: object): Promise<Strength> {
  return new Promise((resolve, reject) => {
    const failed = (error: unknown) => {
      settle()
      reject(new Error('the strength of a password could not be measured', { cause: error }))
    }
    const measured = (strength: Strength) => {
      settle()
      resolve(strength)
    }
    const timer = setTimeout(failed, PATIENCE_MS)
    const settle = () => {
      clearTimeout(timer)
      to.off('message', measured).off('error', failed).off('exit', failed)
    }
    to.on('message', measured).on('error', failed).on('exit', failed)
    to.postMessage(question)
  })
}
