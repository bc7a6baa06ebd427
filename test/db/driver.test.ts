import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it('release 13 of the driver is installed without a compiler: "npm install" loses this line of the lockfile, put it back', () => {
  const lockfile = JSON.parse(readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8'))
  expect(lockfile.packages['node_modules/better-sqlite3-13']).toMatchObject({ version: '13.2.0', gypfile: false })
})
