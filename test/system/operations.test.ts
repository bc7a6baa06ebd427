// The operations guide, word by word: what stands in its blocks is run, in a folder that stands for the root of a machine.
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Answer } from '../support/app.ts'
import { temporaryFolder } from '../support/databases.ts'
import { eventually } from '../support/eventually.ts'
import { run } from '../support/programs.ts'
import { compiledServer } from './support/compiled.ts'

const ROOT = join(import.meta.dirname, '../..')
const PASSWORD = 'violet harbor anchors 42'
/** An account that every machine has stands for the one that the guide makes; the machine itself is left as it is. */
const ACCOUNT = process.getuid?.() === 0 ? { user: 'nobody', group: 'nogroup' } : { user: '', group: '' }

let sandbox: string
let port: number

beforeAll(async () => {
  sandbox = temporaryFolder()
  chmodSync(sandbox, 0o755)
  port = await freePort()
  const bin = join(sandbox, 'usr/local/bin')
  for (const folder of [bin, join(sandbox, 'root'), join(sandbox, 'etc/systemd/system'), join(sandbox, 'var/lib')]) {
    mkdirSync(folder, { recursive: true })
  }
  const opt = join(sandbox, 'opt/panelist')
  mkdirSync(opt, { recursive: true })
  cpSync(dirname(await compiledServer()), join(opt, 'dist'), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(opt, 'node_modules'))
  cpSync(join(ROOT, 'package.json'), join(opt, 'package.json'))
  cpSync(join(ROOT, 'deploy'), join(opt, 'deploy'), { recursive: true })
  for (const name of ['panelist', 'panelist.service']) inSandbox(join(opt, 'deploy', name))
  cpSync(join(import.meta.dirname, 'support/systemctl.sh'), join(bin, 'systemctl'))
  writeFileSync(join(bin, 'useradd'), '#!/bin/sh\n', { mode: 0o755 })
  writeFileSync(join(sandbox, 'root/first-password'), PASSWORD)
})

afterAll(async () => {
  await run('env', ['SANDBOX=' + sandbox, join(sandbox, 'usr/local/bin/systemctl'), 'stop'])
})

it('installs, backs up and restores as it is written, with nothing to write to but the data', async () => {
  for (const [index, block] of blocks('install').entries()) shell(index === 0 ? block + ONLY_FOR_TESTS : block)
  const token = await signedIn()
  const create = (name: string) =>
    call('/api/interviewers', { name, email: `${name.toLowerCase()}@example.com` }, token)
  expect((await create('Ada')).status).toBe(201)

  expect(shell(asService('touch', join(sandbox, 'opt/panelist/dist/app.js')), 'any').status).not.toBe(0)
  expect(statSync(join(sandbox, 'var/lib/panelist')).mode & 0o777).toBe(0o700)

  for (const block of blocks('backup')) shell(block)
  expect((await create('Grace')).status).toBe(201)
  damage(join(sandbox, 'var/lib/panelist/panelist.db'))
  for (const block of blocks('restore')) shell(block)

  const { body } = await call('/api/interviewers?limit=100', undefined, await signedIn())
  expect(body.data.map(({ name }: { name: string }) => name)).toEqual(['Ada'])
  const kept = readdirSync(join(sandbox, 'var/lib/panelist')).filter(name => name.includes('before-restore'))
  expect(kept.length).toBeGreaterThan(0)
})

/** The guide says where the server listens and how it is reached: here that is a port nobody else has. */
const ONLY_FOR_TESTS = `
cat >> /etc/panelist/environment <<END
PORT=$TEST_PORT
MAIL=off
END
`

/** The blocks of the guide that are marked so, in their order. */
function blocks(mark: string): string[] {
  const guide = readFileSync(join(ROOT, 'docs/guide/operations.md'), 'utf8')
  return [...guide.matchAll(new RegExp(`\`\`\`sh ${mark}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text)
}

async function signedIn(): Promise<string> {
  const { body } = await call('/api/auth/login', { email: 'you@example.com', password: PASSWORD })
  return body.accessToken
}

/** Waits for the server, which a service manager does not. */
function call(path: string, payload?: object, token = ''): Promise<Answer> {
  return eventually(async () => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      ...(payload && { method: 'POST', body: JSON.stringify(payload) }),
    })
    return { status: response.status, body: await response.json() } as Answer
  })
}

/** Writes over pages in the middle of the file, as a failing disk does, and takes the log away. */
function damage(file: string): void {
  shell(`dd if=/dev/urandom of=${file} bs=4096 seek=2 count=8 conv=notrunc`)
}

function asService(...command: string[]): string {
  return `setpriv --reuid=panelist --regid=panelist --clear-groups -- ${command.join(' ')}`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** A text of the guide, or a file it installs, with the folder of this test for the root of the machine. */
function moved(text: string): string {
  const { user, group } = ACCOUNT
  return text
    .replaceAll(
      /(?<![\w.])\/(opt\/panelist|etc\/(?:panelist|systemd)|var\/lib\/panelist|usr\/local\/bin|root\/)/g,
      `${sandbox}/$1`,
    )
    .replaceAll('/usr/bin/node', process.execPath)
    .replaceAll(/(User|--reuid)=panelist/g, `$1=${user}`)
    .replaceAll(/(Group|--regid)=panelist/g, `$1=${group}`)
    .replaceAll('install -d -o panelist -g panelist', user ? `install -d -o ${user} -g ${group}` : 'install -d')
    .replaceAll('install -o root -g panelist', user ? `install -o root -g ${group}` : 'install')
    .replaceAll(/setpriv .*? -- /g, user ? '$&' : '')
}

function inSandbox(file: string): void {
  writeFileSync(file, moved(readFileSync(file, 'utf8')))
}

/** Runs a block as root's shell does, to its end. */
function shell(text: string, expected: 'success' | 'any' = 'success') {
  const environment = {
    PATH: `${join(sandbox, 'usr/local/bin')}:${process.env['PATH'] ?? ''}`,
    SANDBOX: sandbox,
    TEST_PORT: String(port),
  }
  const finished = spawnSync('bash', ['--norc', '-eu', '-c', moved(text)], { env: environment, encoding: 'utf8' })
  const journal = join(sandbox, 'journal')
  const told = `${finished.stdout}${finished.stderr}${existsSync(journal) ? readFileSync(journal, 'utf8').slice(-2000) : ''}`
  if (expected === 'success') expect(finished.status, told).toBe(0)
  return finished
}
