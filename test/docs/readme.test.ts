import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { features } from '../../features/index.ts'
import { ConfigSchema } from '../../plugins/config/schema.ts'
import { testApp } from '../support/app.ts'
import { run } from '../support/programs.ts'

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
const readme = read('README.md')

describe('the README', () => {
  it.each(Object.keys(ConfigSchema.properties))('explains the setting %s', name => {
    expect(readme).toContain(`\`${name}\``)
  })

  it('names every resource that a token can be let near', () => {
    const [, scopes = ''] = /^A scope is ([^;]+);/m.exec(readme) ?? []
    const named = [...scopes.matchAll(/`(\w+)`/g)].map(([, name]) => name)
    expect(named).toEqual(['read', 'write', ...new Set(features.flatMap(({ scope }) => scope ?? []))])
  })

  it('names no command that is not there, and every command that is for people', () => {
    const manifest: { scripts: Record<string, string> } = JSON.parse(read('package.json'))
    const named = new Set([...readme.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name ?? ''))
    for (const name of named) expect(manifest.scripts).toHaveProperty([name])
    const forMachines = ['format', 'format:check', 'prepare', 'test:coverage', 'start', 'test']
    for (const name of Object.keys(manifest.scripts)) if (!forMachines.includes(name)) expect(named).toContain(name)
  })

  it('says nothing is always true without a test that carries its number', () => {
    const [, list = ''] = /### Always true\n([\s\S]*?)\n## /.exec(readme) ?? []
    const statements = [...list.matchAll(/^(\d)\. /gm)].map(([, number]) => Number(number))
    const files = readdirSync(new URL('../', import.meta.url), { recursive: true, encoding: 'utf8' })
    const tests = files.filter(file => file.endsWith('.test.ts')).map(file => read(`test/${file}`))
    const carried = tests.flatMap(text => [...text.matchAll(/\(always true: ([\d, ]+)\)/g)].map(([, all = '']) => all))
    expect(statements).toEqual([1, 2, 3, 4, 5, 6])
    expect([...new Set(carried.flatMap(all => all.split(', ').map(Number)))].sort()).toEqual(statements)
  })

  it('shows how a backup is fetched and compared with its checksum', async () => {
    const t = await testApp()
    const address = await t.app.listen({ host: '127.0.0.1', port: 0 })
    const admin = await t.signedIn('admin')
    const { body } = await t.call({ method: 'POST', url: '/api/backups', as: admin })
    const [, shown = ''] = /```sh\n(backup=[^`]+)```/.exec(readme) ?? []
    const commands = shown.replace('http://127.0.0.1:3000', address).replace(/panelist-\w+\.db\.gz/, body.name)
    const script = `set -euo pipefail; cd ${t.folder}; TOKEN=${admin.token}\n${commands}`
    expect(await run('bash', ['-c', script])).toEqual({ end: 0, stdout: `${body.name}: OK\n`, stderr: '' })
    await t.close()
  })

  it('links to files that are there', () => {
    for (const [, file] of readme.matchAll(/\]\((?!http)([^)]+)\)/g)) expect(read(file ?? '').length).toBeGreaterThan(0)
  })
})
