import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testApp, type TestApp } from '../support/app.ts'
import type { Finished } from '../support/programs.ts'
import { runScript } from '../support/scripts.ts'

const PASSWORD = 'violet harbor anchors 42'
let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => t.close())

function program(name: string, args: readonly string[], input = ''): Promise<Finished> {
  return runScript(t.config.DATABASE_URL, name, args, { input })
}
const userCreate = (args: readonly string[], input = PASSWORD) =>
  program('user-create', ['--password-stdin', ...args], input)
const login = async (email: string, password: string) => t.post('/api/auth/login', { email, password })
const journalOf = (id: string) =>
  t.db.many(
    `SELECT action, actor_id AS "actorId", actor_name AS "actorName" FROM audit_logs
    WHERE entity_id = :id ORDER BY id LIMIT 10`,
    { id },
  )

describe('user:create', () => {
  it('makes an admin who can sign in, and tells the journal that the command line did', async () => {
    const done = await userCreate(
      ['--email', 'first@example.com', '--name', 'First Admin', '--role', 'admin'],
      `${PASSWORD}\n`,
    )
    expect(done).toEqual({ end: 0, stdout: 'First Admin <first@example.com> can sign in as admin.\n', stderr: '' })
    const { body } = await login('first@example.com', PASSWORD)
    expect(body.user).toMatchObject({ name: 'First Admin', role: 'admin', status: 'active' })
    expect(await journalOf(body.user.id)).toEqual([{ action: 'create', actorId: null, actorName: 'command line' }])
  })

  it('resets password and role of an account that is there, and signs it out', async () => {
    const one = await t.signedIn('admin')
    await t.signedIn('admin')
    const done = await userCreate(['--email', one.email.toUpperCase(), '--role', 'talent', '--reset'])
    expect(done).toMatchObject({ end: 0, stderr: '' })
    expect((await t.get('/api/sessions', one)).status).toBe(401)
    expect((await login(one.email, PASSWORD)).body.user).toMatchObject({ name: one.name, role: 'talent' })
  })

  it.each<[string, string[], string, RegExp]>([
    [
      'a taken address',
      ['--email', 'FIRST@example.com', '--name', 'Twin'],
      PASSWORD,
      /already an account with the address/,
    ],
    ['an address that is none', ['--email', 'nobody', '--name', 'X'], PASSWORD, /^email must be one mail address/],
    ['a new account without a name', ['--email', 'x@example.com'], PASSWORD, /--name/],
    ['a guessable password', ['--email', 'x@example.com', '--name', 'X'], 'password123', /easy to guess/],
    ['a short password', ['--email', 'x@example.com', '--name', 'X'], 'short', /^password must NOT have fewer/],
    ['the reset of an account that is not there', ['--email', 'x@example.com', '--reset'], PASSWORD, /no such account/],
    ['an unknown role', ['--email', 'x@example.com', '--role', 'owner'], PASSWORD, /Allowed choices/],
    ['no address', ['--name', 'X'], PASSWORD, /--email/],
  ])('refuses %s with one sentence and exit code 1', async (_what, args, input, sentence) => {
    const { end, stdout, stderr } = await userCreate(args, input)
    expect({ end, stdout }).toEqual({ end: 1, stdout: '' })
    expect(stderr).toMatch(sentence)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  it('asks for nothing where there is no terminal', async () => {
    const { end, stderr } = await program('user-create', ['--email', 'x@example.com', '--name', 'X'])
    expect(end).toBe(1)
    expect(stderr).toMatch(/use --password-stdin/)
  })

  it('explains itself', async () => {
    const { end, stdout } = await program('user-create', ['--help'])
    expect(end).toBe(0)
    for (const option of ['--email', '--name', '--role', '--password-stdin', '--reset'])
      expect(stdout).toContain(option)
  })
})

describe('usercount:recalculate', () => {
  it('says that the count was right, or what it had been', async () => {
    const { total } = (await t.db.one<{ total: number }>('SELECT count(*) AS total FROM users')) ?? { total: -1 }
    expect((await program('usercount-recalculate', [])).stdout).toBe(`${total} users: the count was right.\n`)
    await t.db.run('UPDATE user_stats SET total_users = 77')
    const done = await program('usercount-recalculate', [])
    expect(done).toEqual({ end: 0, stdout: `${total} users: the count had been 77 and is corrected.\n`, stderr: '' })
    expect(await t.db.one('SELECT total_users AS total FROM user_stats')).toEqual({ total })
  })
})
