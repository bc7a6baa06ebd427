import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

const FILE = 'demo-sign-in'
const PASSWORD_BYTES = 15
const HEADING = '# The password of the demo accounts, by database. Made by "npm run quickstart".'

/** Where the password of the demo accounts is kept: beside the database file. */
export function signInFile(databaseFile: string): string {
  return join(dirname(databaseFile), FILE)
}

/** The password that was made for a database, if one was. */
export function keptPassword(databaseFile: string): string | undefined {
  return passwords(signInFile(databaseFile)).get(basename(databaseFile))
}

/** Makes a password for a database, in place of an older one, and keeps it where its owner alone can read it. */
export function newPassword(databaseFile: string): string {
  const file = signInFile(databaseFile)
  const password = randomBytes(PASSWORD_BYTES).toString('base64url')
  const all = passwords(file).set(basename(databaseFile), password)
  const lines = [...all].map(([database, one]) => `${one}  ${database}`)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(`${file}.new`, [HEADING, ...lines, ''].join('\n'), { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return password
}

function passwords(file: string): Map<string, string> {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  const found = lines.flatMap(line => {
    const [, password = '', database = ''] = /^([\w-]+) {2}(.+)$/.exec(line) ?? []
    return password === '' ? [] : [[database, password] as const]
  })
  return new Map(found)
}
