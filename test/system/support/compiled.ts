import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../support/programs.ts'

const root = join(import.meta.dirname, '../../..')
const own = 'test/system/support'
const cache = join(root, 'node_modules/.cache/panelist-test')
const KEPT_MS = 60 * 60 * 1000
const ASSETS = ['db', 'domain', 'features', 'plugins']
const SOURCES = [
  ...ASSETS,
  'scripts',
  'app.ts',
  'server.ts',
  'server',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
]
/** What the programs of the tests are made of besides. */
const PROGRAMS = [own, 'test/support/rows.ts']

/** The server that `npm run build` makes, which is run first when something was changed since the last time. */
export async function builtServer(): Promise<string> {
  if (!isBuilt()) {
    const { end, stdout, stderr } = await run('npm', ['run', '--prefix', root, 'build'])
    if (end !== 0) throw new Error(`npm run build failed: ${stdout}${stderr}`)
  }
  return join(root, 'dist/server.js')
}

/**
 * A server that starts in half the time that its sources take, because they are JavaScript already: compiled to the side
 * without a check of its types, nor a look at those of packages, once after each change.
 */
export async function compiledServer(): Promise<string> {
  return join(await compiledFolder(), 'server.js')
}

/** Command and arguments that run `scripts/<name>.ts`, compiled. */
export async function compiledScript(name: string, ...args: readonly string[]): Promise<[string, string[]]> {
  return [process.execPath, [join(await compiledFolder(), 'scripts', `${name}.js`), ...args]]
}

/** Command and arguments that run a program of this folder, `writer.mts`, compiled with all it needs of the program. */
export async function compiledProgram(name: string, ...args: readonly string[]): Promise<[string, string[]]> {
  const file = join(await compiledFolder(), own, name.replace(/\.mts$/, '.mjs'))
  return [process.execPath, [file, ...args]]
}

let compiled: Promise<string> | undefined

function compiledFolder(): Promise<string> {
  return (compiled ??= findOrCompile())
}

async function findOrCompile(): Promise<string> {
  const folder = join(cache, String(Math.round(lastChange([...SOURCES, ...PROGRAMS]))))
  if (!existsSync(folder)) await compile(folder, `${folder}.${process.pid}`)
  return folder
}

/** Makes it beside its place and moves it there whole: other tests may be doing the same at this moment. */
async function compile(folder: string, draft: string): Promise<void> {
  mkdirSync(draft, { recursive: true })
  for (const name of readdirSync(cache)) {
    const old = join(cache, name)
    if (statSync(old).mtimeMs < Date.now() - KEPT_MS) rmSync(old, { recursive: true, force: true })
  }
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const project = join(root, own, 'tsconfig.json')
  const { end, stdout } = await run(process.execPath, [tsc, '-p', project, '--outDir', draft, '--noCheck'])
  if (end !== 0) throw new Error(`the program could not be compiled: ${stdout}`)
  for (const name of ASSETS) cpSync(join(root, name), join(draft, name), { recursive: true, filter: isAsset })
  cpSync(join(root, 'package.json'), join(draft, 'package.json'))
  try {
    renameSync(draft, folder)
  } catch (error) {
    rmSync(draft, { recursive: true })
    if (!existsSync(folder)) throw error
  }
}

/** Whether `npm run build` has put the program into `dist`, and nothing was changed since. */
function isBuilt(): boolean {
  const mark = join(root, 'dist/.built')
  return existsSync(mark) && statSync(mark).mtimeMs > lastChange(SOURCES)
}

function lastChange(sources: readonly string[]): number {
  return Math.max(...sources.map(source => changedAt(join(root, source))))
}

function changedAt(path: string): number {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map(name => changedAt(join(path, name))))
}

function isAsset(path: string): boolean {
  return statSync(path).isDirectory() || !path.endsWith('.ts')
}
