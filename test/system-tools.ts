// Some tests drive a real browser, the plain SQLite shell, a disk that fails, slow clients, a calendar program or a reader of
// spreadsheets, and so need programs of the system.
// On a developer's machine without them those tests are left out, which is said loudly; in CI a missing program fails.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { installCommand, missingForTests } from '../scripts/system-packages.mjs'

const FOLDERS = ['test/system', 'test/browser', 'test/domain/icalendar/programs', 'test/domain/lists/programs']
const root = join(import.meta.dirname, '..')

/** The test folders this run does without: none in CI, and none when every program is there. */
export function foldersLeftOut(): string[] {
  return process.env['CI'] || missingForTests().length === 0 ? [] : FOLDERS
}

/** Called by Vitest before the first test. */
export function setup(): void {
  warn()
}

/** Called by Vitest after the last test. */
export function teardown(): void {
  warn()
}

function warn(): void {
  const files = foldersLeftOut().flatMap(testFiles)
  if (files.length === 0) return
  const missing = missingForTests()
  const bar = '!'.repeat(100)
  const lines = [
    '',
    bar,
    `!! NOT A FULL RUN. Missing here: ${missing.join(', ')}. Left out are ${files.length} test file(s):`,
    ...files.map(file => `!!   ${file}`),
    '!! To run them too:',
    `!!   ${installCommand(missing)}`,
    bar,
    '',
  ]
  process.stderr.write(lines.join('\n') + '\n')
}

function testFiles(folder: string): string[] {
  const path = join(root, folder)
  if (!existsSync(path)) return []
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts'))
    .map(name => join(folder, name))
    .sort()
}
