import { vi } from 'vitest'
import { WAIT_LIMIT_MS } from './scale.ts'

/** Tries `work` until it succeeds and returns what it returned. How long that takes is up to the machine. */
export function eventually<Result>(work: () => Result | Promise<Result>): Promise<Result> {
  return vi.waitFor(work, { timeout: WAIT_LIMIT_MS, interval: 10 })
}
