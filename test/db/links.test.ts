// Paths that lead elsewhere: what they lead to is what is meant, and the links stay.
import { copyFileSync, existsSync, lstatSync, mkdirSync, readdirSync, renameSync, statSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../db/open.ts'
import { prepareRestore } from '../../db/restore.ts'
import { sqlite, type TestPlace } from '../support/databases.ts'
import { countOf, insertUser } from '../support/rows.ts'

let place: TestPlace
let link: string
let disk: string
beforeEach(async () => {
  place = await sqlite.place()
  link = place.url.slice('file:'.length)
  disk = join(place.folder, 'disk')
})
afterEach(() => place.remove())

async function withUser(id: string): Promise<void> {
  const { database } = await openDatabase(place.url)
  await insertUser(database, id)
  await database.close()
}

async function users(): Promise<number> {
  const { database } = await openDatabase(place.url)
  const count = await countOf(database, 'users')
  await database.close()
  return count
}

describe('F29 a database file that is a link', () => {
  it('opens, has its log beside the real file, and is still a link when a backup was restored', async () => {
    const real = join(disk, 'real.db')
    const backup = join(place.folder, 'latest.db')
    mkdirSync(disk)
    renameSync(link, real)
    symlinkSync(join('disk', 'real.db'), link)
    copyFileSync(real, join(disk, 'backup.db'))
    symlinkSync(join(disk, 'backup.db'), backup)

    const { database } = await openDatabase(place.url)
    await insertUser(database, 'one')
    expect([existsSync(`${real}-wal`), existsSync(`${link}-wal`)]).toEqual([true, false])
    await database.close()

    const { commit } = await prepareRestore(backup, place.url)
    const kept = await commit()
    expect(dirname(kept ?? '')).toBe(disk)
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(await users()).toBe(0)
    expect(statSync(real).mode & 0o777).toBe(0o600)
    expect(readdirSync(place.folder).sort()).toEqual(['disk', 'latest.db', 'panelist.db'])
  })

  it('that leads to nothing yet is made where it leads, through links of folders', async () => {
    renameSync(link, join(place.folder, 'other.db'))
    mkdirSync(disk)
    symlinkSync(disk, join(place.folder, 'mounted'))
    symlinkSync('mounted/new/folder/real.db', link)
    const { database, migrations } = await openDatabase(place.url)
    expect(migrations).toContain('sqlite')
    await database.close()
    expect(statSync(join(disk, 'new/folder/real.db')).mode & 0o777).toBe(0o600)
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
  })

  it('in a folder that is one opens', async () => {
    mkdirSync(disk)
    renameSync(link, join(disk, 'panelist.db'))
    symlinkSync(disk, join(place.folder, 'data'))
    place = { ...place, url: `file:${join(place.folder, 'data', 'panelist.db')}` }
    await withUser('one')
    expect(await users()).toBe(1)
  })
})
