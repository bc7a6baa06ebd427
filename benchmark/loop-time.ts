import { readFileSync } from 'node:fs'

/** The processor time that the main thread of a process has had, in ms (man 5 proc, schedstat): other programs take none of it. */
export function loopTime(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
}
