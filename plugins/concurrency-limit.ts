import createError from '@fastify/error'
import { retryIn } from './errors.ts'

const RETRY_AFTER_SECONDS = 2
const Busy = createError<[string]>('UNDER_PRESSURE', 'Too many %s at the moment; please try again', 503)

export interface Limits {
  /** What there would be too much of, in a sentence: `searches are running`. */
  readonly of: string
  readonly atOnce: number
  readonly waiting: number
}

export interface Turn {
  /** Of all with the same key, one at a time. */
  readonly key?: string | undefined
  /** Whoever waits leaves the line, with its reason, when it is aborted. */
  readonly signal?: AbortSignal | undefined
}

type Limited = <Result>(work: () => Promise<Result>, turn?: Turn) => Promise<Result>

interface Waiting {
  readonly key: string | undefined
  readonly enter: () => void
}

/** Runs `atOnce` pieces of work at a time while `waiting` more stand in line; a longer line is refused with a 503. */
export function concurrencyLimit({ of, atOnce, waiting }: Limits): Limited {
  let running = 0
  const keys = new Set<string>()
  const line: Waiting[] = []
  const isFree = ({ key }: Turn) => running < atOnce && (key === undefined || !keys.has(key))
  const take = ({ key }: Turn) => {
    running += 1
    if (key !== undefined) keys.add(key)
  }
  /** Whoever is next takes over the place, so that nobody slips in between. */
  const leave = ({ key }: Turn) => {
    running -= 1
    if (key !== undefined) keys.delete(key)
    const next = line.find(isFree)
    if (!next) return
    line.splice(line.indexOf(next), 1)
    take(next)
    next.enter()
  }
  return async (work, turn = {}) => {
    turn.signal?.throwIfAborted()
    if (isFree(turn)) take(turn)
    else if (line.length >= waiting) throw retryIn(new Busy(of), RETRY_AFTER_SECONDS)
    else await inLine(line, turn)
    try {
      return await work()
    } finally {
      leave(turn)
    }
  }
}

/** Resolves when it is the turn's turn; rejects, and leaves the line, when it is aborted. */
function inLine(line: Waiting[], { key, signal }: Turn): Promise<void> {
  return new Promise((resolve, reject) => {
    const enter = () => {
      signal?.removeEventListener('abort', giveUp)
      resolve()
    }
    const place = { key, enter }
    const giveUp = () => {
      line.splice(line.indexOf(place), 1)
      reject(reasonOf(signal))
    }
    line.push(place)
    signal?.addEventListener('abort', giveUp)
  })
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason })
}
