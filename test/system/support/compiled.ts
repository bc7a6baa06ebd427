import { cpSync, existsSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../support/programs.ts'

const root = join(import.meta.dirname, '../../..')
const ASSETS = ['db', 'features', 'plugins']
const SOURCES = [
  ...ASSETS,
  'scripts',
  'app.ts',
  'server.ts',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
]

/** The server that `npm run build` makes, which is run first when something was changed since the last time. */
export async function builtServer(): Promise<string> {
  const mark = join(root, 'dist/.built')
  const built = existsSync(mark) ? statSync(mark).mtimeMs : 0
  if (SOURCES.some(source => changedAt(join(root, source)) > built)) {
    const { end, stdout, stderr } = await run('npm', ['run', '--prefix', root, 'build'])
    if (end !== 0) throw new Error(`npm run build failed: ${stdout}${stderr}`)
  }
  return join(root, 'dist/server.js')
}

function changedAt(path: string): number {
  const { mtimeMs } = statSync(path)
  if (!statSync(path).isDirectory()) return mtimeMs
  return Math.max(mtimeMs, ...readdirSync(path).map(name => changedAt(join(path, name))))
}

/**
 * The program as `npm run build` makes it, but in a folder of its own and without the check of its types: for tests
 * that start it again and again, because it starts in half the time. Gives the path of its server.
 */
export async function compiledInto(folder: string): Promise<string> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const project = join(root, 'tsconfig.build.json')
  const { end, stdout } = await run(process.execPath, [tsc, '-p', project, '--outDir', folder, '--noCheck'])
  if (end !== 0) throw new Error(`the program could not be compiled: ${stdout}`)
  for (const name of ASSETS) cpSync(join(root, name), join(folder, name), { recursive: true, filter: isAsset })
  cpSync(join(root, 'package.json'), join(folder, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return join(folder, 'server.js')
}

function isAsset(path: string): boolean {
  return statSync(path).isDirectory() || !path.endsWith('.ts')
}
