// `npm run quickstart` on a fresh clone: installs, builds, then hands over to dist/scripts/quickstart.js.
// Plain JavaScript without dependencies, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, join } from 'node:path'

const root = join(import.meta.dirname ?? '.', '..')
const NODE_FLOOR = [20, 19]
const SOURCES = [
  'app.ts',
  'server.ts',
  'server',
  'features',
  'domain',
  'plugins',
  'db',
  'scripts',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
]

requireNode()
if (isOlder('node_modules/.package-lock.json', ['package-lock.json'])) {
  console.log('Installing the packages (the first time takes up to two minutes) …')
  npm('ci', '--include=dev', '--no-audit', '--no-fund')
}
if (isOlder('dist/.built', SOURCES)) {
  console.log('Building …')
  npm('run', '--silent', 'build')
}
handOver()

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1])) return
  stop(`Panelist needs Node.js ${NODE_FLOOR.join('.')} or newer; this is ${process.versions.node}.`)
}

/** True when `product` does not exist or something in `sources` (files or folders) changed after it was made. */
function isOlder(product, sources) {
  const path = join(root, product)
  if (!existsSync(path)) return true
  const made = statSync(path).mtimeMs
  return sources.some(source => existsSync(join(root, source)) && changedAt(join(root, source)) > made)
}

/** The newest modification time below `path`, in ms. Folders count too: they change when a file is deleted. */
function changedAt(path) {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map(name => changedAt(join(path, name))))
}

/** Runs npm in the project and ends this process when it fails. */
function npm(...args) {
  const cli = process.env.npm_execpath
  const result =
    cli && basename(cli) === 'npm-cli.js'
      ? spawnSync(process.execPath, [cli, ...args], { cwd: root, stdio: 'inherit' })
      : spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  if (result.status === 0) return
  stop(`"npm ${args.join(' ')}" failed; what it printed above says why.`, result.status ?? 1)
}

function handOver() {
  const script = join(root, 'dist/scripts/quickstart.js')
  const server = spawn(process.execPath, [script, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })

  // Ctrl+C in a terminal reaches the whole process group, so the server already has it; passing it on once more
  // would count as the second signal that ends the server at once.
  process.on('SIGINT', () => process.stdin.isTTY || server.kill('SIGINT'))
  process.on('SIGTERM', () => server.kill('SIGTERM'))

  server.on('error', error => stop(`The server could not be started: ${error.message}`))
  server.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

function stop(sentence, code = 1) {
  console.error(sentence)
  process.exit(code)
}
