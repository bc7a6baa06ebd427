import { readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../db/open.ts'
import { migrate } from '../../db/migrate.ts'
import { temporaryFolder } from '../support/databases.ts'
import { expectPortTaken, start, type Program } from '../support/programs.ts'
import { countOf, insertUser } from '../support/rows.ts'
import { runScript, startScript } from '../support/scripts.ts'

interface Running {
  readonly program: Program
  readonly block: string
  readonly url: string
  readonly password: string | undefined
}

let folder: string
let database: string
let running: Program[]

function prepare(): void {
  folder = temporaryFolder()
  database = `file:${join(folder, 'panelist.db')}`
  running = []
}

async function cleanUp(): Promise<void> {
  for (const program of running) program.process.kill('SIGKILL')
  await Promise.all(running.map(program => program.finished))
  rmSync(folder, { recursive: true, force: true })
}

/** Starts it and reads what it prints, up to how to stop it. */
async function quickstart(): Promise<Running> {
  const program = await startScript(database, 'quickstart', [], { PORT: '0', LOG_LEVEL: 'warn' })
  running.push(program)
  let block = ''
  for await (const line of program.lines) {
    block += `${line}\n`
    if (line.startsWith('Stop')) break
  }
  const url = /(http:\S+)\/docs/.exec(block)?.[1] ?? 'it did not start'
  return { program, block, url, password: /^Password {2}(\S+)$/m.exec(block)?.[1] }
}

async function stop({ program }: Running): Promise<void> {
  program.process.kill('SIGTERM')
  expect((await program.finished).end).toBe(0)
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into answers freely
async function parsed(response: Response): Promise<any> {
  return response.json()
}

async function signIn({ url, password }: Running, email: string) {
  const response = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  expect(response.status).toBe(200)
  const { accessToken, user } = await parsed(response)
  const get = async (path: string) =>
    parsed(await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${accessToken}` } }))
  return { user, get }
}

describe('quickstart, started again and again on one database,', () => {
  let latest: Running
  beforeAll(async () => {
    prepare()
    latest = await quickstart()
  })
  afterAll(cleanUp)

  /** Ends it, does something to what it has left behind, and starts it again. */
  async function again(meanwhile: () => unknown = () => undefined): Promise<Running> {
    await stop(latest)
    await meanwhile()
    return (latest = await quickstart())
  }

  it('serves demo data, which its demo accounts see as their roles may', async () => {
    expect((await fetch(`${latest.url}/docs`)).status).toBe(200)
    for (const role of ['admin', 'talent', 'interviewer']) {
      const { user } = await signIn(latest, `${role}@demo.example`)
      expect(user).toMatchObject({ role, status: 'active' })
    }
    const talent = await signIn(latest, 'talent@demo.example')
    expect((await talent.get('/api/interviewers?limit=1')).pagination.total).toBe(12)
    expect((await talent.get('/api/events?limit=1')).pagination.total).toBe(40)
    const { data } = await talent.get('/api/events?limit=100')
    expect(new Set(data.map((event: { timezone: string }) => event.timezone)).size).toBeGreaterThan(2)
    const interviewer = await signIn(latest, 'interviewer@demo.example')
    const own = await interviewer.get('/api/events?limit=100')
    expect(own.pagination.total).toBeGreaterThan(0)
    expect(own.pagination.total).toBeLessThan(40)
  })

  it('prints a line for curl that works as it is', async () => {
    const lines = latest.block.split('\n').filter(line => /^ {2}(TOKEN|curl)/.test(line))
    const shell = start('sh', ['-c', lines.join('\n')])
    expect(JSON.parse((await shell.finished).stdout).data).toHaveLength(3)
  })

  it('keeps the data and the sign-in when it is started again', async () => {
    const first = latest
    const second = await again()
    const file = join(folder, 'demo-sign-in')
    expect(readFileSync(file, 'utf8')).toContain(`${first.password}  panelist.db\n`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(second.password).toBe(first.password)
    const admin = await signIn(second, 'admin@demo.example')
    expect((await admin.get('/api/events?limit=1')).pagination.total).toBe(40)
    expect((await admin.get('/api/users?limit=1')).pagination.total).toBe(3)
  })

  it('makes the accounts that are missing after it was interrupted', async () => {
    const second = await again(async () => {
      const { database: db } = await openDatabase(database)
      await db.run(`DELETE FROM users WHERE role <> 'interviewer'`)
      await db.close()
    })
    await signIn(second, 'admin@demo.example')
    await signIn(second, 'talent@demo.example')
  })

  it('makes another password for another database, also in the place of the first', async () => {
    const first = latest
    const second = await again(() => rmSync(join(folder, 'panelist.db')))
    expect(second.password).not.toBe(first.password)
    await signIn(second, 'talent@demo.example')
  })
})

describe('quickstart', () => {
  beforeEach(prepare)
  afterEach(cleanUp)

  it('leaves a database that has users as it is', async () => {
    const { database: db, migrations } = await openDatabase(database)
    await migrate(db, migrations)
    await insertUser(db, 'somebody')
    await db.close()
    const started = await quickstart()
    expect(started.password).toBeUndefined()
    expect(started.block).toContain('no demo accounts were made')
    await stop(started)
    const again = (await openDatabase(database)).database
    expect([await countOf(again, 'users'), await countOf(again, 'events')]).toEqual([1, 0])
    await again.close()
  })

  it('says in a sentence that the port is taken, and ends with exit code 1', async () => {
    await expectPortTaken(PORT => runScript(database, 'quickstart', [], { env: { PORT } }))
  })

  it('is not for production', async () => {
    const env = { NODE_ENV: 'production', JWT_SECRET: 'a secret for tests alone, long enough to be taken' }
    expect(await runScript(database, 'quickstart', [], { env })).toMatchObject({
      end: 1,
      stderr: 'quickstart makes demo accounts, which production must not have\n',
    })
  })
})
