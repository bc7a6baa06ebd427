import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { start } from './programs.ts'

const ROOT = join(import.meta.dirname, '../..')

/** A run of its own with the set-up of this one, on its server of PostgreSQL, as an exit hook there once hid every failure. */
describe('a run of tests', () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'panelist-summary-'))
    const test = {
      globals: true,
      include: ['*.test.js'],
      reporters: [join(ROOT, 'test/summary-reporter.ts')],
      globalSetup: [join(ROOT, 'test/support/postgres-server.ts')],
    }
    writeFileSync(join(folder, 'vitest.config.mjs'), `export default ${JSON.stringify({ test })}`)
    writeFileSync(join(folder, 'passes.test.js'), `test('passes', () => {})`)
    writeFileSync(join(folder, 'fails.test.js'), `test('fails', () => { throw new Error('on purpose') })`)
    writeFileSync(join(folder, 'breaks.test.js'), `throw new Error('on purpose')`)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each([
    ['passes', 0, 'tests: 1 passed, 0 failed'],
    ['fails', 1, 'tests: 0 passed, 1 failed'],
    ['breaks', 1, 'tests: 0 passed, 1 failed'],
  ])('that %s ends with %d, and its last line has the count', async (file, end, line) => {
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
    const program = start(process.execPath, [vitest, 'run', '--root', folder, file], {
      TEST_DATABASE_URL: inject('postgres').url,
    })
    const finished = await program.finished
    expect(finished.end, finished.stderr).toBe(end)
    expect(finished.stdout.trimEnd().split('\n').at(-1)).toBe(line)
  })
})
