import { copyFileSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { fileOf, openDatabase } from '../../db/open.ts'
import { prepareRestore } from '../../db/restore.ts'
import { sqlite } from '../support/databases.ts'
import { countOf, insertUser } from '../support/rows.ts'

it('a restore where the damaged file was taken away leaves nothing of the log beside it to the new one', async () => {
  const { url, folder, remove } = await sqlite.place()
  const [path, backup, log] = [fileOf(url), join(folder, 'backup.db'), join(folder, 'log')]
  copyFileSync(path, backup)
  const { database } = await openDatabase(url)
  await insertUser(database, 'later')
  copyFileSync(`${path}-wal`, log)
  await database.close()
  rmSync(path)
  copyFileSync(log, `${path}-wal`) // as a server leaves it that was killed

  const { commit } = await prepareRestore(backup, url)
  await commit()
  expect(existsSync(`${path}-wal`)).toBe(false)
  const { database: restored } = await openDatabase(url)
  expect(await countOf(restored, 'users')).toBe(0)
  await restored.close()
  await remove()
})
