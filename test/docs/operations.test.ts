import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { describe, expect, it } from 'vitest'
import { configurationPage } from '../../scripts/docs/configuration-page.ts'
import { temporaryFolder } from '../support/databases.ts'
import { run } from '../support/programs.ts'

const at = (file: string) => new URL(`../../docs/${file}`, import.meta.url)
const read = (file: string) => readFileSync(at(file), 'utf8')

describe('the operations guide', () => {
  it('has every variable as the schema has it', async () => {
    const options = { ...(await resolveConfig(at('configuration.md').pathname)), parser: 'markdown' }
    expect(read('configuration.md'), 'run: npm run docs:configuration').toBe(await format(configurationPage(), options))
  })

  it('has a command that takes the settings of the service as systemd does', async () => {
    const folder = temporaryFolder()
    const settings = {
      BACKUP_SCHEDULE: '0 4 * * 1',
      DATABASE_URL: 'postgres://panelist:p$1@db/panelist?a=1&b=2',
      METRICS_TOKEN: 'dG9rZW4gZm9yIHRlc3Rz==',
    }
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
    writeFileSync(
      join(folder, 'environment'),
      ['# settings', '', ' ', 'no setting', ...lines, '  MAIL_FROM="no reply" '].join('\n'),
    )
    const command = read('../deploy/panelist').replaceAll(/\/etc\/panelist|\/var\/lib\/panelist/g, folder)
    const { end, stdout, stderr } = await run('sh', [
      '-c',
      command.replace(/^exec .*$/m, 'exec env'),
      'panelist',
      'any',
    ])
    rmSync(folder, { recursive: true })
    expect([end, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')).toEqual(expect.arrayContaining([...lines, 'MAIL_FROM=no reply']))
  })

  it('names commands of the installed program that exist', () => {
    for (const page of ['operations.md', 'scaling.md']) {
      for (const [, name = ''] of read(`guide/${page}`).matchAll(/(?:^|`)panelist ([a-z-]+)/gm)) {
        expect(readFileSync(at(`../scripts/${name}.ts`), 'utf8')).not.toBe('')
      }
    }
  })
})
