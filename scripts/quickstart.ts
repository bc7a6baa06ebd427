// The second half of `npm run quickstart`, after scripts/quickstart.mjs has installed and built: demo data where there are
// no users yet, then the server, as `npm start` runs it.
import type { AddressInfo } from 'node:net'
import { relative } from 'node:path'
import { Command } from 'commander'
import type { Database } from '../db/database.ts'
import { fileOf } from '../db/open.ts'
import { loadConfig } from '../plugins/config.ts'
import { runProgram, withDatabase } from './command-line.ts'
import { DEMO_ACCOUNTS, demoPassword, makeDemoAccounts, wantsDemoAccounts } from './demo/accounts.ts'
import { makeDemoData } from './demo/make.ts'
import { signInFile } from './demo/sign-in.ts'

const DEMO = { seed: 1, interviewers: 12, events: 40 }

const program = new Command('quickstart')
  .description('Starts the server with demo data and demo accounts, which a database without users is given.')
  .addHelpText('after', '\nPORT, HOST and DATABASE_URL are respected. Data stays: run it again to go on with it.')
  .action(main)

async function main(): Promise<void> {
  const { DATABASE_URL, NODE_ENV } = loadConfig()
  if (NODE_ENV === 'production') throw new Error('quickstart makes demo accounts, which production must not have')
  const file = fileOf(DATABASE_URL)
  const password = await withDatabase(DATABASE_URL, database => prepare(database, file))
  // Starts by being imported; there is one way to start the server, and this is it.
  const { started } = await import('../server.ts')
  const address = await started
  if (typeof address === 'object' && address) process.stdout.write(welcome(urlOf(address), file, password))
}

async function prepare(database: Database, file: string): Promise<string | undefined> {
  if (await wantsDemoAccounts(database, file)) {
    process.stdout.write('Making demo data …\n')
    const { people } = await makeDemoData(database, DEMO)
    const [first] = people
    if (first) await makeDemoAccounts(database, file, first)
  }
  return demoPassword(database, file)
}

/** The address somebody on this machine opens: a server that listens everywhere also listens on the loopback. */
function urlOf({ address, family, port }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return `http://127.0.0.1:${port}`
  return family === 'IPv6' ? `http://[${address}]:${port}` : `http://${address}:${port}`
}

function welcome(url: string, file: string, password: string | undefined): string {
  const lines = [
    '',
    `Panelist is running.   ${url}/docs`,
    '',
    ...(password === undefined ? WITHOUT_DEMO : signIn(url, file, password)),
    `Data      ${shortened(file)}; kept for the next time, delete it to start over`,
    'Stop      Ctrl+C',
    '',
    '',
  ]
  return lines.join('\n')
}

const WITHOUT_DEMO = ['Sign in   with an account of yours; this database has users, so no demo accounts were made']

function signIn(url: string, file: string, password: string): string[] {
  const { admin, talent, interviewer } = DEMO_ACCOUNTS
  const body = JSON.stringify({ email: talent, password })
  const json = `-H 'content-type: application/json'`
  return [
    `Sign in   ${talent}        recruiting staff: books interviews`,
    `          ${admin}         everything`,
    `          ${interviewer}   one of the interviewers`,
    `Password  ${password}`,
    `          the same for all three, made for this database alone; kept in ${shortened(signInFile(file))}`,
    '',
    'With curl:',
    `  TOKEN=$(curl -s ${url}/api/auth/login ${json} -d '${body}' | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')`,
    `  curl -s "${url}/api/events?limit=3" -H "authorization: Bearer $TOKEN"`,
    '',
  ]
}

/** A path as short as it can be written from here. */
function shortened(path: string): string {
  const short = relative(process.cwd(), path)
  return short.startsWith('..') ? path : short
}

await runProgram(program)
