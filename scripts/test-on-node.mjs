// `npm run test:node -- 24 [FILTER…]`: runs tests on another release of Node.js, by default those of the database, the
// plugins and whole processes. The release comes from npm and is kept in a folder outside the tree. The packages are those
// installed here: what is native in them is built on Node-API, or chosen by it (db/sqlite/driver.mjs).
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

const DEFAULT_FILTERS = ['test/db', 'test/plugins', 'test/system']
const root = join(import.meta.dirname, '..')
const [release, ...filters] = process.argv.slice(2)

if (!/^\d+(\.\d+){0,2}$/.test(release ?? '')) {
  console.error('Name the release of Node.js to test on: "npm run test:node -- 24" or "npm run test:node -- 24.21.0".')
  process.exit(2)
}
const node = install(release)
console.log(`Testing on Node.js ${run(node, ['--version'], 'pipe').trim()} …`)
// First on the PATH, so that the programs which tests start by name run on it as well.
process.env.PATH = join(node, '..') + delimiter + process.env.PATH
run(node, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...(filters.length > 0 ? filters : DEFAULT_FILTERS)])

/** Takes the program itself, which npm has a package of for each platform: unlike `node@24` it runs no script to install. */
function install(version) {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const name = `node-${platform}-${process.arch}`
  const folder = join(tmpdir(), `panelist-node-${version}`)
  console.log(`Installing Node.js ${version} into ${folder} …`)
  mkdirSync(folder, { recursive: true })
  run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--no-save', `${name}@${version}`])
  return join(folder, 'node_modules', name, 'bin/node')
}

/** Runs a program to its end and returns what it printed, when that is piped; ends this process when it fails. */
function run(program, args, stdout = 'inherit') {
  const result = spawnSync(program, args, { cwd: root, stdio: ['ignore', stdout, 'inherit'], encoding: 'utf8' })
  if (result.error) console.error(`${program} could not be started: ${result.error.message}`)
  if (result.status !== 0) process.exit(result.status ?? 1)
  return result.stdout
}
