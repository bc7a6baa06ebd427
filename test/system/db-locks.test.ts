import { readFileSync, statSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqlite } from '../../db/sqlite.ts'
import { openSqliteForTest, type SqliteTestDatabase } from '../support/databases.ts'
import { countOf } from '../support/rows.ts'

describe('the locks on the file', () => {
  let opened: SqliteTestDatabase
  beforeEach(async () => {
    opened = await openSqliteForTest()
  })
  afterEach(() => opened.close())

  // POSIX drops every lock a process has on a file when the process closes any descriptor of it.
  it('outlive a second opening and closing of the same file by the same process', async () => {
    await countOf(opened.database, 'users')
    const before = locksOn(opened.path)
    expect(before).not.toEqual([])
    const second = openSqlite(opened.path)
    expect(locksOn(opened.path)).toEqual(before)
    await second.close()
    expect(locksOn(opened.path)).toEqual(before)
  })
})

/** What the kernel says this process holds: kind and range of each lock. */
function locksOn(path: string): string[] {
  const held = readFileSync('/proc/locks', 'utf8').split('\n')
  const own = held.filter(line => line.includes(` ${process.pid} `) && line.includes(`:${statSync(path).ino} `))
  return own.map(line => line.replace(/^\d+: /, '')).sort()
}
