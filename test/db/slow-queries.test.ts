import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../db/open.ts'
import { drivers } from '../support/databases.ts'

const SLOW = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows) SELECT max(i) AS last FROM n`

describe.each(drivers)('a slow statement on $name', driver => {
  interface Report {
    readonly sql: string
    readonly milliseconds: number
  }

  /** What is reported while a slow one and a quick one run, and how many are counted. */
  async function reported(slowQueryMs: number): Promise<{ reports: Report[]; counted: number }> {
    const place = await driver.place()
    const reports: Report[] = []
    const onSlowQuery = (sql: string, milliseconds: number) => void reports.push({ sql, milliseconds })
    const { database } = await openDatabase(place.url, { slowQueryMs, onSlowQuery })
    await database.one(SLOW, { rows: 300_000 })
    await database.one('SELECT 1 AS quick')
    const counted = database.stats().slowQueries
    await database.close()
    await place.remove()
    return { reports, counted }
  }

  it('is named by its text, without its values, and counted', async () => {
    const { reports, counted } = await reported(20)
    expect(reports.map(({ sql }) => sql)).toContain(SLOW)
    expect(reports.filter(({ milliseconds }) => milliseconds < 20)).toEqual([])
    expect(counted).toBe(reports.length)
  })

  it('is neither named nor counted when the limit is 0', async () => {
    expect(await reported(0)).toEqual({ reports: [], counted: 0 })
  })
})
