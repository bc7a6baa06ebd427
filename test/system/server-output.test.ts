// A server whose standard output takes nothing any more.
import { execFileSync } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect } from 'vitest'
import { accepts, lockHolder } from '../support/programs.ts'
import { attemptAll, randomBookings } from './support/bookings.ts'
import { inHome } from './support/home.ts'

/** More lines than a pipe takes. */
const REQUESTS = 400

describe.concurrent('F07 the server', () => {
  inHome('goes on while the disk under its log is full, and ends in order', async house => {
    const server = await house.serve({ output: '/dev/full' })
    for (let asked = 0; asked < REQUESTS; asked += 1) await server.call('/health/live')
    expect((await server.call('/metrics')).body).toContain('\npanelist_log_lines_dropped_total 0\n') // they still wait
    expect(await server.stop()).toMatchObject({ end: 0, stderr: '' })
  })

  inHome('with two workers goes on while the reader of its log stalls, and a second signal ends it', async house => {
    const output = join(house.folder, 'log')
    execFileSync('mkfifo', [output])
    const reader = openSync(output, constants.O_RDONLY | constants.O_NONBLOCK)
    const server = await house.serve({ environment: { WORKERS: '2' }, output })
    const agent = new Agent({ keepAlive: true, maxSockets: 4 })
    const asked = Array.from({ length: 2 * REQUESTS }, () => server.call('/health/live', { agent }))
    expect((await Promise.all(asked)).filter(({ status }) => status !== 200)).toEqual([])
    agent.destroy()
    const holder = await lockHolder(house.path)
    const waiting = attemptAll(randomBookings(house.interviewers, 'cut off', 2), 2, server.book)
    server.signal('SIGTERM')
    while (await accepts(server.port)) await sleep(10)
    server.signal('SIGTERM')
    expect(await server.finished).toMatchObject({ end: 1 })
    expect((await waiting).map(({ status }) => status)).toEqual([0, 0])
    await holder.letGo()
    closeSync(reader)
  })
})
