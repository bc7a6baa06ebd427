// What a server really asked the kernel to do, in which order, while it was written to over HTTP; seen with strace.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.ts'
import { scaled } from '../support/scale.ts'
import { attemptAll, randomBookings } from './support/bookings.ts'
import { home, type Home } from './support/home.ts'
import { expectSound } from './support/soundness.ts'
import { callsIn, commitsIn, isLog, isSync, type Call } from './support/trace.ts'

const TOTAL = scaled(120, 400)
const PARALLEL = 32
const WATCHED = 'trace=pwrite64,pwritev,write,writev,sendto,sendmsg,fdatasync,fsync,sync_file_range'
/** Enough of each call for a page of the log and for the headers of an answer. */
const BYTES_KEPT = '4200'

describe('a server that is written to (always true: 2)', () => {
  let house: Home
  let folder: string
  beforeEach(async () => {
    folder = temporaryFolder()
    house = await home(60)
  })
  afterEach(async () => {
    await house.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('sends no 201 before a sync of the log that began after its rows were written, and never waits for the disk', async () => {
    const trace = join(folder, 'trace.txt')
    const server = await house.serve({ strace: ['-s', BYTES_KEPT, '-e', WATCHED, '-o', trace] })
    const bookings = randomBookings(house.interviewers, 'traced', TOTAL, { days: 60 })
    const attempts = await attemptAll(bookings, PARALLEL, server.book)
    expect(await server.stop()).toMatchObject({ end: 0, stderr: '' })
    const { booked } = await house.look(database => expectSound(database, attempts))
    expect(booked).toBeGreaterThan(TOTAL / 2)

    const calls = callsIn(trace)
    const answers = calls.filter(call => call.bytes.toString('latin1').startsWith('HTTP/1.1 201'))
    const ids = attempts.flatMap(({ status, id }) => (status === 201 && id !== undefined ? [id] : []))
    expect(answers.map(locationIn).sort()).toEqual(ids.sort())
    const syncs = calls.filter(call => isSync(call) && isLog(call) && call.succeeded)
    const commits = commitsIn(calls)
    const early = answers.filter(answer => {
      const commit = commits.find(({ pages }) => pages.some(page => page.includes(locationIn(answer))))
      return !commit || !syncs.some(({ began, ended }) => began > commit.written && ended < answer.began)
    })
    expect(early.map(locationIn)).toEqual([])
    expect(commits.length).toBeLessThan(booked) // they shared

    const [first, last] = [answers[0], answers.at(-1)]
    const meanwhile = calls.filter(call => call.began > (first?.began ?? 0) && call.began < (last?.began ?? 0))
    const waits = meanwhile.filter(call => isSync(call) || call.name === 'sync_file_range')
    expect(waits.length).toBeGreaterThan(0)
    expect(new Set(answers.map(({ thread }) => thread)).size).toBe(1)
    expect(waits.filter(({ thread }) => thread === first?.thread)).toEqual([])
  })
})

/** The id of what an answer says it has made. */
function locationIn({ bytes }: Call): string {
  return /\r\nlocation: \/api\/events\/([\w-]+)\r\n/i.exec(bytes.toString('latin1'))?.[1] ?? ''
}
