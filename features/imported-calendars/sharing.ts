type Work<Result> = (signal: AbortSignal) => Promise<Result>

interface Running<Result> {
  readonly result: Promise<Result>
  readonly ending: AbortController
  waiting: number
}

/** Does the same work once for all who want it at the same time. It ends when the last of them has left. */
export function sharing<Result>(): (key: string, signal: AbortSignal, work: Work<Result>) => Promise<Result> {
  const known = new Map<string, Running<Result>>()
  const start = (key: string, work: Work<Result>): Running<Result> => {
    const ending = new AbortController()
    const result = work(ending.signal).finally(() => forget(key, running))
    const running: Running<Result> = { result, ending, waiting: 0 }
    known.set(key, running)
    return running
  }
  const forget = (key: string, running: Running<Result>) => {
    if (known.get(key) === running) known.delete(key)
  }
  return async (key, signal, work) => {
    signal.throwIfAborted()
    const running = known.get(key) ?? start(key, work)
    running.waiting += 1
    const leave = () => {
      running.waiting -= 1
      if (running.waiting > 0) return
      forget(key, running)
      running.ending.abort(signal.reason)
    }
    signal.addEventListener('abort', leave)
    try {
      const result = await running.result
      signal.throwIfAborted()
      return result
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }
}
