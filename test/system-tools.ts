// Some tests drive a real browser, the plain SQLite shell, a disk that fails or a calendar program, and so need programs
// of the system.
// On a developer's machine without them those tests are left out, which is said loudly; in CI a missing program fails.
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const TOOLS = ['chromium', 'strace', 'sqlite3', 'khal', 'slowhttptest']
const FOLDERS = ['test/system', 'test/browser', 'test/features/icalendar/programs']
const root = join(import.meta.dirname, '..')

/** The programs tests need that are not on the PATH. Their Debian packages have the same names. */
export function missingTools(): string[] {
  const path = (process.env['PATH'] ?? '').split(delimiter)
  return TOOLS.filter(tool => !path.some(folder => isExecutable(join(folder, tool))))
}

/** The test folders this run does without: none in CI, and none when every program is there. */
export function foldersLeftOut(): string[] {
  return process.env['CI'] || missingTools().length === 0 ? [] : FOLDERS
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
  const missing = missingTools()
  const bar = '!'.repeat(100)
  const lines = [
    '',
    bar,
    `!! NOT A FULL RUN. Missing here: ${missing.join(', ')}. Left out are ${files.length} test file(s):`,
    ...files.map(file => `!!   ${file}`),
    '!! To run them too:',
    `!!   sudo apt-get install -y --no-install-recommends ${missing.join(' ')}`,
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

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
