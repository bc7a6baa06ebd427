// A release of SQLite's driver aborts some releases of Node.js when one of its objects is collected while no JavaScript runs.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { home } from './support/home.ts'

const FORCED = pathToFileURL(join(import.meta.dirname, 'support/forced-collections.mjs')).href
/** With the driver's other release Node.js 24.21 does not live for one second. */
const SERVED_MS = 3_000

describe('a server whose garbage is collected all the time', () => {
  it('lives, answers, is backed up and ends with 0', async () => {
    const house = await home()
    await house.look(database => database.run(`UPDATE users SET role = 'admin' WHERE id = :id`, { id: house.staff.id }))
    const server = await house.serve({ environment: { NODE_OPTIONS: `--import=${FORCED}` } })
    const answers = new Set<number>()
    const until = Date.now() + SERVED_MS
    for (let n = 0; Date.now() < until; n += 1) {
      const { status } = await server.call(`/api/interviewers/${house.interviewers[n % house.interviewers.length]}`)
      answers.add(status)
    }
    expect([...answers]).toEqual([200])
    expect((await server.call('/api/backups', { method: 'POST' })).status).toBe(201)
    expect(await server.stop()).toMatchObject({ end: 0, stderr: '' })
    await house.close()
  })
})
