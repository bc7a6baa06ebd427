import { readFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { describe, expect, it } from 'vitest'
import { configurationPage } from '../../docs/configuration-page.ts'

const at = (file: string) => new URL(`../../docs/${file}`, import.meta.url)
const read = (file: string) => readFileSync(at(file), 'utf8')

describe('the operations guide', () => {
  it('has every variable as the schema has it', async () => {
    const options = { ...(await resolveConfig(at('configuration.md').pathname)), parser: 'markdown' }
    expect(read('configuration.md'), 'run: npm run docs:configuration').toBe(await format(configurationPage(), options))
  })

  it('links to files that are there, and names commands that are there', () => {
    const guide = read('operations.md')
    for (const [, file = ''] of guide.matchAll(/\]\((?!http)([^)]+)\)/g)) expect(read(file).length).toBeGreaterThan(0)
    const manifest: { scripts: Record<string, string> } = JSON.parse(read('../package.json'))
    for (const [, name = ''] of guide.matchAll(/npm run ([\w:]+)/g)) expect(manifest.scripts).toHaveProperty([name])
    for (const [, name = ''] of guide.matchAll(/^panelist ([\w-]+)/gm)) {
      expect(readFileSync(at(`../scripts/${name}.ts`), 'utf8')).not.toBe('')
    }
  })
})
