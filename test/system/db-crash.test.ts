import { rmSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqlite } from '../../db/sqlite.ts'
import { openSqliteForTest, type SqliteTestDatabase } from '../support/databases.ts'
import { start } from '../support/programs.ts'
import { scaled } from '../support/scale.ts'
import { compiledProgram } from './support/compiled.ts'

const KILLS = scaled(8, 30)
const ENDLESS = '1000000'

describe('a program killed while it writes', () => {
  let opened: SqliteTestDatabase
  beforeEach(async () => {
    opened = await openSqliteForTest()
    await opened.database.close()
  })
  afterEach(() => opened.close())

  it(`has kept everything it acknowledged, each row with its audit row, ${KILLS} times over`, async () => {
    const acknowledged = new Set<string>()
    for (let kill = 0; kill < KILLS; kill += 1) {
      // Half of them fold the log back all the time, so that some are killed in the middle of that.
      const checkpointBytes = kill % 2 === 0 ? [] : ['40000']
      for (const id of await killedWriter(opened.path, checkpointBytes, 5 + Math.random() * 60)) acknowledged.add(id)
      await expectSound(opened.path, acknowledged)
    }
    expect(acknowledged.size).toBeGreaterThan(KILLS)
  })

  it('leaves a log that is used, not lost: without it the acknowledged rows would not be in the file', async () => {
    const acknowledged = await killedWriter(opened.path, [], 50)
    rmSync(`${opened.path}-wal`)
    rmSync(`${opened.path}-shm`)
    const database = openSqlite(opened.path)
    expect(acknowledged.length).toBeGreaterThan(0)
    expect(await database.many('SELECT id FROM interviewers')).toEqual([])
    await database.close()
  })
})

/** Starts a writer, kills it after `afterMs` of writing, and gives the ids it had acknowledged. */
async function killedWriter(path: string, checkpointBytes: string[], afterMs: number): Promise<string[]> {
  const writer = start(...(await compiledProgram('writer.mts', path, ENDLESS, '20', ...checkpointBytes)))
  expect((await writer.lines.next()).value).toBe('ready')
  writer.process.stdin.write('go\n')
  expect((await writer.lines.next()).value).toMatch(/^ack /)
  await sleep(afterMs)
  writer.process.kill('SIGKILL')
  const { end, stdout, stderr } = await writer.finished
  expect({ end, stderr }).toEqual({ end: 'SIGKILL', stderr: '' })
  return [...stdout.matchAll(/^ack (.+)\n/gm)].map(([, id = '']) => id)
}

async function expectSound(path: string, acknowledged: ReadonlySet<string>): Promise<void> {
  const database = openSqlite(path)
  const rows = await database.many<{ id: string; audits: number }>(
    'SELECT id, (SELECT COUNT(*) FROM audit_logs WHERE entity_id = interviewers.id) AS audits FROM interviewers',
  )
  const ids = new Set(rows.map(({ id }) => id))
  expect([...acknowledged].filter(id => !ids.has(id))).toEqual([])
  expect(rows.filter(({ audits }) => audits !== 1)).toEqual([])
  const totals = await database.many<{ total: number }>('SELECT COUNT(*) AS total FROM audit_logs')
  expect(totals).toEqual([{ total: rows.length }])
  expect(await database.one('PRAGMA integrity_check')).toEqual({ integrity_check: 'ok' })
  await database.close()
}
