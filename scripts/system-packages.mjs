// `node scripts/system-packages.mjs`, the first step of `npm run verify`: installs the Debian packages that the build and
// the tests need, where it may. Plain JavaScript without dependencies, because it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What the installation needs on Node.js 20, where SQLite is compiled, and the tests everywhere; by program. */
const BASE = {
  python3: 'python3',
  make: 'make',
  'g++': 'g++',
  git: 'git',
  openssl: 'openssl',
  curl: 'curl',
  '/etc/ssl/certs/ca-certificates.crt': 'ca-certificates',
}
/** What only some tests need: they are left out where it is missing. By program, or by the file it consists of. */
const TESTS = {
  chromium: 'chromium',
  strace: 'strace',
  sqlite3: 'sqlite3',
  khal: 'khal',
  slowhttptest: 'slowhttptest',
  pdftotext: 'poppler-utils',
  '/usr/lib/python3/dist-packages/openpyxl': 'python3-openpyxl',
}
const INSTALL = ['apt-get', 'install', '-y', '--no-install-recommends']

/** The Debian packages of the programs that some tests need and this machine lacks. */
export function missingForTests() {
  return missing(TESTS)
}

/** The command that installs packages, for a person to type. */
export function installCommand(packages) {
  return ['sudo', ...INSTALL, ...packages].join(' ')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main()

function main() {
  const packages = missing({ ...BASE, ...TESTS })
  if (packages.length === 0) return console.log('Every program that the tests need is here.')
  const prefix = rootPrefix()
  if (!prefix) {
    return console.log(
      `These Debian packages are missing: ${packages.join(', ')}.\n` +
        'This run goes on without the tests that need them. To run those too:\n\n' +
        `  ${installCommand(packages)}\n`,
    )
  }
  console.log(`Installing the Debian packages that the tests need: ${packages.join(', ')} …`)
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  for (const command of [
    ['apt-get', 'update'],
    [...INSTALL, ...packages],
  ]) {
    const [program, ...args] = [...prefix, ...command]
    const { status } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: environment })
    if (status !== 0) {
      console.error(
        `"${command.join(' ')}" failed. What it printed above says why; "${installCommand(packages)}" tries again.`,
      )
      process.exit(1)
    }
  }
}

/** What to put before a command that only root may run; undefined where this person may not, or there is no apt-get. */
function rootPrefix() {
  if (!onPath('apt-get')) return undefined
  if (process.getuid?.() === 0) return []
  const allowed = onPath('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
  return allowed ? ['sudo', '-n', 'DEBIAN_FRONTEND=noninteractive'] : undefined
}

function missing(packages) {
  return Object.entries(packages)
    .filter(([name]) => !(name.startsWith('/') ? existsSync(name) : onPath(name)))
    .map(([, packageName]) => packageName)
}

function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some(folder => isExecutable(join(folder, program)))
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
