// The one knob of what the tests cost: `npm test` runs each kind of test at a size that still finds its fault, and
// `npm run soak` (SOAK=1) runs the files that have a larger size at that.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const soaking = Boolean(process.env['SOAK'])
const tests = join(import.meta.dirname, '..')

/** Takes the two sizes of a test and returns the one of this run. */
export function scaled(usual: number, full: number): number {
  return soaking ? full : usual
}

/** The test files of this run: all of them, or with SOAK those that have a full size. */
export function testFiles(): string[] {
  if (!soaking) return ['test/**/*.test.ts']
  const files = readdirSync(tests, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.test.ts'))
  return files.filter(file => readFileSync(join(tests, file), 'utf8').includes('scaled(')).map(file => `test/${file}`)
}

/** A test waits for what it expects, however slow the machine is: these limits, in milliseconds, end only what hangs. */
export const TEST_LIMIT_MS = scaled(300_000, 3_600_000)
export const WAIT_LIMIT_MS = 120_000
