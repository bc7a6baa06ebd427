import { existsSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openShell } from '../../db/open.ts'
import { asTable } from '../../scripts/sql-output.ts'
import { converse } from '../../scripts/sql-session.ts'
import { openSqliteForTest, temporaryFolder, type TestDatabase } from '../support/databases.ts'
import { countOf, insertUser } from '../support/rows.ts'
import { runScript } from '../support/scripts.ts'

let opened: TestDatabase
const sql = (args: string[], input = '') => runScript(opened.url, 'sql', args, { input })

beforeEach(async () => {
  opened = await openSqliteForTest()
  await insertUser(opened.database, 'ada')
})
afterEach(() => opened.close())

describe('sql', () => {
  it('prints rows as an aligned table, numbers to the right', async () => {
    const { end, stdout } = await sql([`SELECT name, 7 AS n FROM users UNION ALL SELECT 'Zoë 日本', 1234 ORDER BY 1`])
    expect(end).toBe(0)
    expect(stdout).toBe(
      ['name         n', '────────  ────', 'User ada     7', 'Zoë 日本  1234', '(2 rows)', ''].join('\n'),
    )
  })

  it('prints JSON with --json: both of two columns, whole integers, blobs, null', async () => {
    const { stdout } = await sql(['--json', `SELECT 1 AS a, x'00ff' AS b, NULL AS c, 9007199254740993 AS d`])
    expect(JSON.parse(stdout)).toEqual([{ a: 1, b: '00ff', c: null, d: '9007199254740993' }])
  })

  it('lets nothing that was stored steer the terminal', async () => {
    const { stdout } = await sql([`SELECT char(27) || '[2J' || char(10) AS a, 1 AS b`])
    expect(stdout).toContain('\\u{1b}[2J\\n')
  })

  it('runs what is piped into it, statements of many lines and commands, up to .quit', async () => {
    const { end, stdout } = await sql(
      [],
      '.tables\nSELECT count(*)\n  AS people\nFROM users;\n.schema user_stats\n.quit\nSELECT 1;',
    )
    expect(end).toBe(0)
    expect(stdout).toContain('\nschema_migrations\n')
    expect(stdout).toContain('\npeople\n──────\n     1\n')
    expect(stdout).toContain('CREATE TABLE user_stats (')
    expect(stdout).toContain('CREATE TRIGGER user_stats_watched_update')
    expect(stdout).not.toContain('CREATE TABLE users')
  })

  it('tells an error in the words of SQLite, goes on, and ends with exit code 1', async () => {
    const { end, stdout, stderr } = await sql(['SELECT missing; SELECT 42 AS answer; SELECT * FROM nowhere'])
    expect(end).toBe(1)
    expect(stderr).toBe('Error: no such column: missing\nError: no such table: nowhere\n')
    expect(stdout).toContain('42')
  })

  it.each([
    ['a statement', `DELETE FROM users`],
    ['a statement after a pragma', `PRAGMA query_only = OFF; DELETE FROM users`],
    ['a new table', `CREATE TABLE x (a)`],
  ])('refuses to change the database by %s', async (_, statement) => {
    const { end, stderr } = await sql([statement])
    expect(end).toBe(1)
    expect(stderr).toContain('attempt to write a readonly database (start with --write to change it)')
    expect(await countOf(opened.database, 'users')).toBe(1)
  })

  it('changes it with --write, by the rules of the program, as the open program sees at once', async () => {
    opened.database.changedTables()
    const { stdout } = await sql(['--write', `UPDATE users SET name = 'Ada'; DELETE FROM interviewers`])
    expect(stdout).toBe('1 row changed\n0 rows changed\n')
    expect(opened.database.changedTables()).toEqual(['users'])
    const orphan = `INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at) VALUES ('s', 'nobody', '', '', '')`
    expect(await sql(['--write', orphan])).toMatchObject({ end: 1, stderr: 'Error: FOREIGN KEY constraint failed\n' })
  })

  it('runs a trigger of many statements as one', async () => {
    const trigger =
      'CREATE TRIGGER t AFTER DELETE ON users BEGIN SELECT 1; SELECT CASE WHEN 1 THEN 2 END; END; SELECT 5 AS n;'
    expect(await sql(['--write', trigger])).toMatchObject({ end: 0, stderr: '' })
  })

  it('makes no database where there is none', async () => {
    const url = `file:${temporaryFolder()}/none.db`
    const { end, stderr } = await runScript(url, 'sql', ['SELECT 1'])
    expect(end).toBe(1)
    expect(stderr).toMatch(/^There is no database at .*none\.db; "npm run migrate" makes it\n$/)
    expect(existsSync(url.slice('file:'.length))).toBe(false)
  })

  it('explains itself', async () => {
    expect(await sql(['--help'])).toMatchObject({ end: 0, stdout: expect.stringContaining('.schema') })
  })
})

describe('the conversation', () => {
  /** Types lines into the shell and returns what it said. */
  async function typed(...lines: string[]): Promise<string[]> {
    const said: string[] = []
    const shell = await openShell(opened.url)
    const input = new PassThrough()
    const output = new PassThrough().resume()
    const talk = { shell, limit: 2, format: asTable, print: said.push.bind(said), complain: said.push.bind(said) }
    input.end(lines.map(line => `${line}\n`).join(''))
    await converse(talk, input, output)
    shell.close()
    return said.slice(1) // the greeting
  }

  it('takes statements of many lines, shows so many rows and says that there are more', async () => {
    expect(await typed('SELECT 1 AS n UNION', 'SELECT 2 UNION SELECT 3', ';')).toEqual([
      ['n', '─', '1', '2', '(the first 2 rows; there are more)'].join('\n'),
    ])
  })

  it('goes on after an error, and ends at .quit', async () => {
    expect(await typed('SELECT oops;', '.nothing', "SELECT 'on' AS goes;", '.quit', 'SELECT 1;')).toEqual([
      'Error: no such column: oops',
      expect.stringContaining('Error: there is no .nothing'),
      ['goes', '────', 'on', '(1 row)'].join('\n'),
    ])
  })
})
