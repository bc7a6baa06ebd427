import { readdirSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Linter } from 'eslint'
import { LegacyESLint } from 'eslint/use-at-your-own-risk'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FOLDERS = ['server', 'features', 'domain', 'plugins', 'db', 'scripts']

describe('the house', () => {
  it('has no circle of imports, through types neither', () => {
    const files = FOLDERS.flatMap(folder =>
      readdirSync(resolve(ROOT, folder), { recursive: true, encoding: 'utf8' }).map(name => `${folder}/${name}`),
    )
    const sources = ['app.ts', 'server.ts', ...files.filter(name => name.endsWith('.ts'))]
    expect(sources.length).toBeGreaterThan(200)
    expect(circleIn(new Map(sources.map(file => [file, importsOf(file)])))).toBeUndefined()
  })

  it('finds a circle where there is one', () => {
    const graph = { a: ['b', 'c'], b: ['d'], c: ['d', 'e'], d: [], e: ['a'] }
    expect(circleIn(new Map(Object.entries(graph)))).toEqual(['a', 'c', 'e', 'a'])
  })

  it('has features and their list in features/, and nothing else', () => {
    const files = readdirSync(resolve(ROOT, 'features'), { withFileTypes: true }).filter(entry => !entry.isDirectory())
    expect(files.map(({ name }) => name)).toEqual(['index.ts'])
  })
})

/** A file in this place, what it must not import, and the words of the refusal. */
const REFUSED: readonly [string, string, RegExp][] = [
  ['db/sqlite/connection.ts', '../../plugins/config.ts', /db\/ is below everything else/],
  ['plugins/health.ts', '../domain/time.ts', /Everything else depends on plugins/],
  ['plugins/auth/identity.ts', '../../features/users/schemas.ts', /Everything else depends on plugins/],
  ['plugins/health.ts', '../db/sqlite.ts', /Only db\/open.ts knows a driver/],
  ['domain/panels/search.ts', '../../features/events/schemas.ts', /What features share knows none of them/],
  ['domain/panels/search.ts', '../../db/open.ts', /know db\/database.ts alone/],
  ['features/events/service.ts', '../../app.ts', /does not know what runs it/],
  ['features/events/service.ts', '../../db/open.ts', /know db\/database.ts alone/],
  ['features/events/service.ts', '../tasks/service.ts', /No feature imports another/],
  ['features/events/replies/service.ts', '../../outbox/letters.ts', /No feature imports another/],
  ['features/events/replies/service.ts', './routes.ts', /does not know who calls it/],
  ['features/events/routes.ts', './repository.ts', /A route knows its service/],
  ['features/events/replies/routes.ts', '../../../db/database.ts', /A route knows its service/],
  ['features/interviewers/import-routes.ts', './repository.ts', /A route knows its service/],
  ['features/availability/repository.ts', './service.ts', /A repository holds SQL/],
  ['features/outbox/people-repository.ts', '../../plugins/errors.ts', /A repository holds SQL/],
  ['features/availability/schemas.ts', './repository.ts', /Schemas are what the others build on/],
  ['features/index.ts', './events/service.ts', /Register a feature by its index.ts/],
  ['app.ts', './features/events/index.ts', /Only features\/index.ts imports features/],
  ['server/instance.ts', '../features/events/service.ts', /Only features\/index.ts imports features/],
]

describe('the rule of layers', () => {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the class that reads .eslintrc.json
  const eslint = new LegacyESLint({
    cwd: ROOT,
    useEslintrc: false,
    overrideConfig: rulesOfImports(),
    resolvePluginsRelativeTo: ROOT,
  })
  const refusals = async (file: string, imported: string) => {
    const [result] = await eslint.lintText(`import '${imported}'\n`, { filePath: resolve(ROOT, file) })
    return (result?.messages ?? []).map(({ message }) => message).join('\n')
  }

  it.each(REFUSED)('%s may not import %s', async (file, imported, why) => {
    expect(await refusals(file, imported)).toMatch(why)
  })

  it.each([
    ['features/events/replies/service.ts', '../service.ts'],
    ['features/events/replies/service.ts', '../../../domain/time.ts'],
    ['features/events/routes.ts', './service.ts'],
    ['features/interviewers/import-routes.ts', './import-service.ts'],
    ['domain/panels/people.ts', '../../db/database.ts'],
    ['plugins/health.ts', '../db/database.ts'],
    ['db/open.ts', './sqlite.ts'],
  ])('%s may import %s', async (file, imported) => {
    expect(await refusals(file, imported)).toBe('')
  })
})

/** The configuration of the house, with nothing but its rules about who imports whom. */
function rulesOfImports(): Linter.LegacyConfig {
  const { config, error } = ts.parseConfigFileTextToJson(
    'eslint',
    readFileSync(resolve(ROOT, '.eslintrc.json'), 'utf8'),
  )
  expect(error).toBeUndefined()
  const only = (rules: Linter.RulesRecord = {}): Linter.RulesRecord =>
    Object.fromEntries(
      Object.entries(rules).filter(([rule]) => /^(import-x\/no-restricted-paths|no-restricted-imports)$/.test(rule)),
    )
  return {
    root: true,
    parser: config.parser,
    parserOptions: { sourceType: 'module' },
    plugins: ['import-x'],
    settings: config.settings,
    rules: only(config.rules),
    overrides: config.overrides.map(({ files, rules }: { files: string[]; rules: Linter.RulesRecord }) => ({
      files,
      rules: only(rules),
    })),
  }
}

/** The files of the house that a file imports, `import type` included, as paths from its root. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(resolve(ROOT, file), 'utf8'))
  return importedFiles
    .filter(({ fileName }) => /^\.\.?\/.*\.ts$/.test(fileName))
    .map(({ fileName }) => relative(ROOT, resolve(ROOT, dirname(file), fileName)))
}

/** The first circle that a depth-first search comes upon, from a file back to itself; undefined without one. */
function circleIn(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>()
  const search = (file: string, path: readonly string[]): string[] | undefined => {
    const start = path.indexOf(file)
    if (start >= 0) return [...path.slice(start), file]
    if (done.has(file)) return undefined
    for (const imported of graph.get(file) ?? []) {
      const circle = search(imported, [...path, file])
      if (circle) return circle
    }
    done.add(file)
    return undefined
  }
  for (const file of graph.keys()) {
    const circle = search(file, [])
    if (circle) return circle
  }
  return undefined
}
