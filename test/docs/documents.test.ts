// The documents say what is true: their links lead somewhere, their commands run, and every setting stands in one table.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { features } from '../../features/index.ts'
import { ConfigSchema } from '../../plugins/config/schema.ts'
import { makeDemoData } from '../../scripts/demo/make.ts'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { run, start } from '../support/programs.ts'

const ROOT = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
const below = (folder: string) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
const MANIFEST: { version: string; scripts: Record<string, string> } = JSON.parse(read('package.json'))

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...below('docs')
    .filter(file => file.endsWith('.md'))
    .map(file => join('docs', file)),
]
const GUIDE = DOCUMENTS.filter(file => file === 'README.md' || /^docs\/(?!configuration)/.test(file))

/** Who runs the blocks of shell in the README and below docs/, by the word behind the language. */
const RUN_BY = {
  try: 'this file',
  socket: 'this file',
  fetch: 'this file',
  install: 'test/system/operations.test.ts',
  backup: 'test/system/operations.test.ts',
  restore: 'test/system/operations.test.ts',
  examples: 'test/docs/examples.test.ts',
  postman: 'test/scripts/postman.test.ts',
  start: 'test/scripts/quickstart.test.ts and whoever runs these tests',
  upgrade: 'a person, before a release',
  postgres: 'a person, before a release; test/scripts/db-copy.test.ts runs the move',
  docker: 'a person, before a release',
}

