import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../db/open.ts'
import { sqliteMigrations, temporaryFolder } from '../support/databases.ts'
import { runScript } from '../support/scripts.ts'

const names = readdirSync(sqliteMigrations).sort()

describe('migrate', () => {
  let folder: string
  let file: string
  const migrate = (...args: string[]) => runScript(`file:${file}`, 'migrate', args)

  beforeEach(() => {
    folder = temporaryFolder()
    file = join(folder, 'panelist.db')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('lists with --dry-run what is pending, without so much as making the file', async () => {
    const { end, stdout, stderr } = await migrate('--dry-run')
    expect({ end, stderr }).toEqual({ end: 0, stderr: '' })
    expect(stdout.split('\n').filter(line => line.startsWith('pending'))).toEqual(names.map(name => `pending  ${name}`))
    expect(existsSync(file)).toBe(false)
  })

  it('applies every migration, names each, and has nothing left to do afterwards', async () => {
    const first = await migrate()
    expect(first.stdout).toBe(
      [...names.map(name => `applied  ${name}`), `${names.length} migrations are applied.`, ''].join('\n'),
    )
    const upToDate = { end: 0, stdout: 'The database is up to date.\n', stderr: '' }
    expect(await migrate()).toEqual(upToDate)
    expect(await migrate('--dry-run')).toEqual(upToDate)
  })

  it('refuses a database that is newer than the program, with a sentence', async () => {
    await migrate()
    const { database } = await openDatabase(`file:${file}`)
    await database.run(`INSERT INTO schema_migrations VALUES (999, '999_later.sql', '', '')`)
    await database.close()
    const { end, stderr } = await migrate()
    expect(end).toBe(1)
    expect(stderr).toMatch(/^This database is newer than this program: .*999_later\.sql.*\n$/)
  })

  it('refuses a wrong configuration, and an option there is not, with exit code 1', async () => {
    const wrong = await runScript('mysql://nowhere', 'migrate')
    expect(wrong).toMatchObject({ end: 1, stdout: '' })
    expect(wrong.stderr).toContain('DATABASE_URL: expected')
    expect(await migrate('--sideways')).toMatchObject({ end: 1, stderr: expect.stringContaining('--sideways') })
  })

  it('explains itself', async () => {
    expect(await migrate('--help')).toMatchObject({ end: 0, stdout: expect.stringContaining('--dry-run') })
  })
})
