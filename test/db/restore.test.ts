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

const CREDENTIALS = [
  `INSERT INTO users (id, email, name) VALUES ('u', 'u@example.com', 'U')`,
  `INSERT INTO interviewers (id, name, email, user_id) VALUES ('i', 'U', 'u@example.com', 'u')`,
  `INSERT INTO sessions (id, user_id, created_at, last_used_at, expires_at)
    VALUES ('s', 'u', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '2099-01-01T00:00:00.000Z')`,
  `INSERT INTO api_tokens (id, user_id, name, hash, scopes) VALUES ('t', 'u', 'T', 'h', '[]')`,
  `INSERT INTO feeds (id, interviewer_id, hash, user_id) VALUES ('f', 'i', 'h', 'u')`,
]

it.each([
  ['ends what let somebody in, and keeps the accounts', false, 0],
  ['keeps what lets somebody in where that is asked for', true, 1],
])('F11 a restore %s', async (_what, keepCredentials, kept) => {
  const { url, folder, remove } = await sqlite.place()
  const backup = join(folder, 'backup.db')
  const { database } = await openDatabase(url)
  for (const statement of CREDENTIALS) await database.run(statement)
  await database.close()
  copyFileSync(fileOf(url), backup)

  const { commit } = await prepareRestore(backup, url, { keepCredentials })
  await commit()
  const { database: restored } = await openDatabase(url)
  for (const living of ['sessions WHERE ended_at IS NULL', 'api_tokens', 'feeds']) {
    expect(await countOf(restored, living), living).toBe(kept)
  }
  expect(await countOf(restored, 'users')).toBe(1)
  await restored.close()
  await remove()
})
