// A folder that the program may not write to, as on a file system that is mounted read-only.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fileOf, openDatabase, openShell, openSnapshots } from '../../db/open.ts'
import { loadSettings } from '../../plugins/config.ts'
import { sqlite, type TestPlace } from '../support/databases.ts'
import { countOf, insertUser } from '../support/rows.ts'

/** Root may write anywhere. */
const NOBODY = 65_534
const becomes = (user: number) => {
  if (process.getuid?.() === 0) process.seteuid?.(user)
}

let place: TestPlace
let target: string
beforeEach(async () => {
  place = await sqlite.place()
  const path = fileOf(place.url)
  const { database } = await openDatabase(place.url)
  await insertUser(database, 'one')
  const [file, log] = [join(place.folder, 'file'), join(place.folder, 'log')]
  copyFileSync(path, file)
  copyFileSync(`${path}-wal`, log)
  await database.close()
  copyFileSync(file, path) // as a server leaves it that was killed
  copyFileSync(log, `${path}-wal`)
  target = join(place.folder, 'elsewhere')
  mkdirSync(target)
  chmodSync(target, 0o777)
  for (const end of ['', '-wal']) chmodSync(path + end, 0o444)
  chmodSync(place.folder, 0o555)
  vi.stubEnv('TMPDIR', target)
  becomes(NOBODY)
})
afterEach(async () => {
  becomes(0)
  vi.unstubAllEnvs()
  chmodSync(place.folder, 0o755)
  await place.remove()
})

describe('F32 a database in a folder that cannot be written to', () => {
  it('does not open, and one sentence says why and what still works', async () => {
    await expect(openDatabase(place.url)).rejects.toThrow(
      /panelist\.db cannot be opened: the program must be able to write to this file and its folder \(.+\)\. The commands sql and backup still read it$/,
    )
    await expect(openDatabase(`file:${join(place.folder, 'new', 'other.db')}`)).rejects.toThrow(
      /other\.db cannot be opened: the program must be able to write to this file and its folder \(EACCES.+\)$/,
    )
  })

  it('is read by the shell and copied by a backup, with what is in its log, and no copy of it stays behind', async () => {
    expect(loadSettings({ DATABASE_URL: place.url })).toMatchObject({ DATABASE_URL: place.url })
    const shell = await openShell(place.url)
    expect(shell.run('SELECT id FROM users')).toMatchObject({ rows: [['one']] })
    shell.close()
    const { snapshots, close } = await openSnapshots(place.url)
    const copy = join(target, 'copy.db')
    await snapshots.take(copy)
    close()
    const { database } = await openDatabase(`file:${copy}`)
    expect(await countOf(database, 'users')).toBe(1)
    await database.close()
    expect(existsSync(`${fileOf(place.url)}-shm`)).toBe(false)
    expect(readdirSync(target)).toEqual(['copy.db'])
  })
})
