import createError from '@fastify/error'

const Busy = createError('UNDER_PRESSURE', 'Too many passwords are being checked at the moment; please try again', 503)

type Limited = <Result>(work: () => Promise<Result>) => Promise<Result>

/** Runs `atOnce` pieces of work at a time while `waiting` more stand in line; a longer line is refused with a 503. */
export function concurrencyLimit({ atOnce, waiting }: { atOnce: number; waiting: number }): Limited {
  let running = 0
  const line: (() => void)[] = []
  const enter = async () => {
    if (running < atOnce) {
      running += 1
      return
    }
    if (line.length >= waiting) throw new Busy()
    await new Promise<void>(resolve => line.push(resolve))
  }
  /** Whoever is next takes over the place, so that nobody slips in between. */
  const leave = () => {
    const next = line.shift()
    if (next) next()
    else running -= 1
  }
  return async work => {
    await enter()
    try {
      return await work()
    } finally {
      leave()
    }
  }
}