/** The blocks of shell in a document that carry a mark. */
function blocks(file: string, mark: string): string[] {
  return [...read(file).matchAll(new RegExp(`^\`\`\`sh ${mark}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  )
}

/** The anchors that a heading has on GitHub. */
function anchors(file: string): string[] {
  return [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

/** Where a document leads to, as files from the root, each with its anchor. */
function linksOf(file: string): { target: string; anchor: string | undefined }[] {
  return [...read(file).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(([, path = '', anchor]) => ({
    target: path === '' ? file : join(dirname(file), path),
    anchor,
  }))
}

describe('the documents', () => {
  it.each(DOCUMENTS)('%s leads to files and headings that exist', file => {
    for (const { target, anchor } of linksOf(file)) {
      if (target.endsWith('/')) expect(below(target).length, target).toBeGreaterThan(0)
      else expect(read(target).length, target).toBeGreaterThan(0)
      if (anchor !== undefined) expect(anchors(target), `${file} → ${target}`).toContain(anchor)
    }
  })

  it('are all in the index, and those for readers in the README as well', () => {
    const found = (file: string) => linksOf(file).map(({ target }) => target)
    const listed = ['docs/README.md', 'README.md', 'LICENSE']
    expect(DOCUMENTS.filter(file => !listed.includes(file) && !found('docs/README.md').includes(file))).toEqual([])
    expect(DOCUMENTS.filter(file => file !== 'README.md' && !found('README.md').includes(file))).toEqual([])
  })

  it('begin with a README that is read in a few minutes', () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(180)
  })

  it('name no npm command that does not exist, and every one that is for people', () => {
    const named = new Set(
      DOCUMENTS.flatMap(file => [...read(file).matchAll(/npm run ([\w:]+)/g)]).map(([, name]) => name),
    )
    for (const name of named) expect(MANIFEST.scripts).toHaveProperty([name ?? ''])
    const forMachines = ['prepare', 'start', 'test']
    const forPeople = Object.keys(MANIFEST.scripts).filter(name => !forMachines.includes(name))
    expect(forPeople.filter(name => !named.has(name))).toEqual([])
  })

  it('explain every setting in one table, and no setting in another', () => {
    const rows = (file: string) => [...read(file).matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name)
    const settings = Object.keys(ConfigSchema.properties)
    expect(rows('docs/configuration.md')).toEqual(settings)
    for (const file of GUIDE) expect(rows(file).filter(name => settings.includes(name ?? ''))).toEqual([])
  })

  it('have the release of the program at the top of the changelog, in the words of Keep a Changelog', () => {
    const changelog = read('CHANGELOG.md')
    const [, newest] = /^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$/m.exec(changelog) ?? []
    const { version }: { version: string } = JSON.parse(read('package-lock.json'))
    expect([newest, version]).toEqual([MANIFEST.version, MANIFEST.version])
    const kinds = new Set([...changelog.matchAll(/^### (.+)$/gm)].map(([, kind]) => kind))
    expect(['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']).toEqual(
      expect.arrayContaining([...kinds]),
    )
  })

  it('name no setting that does not exist', () => {
    const known = new Set(Object.keys(ConfigSchema.properties).flatMap(name => [name, `${name}_FILE`]))
    const other =
      /^(PANELIST|POSTGRES|TEST|EVENT|TASK|INTERVIEWER|SUBSCRIBE|UNSUBSCRIBE|NO|TIME|TOO|LOAD|UNDER|IDEMPOTENCY|DATABASE_UN)/
    const named = GUIDE.flatMap(file => [...read(file).matchAll(/`([A-Z]+_[A-Z_]+)(?:=[^`]*)?`/g)]).map(
      ([, name]) => name ?? '',
    )
    expect(named.filter(name => !known.has(name) && !other.test(name))).toEqual([])
  })

  it('name every resource that a token can be let near', () => {
    const [, scopes = ''] = /^A scope is ([^;]+);/m.exec(read('docs/guide/scripting.md')) ?? []
    const named = [...scopes.matchAll(/`(\w+)`/g)].map(([, name]) => name)
    expect(named).toEqual(['read', 'write', ...new Set(features.flatMap(({ scope }) => scope ?? []))])
  })

  it('say nothing is always true without a test that carries its number', () => {
    const [, list = ''] = /### Always true\n([\s\S]*?)\n## /.exec(read('docs/guide/architecture.md')) ?? []
    const statements = [...list.matchAll(/^(\d)\. /gm)].map(([, number]) => Number(number))
    const tests = below('test')
      .filter(file => file.endsWith('.test.ts'))
      .map(file => read(join('test', file)))
    const carried = tests.flatMap(text => [...text.matchAll(/\(always true: ([\d, ]+)\)/g)].map(([, all = '']) => all))
    expect(statements).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect([...new Set(carried.flatMap(all => all.split(', ').map(Number)))].sort()).toEqual(statements)
  })

  it.each(GUIDE)('%s has no command that nobody runs', file => {
    const marks = [...read(file).matchAll(/^ *```(?:sh|bash|shell|console)\b *(.*)$/gm)].map(([, mark]) => mark)
    expect(marks.filter(mark => !Object.keys(RUN_BY).includes(mark ?? ''))).toEqual([])
  })
})

describe('the commands of the documents', () => {
  let t: TestApp
  let address: string
  let staff: SignedIn

  beforeAll(async () => {
    t = await testApp()
    await makeDemoData(t.db, { seed: 1, interviewers: 12, events: 40 })
    address = await t.app.listen({ host: '127.0.0.1', port: 0 })
    staff = await t.signedIn('talent', 'Tess Talent')
  })
  afterAll(() => t.close())

  const here = (text: string) => text.replaceAll('127.0.0.1:3000', new URL(address).host)

  /** Runs the blocks of a document that anybody may try, in their order and one shell; every line it prints is JSON. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers freely
  async function tried(file: string): Promise<any[]> {
    const prologue = [`cd ${t.folder}`, `TOKEN=${staff.token}`, `curl() { command curl --write-out '\\n' "$@"; }`]
    const script = here([...prologue, ...blocks(file, 'try')].join('\n'))
    const { end, stdout, stderr } = await run('bash', ['--norc', '-euo', 'pipefail', '-c', script])
    expect([end, stderr]).toEqual([0, ''])
    return stdout
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line))
  }

  it('book an interview and refuse the next, as the README shows', async () => {
    const [booked, refused] = await tried('README.md')
    expect(booked).toMatchObject({ status: 'scheduled', startsAt: '2030-03-05T14:00:00.000Z' })
    const [, shown = ''] = /```json\n([\s\S]*?)```/.exec(read('README.md')) ?? []
    const { details, ...refusal } = JSON.parse(shown)
    expect(refused).toMatchObject(refusal)
    const unnamed = { interviewerId: expect.any(String), eventId: booked.id }
    expect(refused.details[0]).toMatchObject({ ...details[0], ...unnamed })
  })

  it('book the fairest panel and find a time, as the guide to scheduling shows', async () => {
    const [booked, found] = await tried('docs/guide/scheduling.md')
    expect(booked).toMatchObject({ status: 'scheduled', panel: [{ role: 'lead' }, { role: 'interviewer' }] })
    expect(found.slots).toHaveLength(3)
    expect(found.explain).toBeDefined()
  })

  it('make a token, export and import, as the guide to scripts shows', async () => {
    const [listed, imported] = await tried('docs/guide/scripting.md')
    expect(listed.data).toHaveLength(3)
    expect(imported).toMatchObject({ dryRun: true })
  })

  it('follow changes, as the guide to scripts shows', async () => {
    const [block = ''] = blocks('docs/guide/scripting.md', 'socket')
    const program = start('bash', ['--norc', '-c', `cd ${ROOT}; TOKEN=${staff.token}; exec ${here(block)}`])
    const { value } = await program.lines.next()
    expect(JSON.parse(value ?? '')).toMatchObject({ type: 'SUBSCRIBED', topic: 'EVENTS' })
    program.process.kill()
    await program.finished
  })

  it('fetch a backup and compare it with its checksum, as the guide to operations shows', async () => {
    const admin = await t.signedIn('admin')
    const { body } = await t.post('/api/backups', undefined, admin)
    const commands = here(blocks('docs/guide/operations.md', 'fetch').join('')).replace(
      /panelist-\w+\.db\.gz/,
      body.name,
    )
    const script = `set -euo pipefail; cd ${t.folder}; TOKEN=${admin.token}\n${commands}`
    expect(await run('bash', ['--norc', '-c', script])).toEqual({ end: 0, stdout: `${body.name}: OK\n`, stderr: '' })
  })
})
