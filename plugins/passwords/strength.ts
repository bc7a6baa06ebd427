import { threadsFor } from '../aside.ts'
import type { Guess, Strength } from './strength-task.ts'

/** Loading the dictionaries takes about a second, the slowest password half of one. */
const aside = threadsFor({ of: 'passwords are being checked', atOnce: 1, waiting: 20, patienceMs: 15_000 })
const measure = aside<Guess, Strength>(import.meta.url, './strength-task')

/**
 * How hard `password` is to guess for somebody who knows `words`, which are what a guess would begin with. Measured on a
 * thread of its own, one for the process: the dictionaries are 100 MB in memory and a second to load, and a password made
 * for it keeps zxcvbn busy for half a second.
 */
export function strengthOf(password: string, words: readonly string[]): Promise<Strength> {
  return measure({ password, words })
}
