import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { MOST_STATEMENTS } from '../../db/prepared.ts'
import { Connection } from '../../db/sqlite/connection.ts'
import Sqlite from '../../db/sqlite/driver.mjs'
import { temporaryFolder } from '../support/databases.ts'

it('release 13 of the driver is installed without a compiler: "npm install" loses this line of the lockfile, put it back', () => {
  const lockfile = JSON.parse(readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8'))
  expect(lockfile.packages['node_modules/better-sqlite3-13']).toMatchObject({ version: '13.2.0', gypfile: false })
})

it('F06 the statements that were used last stay prepared, and no others: a list has more combinations than memory has room', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'panelist.db')
  new Sqlite(path).close()
  const connection = new Connection(path, { readonly: false })
  const prepare = vi.spyOn(Sqlite.prototype, 'prepare')
  const ask = (number: number) => connection.one(`SELECT ${number} AS "number"`)
  const often = 'SELECT 1 AS "asked all the time"'
  for (let number = 0; number < 2 * MOST_STATEMENTS; number += 1) {
    ask(number)
    connection.one(often)
  }
  prepare.mockClear()
  connection.one(often)
  for (let number = MOST_STATEMENTS + 1; number < 2 * MOST_STATEMENTS; number += 1) ask(number)
  expect(prepare).not.toHaveBeenCalled()
  ask(MOST_STATEMENTS)
  expect(prepare).toHaveBeenCalledOnce()
  connection.close()
  rmSync(folder, { recursive: true })
})
