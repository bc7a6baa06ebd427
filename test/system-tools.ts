// Some tests drive a real browser, the plain SQLite shell, a disk that fails, slow clients, a calendar program or a reader of
// spreadsheets, and so need programs of the system.
// On a developer's machine without them those tests are left out, which is said loudly; in CI a missing program fails.
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Debian's packages, by what each of them brings. */
const TOOLS = new Map([
  ['chromium', 'chromium'],
  ['strace', 'strace'],
  ['sqlite3', 'sqlite3'],
  ['khal', 'khal'],
  ['slowhttptest', 'slowhttptest'],
  ['pdftotext', 'poppler-utils'],
])
const MODULES = new Map([['/usr/lib/python3/dist-packages/openpyxl', 'python3-openpyxl']])
const FOLDERS = ['test/system', 'test/browser', 'test/domain/icalendar/programs', 'test/domain/lists/programs']
const root = join(import.meta.dirname, '..')

/** The Debian packages of the programs tests need that are not there. */
export function missingTools(): string[] {
  const path = (process.env['PATH'] ?? '').split(delimiter)
  const programs = [...TOOLS].filter(([tool]) => !path.some(folder => isExecutable(join(folder, tool))))
  const modules = [...MODULES].filter(([module]) => !existsSync(module))
  return [...programs, ...modules].map(([, packageName]) => packageName)
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
