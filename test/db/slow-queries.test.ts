import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../db/open.ts'

const SLOW = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows) SELECT max(i) AS last FROM n`
let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'panelist-slow-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function reported(slowQueryMs: number): Promise<string[]> {
  const reports: string[] = []
  const onSlowQuery = (sql: string, milliseconds: number) => reports.push(`${sql} ${milliseconds >= slowQueryMs}`)
  const { database } = await openDatabase(`file:${join(folder, 'x.db')}`, { slowQueryMs, onSlowQuery })
  await database.one(SLOW, { rows: 300_000 })
  await database.one('SELECT 1 AS quick')
  await database.close()
  return reports
}

describe('a slow statement', () => {
  it('is named by its text, without its values', async () => {
    expect(await reported(5)).toEqual([`${SLOW} true`])
  })

  it('is not named when the limit is 0', async () => {
    expect(await reported(0)).toEqual([])
  })
})
