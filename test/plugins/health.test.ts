import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { testApp, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'

describe.each(drivers)('health on $name', driver => {
  let t: TestApp
  beforeAll(async () => (t = await testApp({}, driver)))
  afterAll(() => t.close())

  it.each(['/health', '/api/health'])('of the database is told to anybody at %s', async url => {
    const answer = await t.get(url)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      status: 'healthy',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      uptimeSeconds: expect.any(Number),
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      database: { status: 'healthy', connected: true, engine: t.db.engine, latencyMs: expect.any(Number) },
    })
  })

  it('F32 is 503 with the reason while nothing can be written, and 200 again afterwards', async () => {
    const reason = 'the disk is full'
    const failing = vi.spyOn(t.db, 'health').mockReturnValue({ writable: false, reason })
    const database = { status: 'unhealthy', connected: true, reason }
    expect(await t.get('/health')).toMatchObject({ status: 503, body: { status: 'unhealthy', database } })
    failing.mockRestore()
    expect(await t.get('/health')).toMatchObject({ status: 200, body: { status: 'healthy' } })
  })

  it('of the process is told without asking the database', async () => {
    expect(await t.get('/health/live')).toMatchObject({ status: 200, body: { status: 'alive' } })
  })
})
