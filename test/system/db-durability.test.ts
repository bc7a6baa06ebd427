// What the kernel was really asked to do, in which order, seen with strace; and disks that fail, made with its injection.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqlite } from '../../db/sqlite.ts'
import { openSqliteForTest, temporaryFolder, type SqliteTestDatabase } from '../support/databases.ts'
import { scaled } from '../support/scale.ts'
import { callsIn, commitsIn, isLog, isSync, traced } from './support/trace.ts'

let opened: SqliteTestDatabase
let folder: string
let trace: string

beforeEach(async () => {
  folder = temporaryFolder()
  trace = join(folder, 'trace.txt')
  opened = await openSqliteForTest()
  await opened.database.close()
})
afterEach(async () => {
  await opened.close()
  rmSync(folder, { recursive: true, force: true })
})

const ACKNOWLEDGED = scaled(120, 400)

describe('an acknowledgement', () => {
  it('leaves only after a sync of the log that began when its rows were written and has finished', async () => {
    const options = ['-s', '4200', '-e', 'trace=pwrite64,write,fdatasync,fsync', '-o', trace]
    const finished = await traced(options, 'writer.mts', opened.path, String(ACKNOWLEDGED), '40')
    expect(finished).toMatchObject({ end: 0, stderr: '' })

    const calls = callsIn(trace)
    const syncs = calls.filter(call => isSync(call) && call.succeeded && isLog(call))
    const commits = commitsIn(calls)
    const acknowledgements = calls.filter(call => call.name === 'write' && call.bytes.toString().startsWith('ack '))
    expect(acknowledgements).toHaveLength(ACKNOWLEDGED)

    const early = acknowledgements.filter(acknowledgement => {
      const id = acknowledgement.bytes.toString().slice('ack '.length, -1)
      const commit = commits.find(({ pages }) =>
        pages.some(page => page.includes(`Interviewer ${id}${id}@example.com`)),
      )
      if (!commit) return true
      return !syncs.some(({ began, ended }) => began > commit.written && ended < acknowledgement.began)
    })
    expect(early.map(({ bytes }) => bytes.toString())).toEqual([])
    expect(commits.length).toBeLessThan(ACKNOWLEDGED) // they shared
  })

  it.each([
    ['while the log only grows', scaled(400, 2_000), '40', []],
    ['while the log is folded back into the file again and again', scaled(600, 2_000), '40', ['150000']],
    ['while it is folded back between single writes', scaled(150, 500), '1', ['40000']],
  ])('makes the thread that serves requests wait for the disk never, %s', async (_when, total, parallel, limit) => {
    const options = ['-e', 'trace=write,fdatasync,fsync', '-o', trace]
    const finished = await traced(options, 'writer.mts', opened.path, String(total), parallel, ...limit)
    expect(finished).toMatchObject({ end: 0, stderr: '' })

    const calls = callsIn(trace)
    const main = calls.find(({ bytes }) => bytes.toString().startsWith('ready'))?.thread
    const acknowledgements = calls.filter(({ bytes }) => bytes.toString().startsWith('ack '))
    expect(acknowledgements).toHaveLength(total)
    const [first, last] = [acknowledgements[0]?.began ?? 0, acknowledgements.at(-1)?.began ?? 0]
    const syncs = calls.filter(call => isSync(call) && call.began > first && call.began < last)
    expect(syncs.filter(({ thread }) => thread === main)).toEqual([])
    // Somebody did wait for it: the log was synced, and folded back where that was asked for.
    expect(syncs.some(isLog)).toBe(true)
    expect(syncs.some(({ file }) => file === opened.path)).toBe(limit.length > 0)
  })
})

describe('a disk that fails', () => {
  it('to sync: refuses the write, ends writing until a restart, goes on reading and never syncs again', async () => {
    // Fakes EIO for the fourth sync of the log and all that follow.
    const failing = ['-e', 'trace=fdatasync,fsync,write', '-e', 'inject=fdatasync:error=EIO:when=4+', '-o', trace]
    const { end, stdout, stderr } = await traced(failing, 'outcomes.mts', opened.path, '12', '2')
    expect({ end, stderr }).toEqual({ end: 0, stderr: '' })
    const { writes, rounds } = outcomesIn(stdout)
    const firstFailure = writes.findIndex(write => write.end !== 'ok')
    expect(firstFailure).toBeGreaterThan(0)
    expect(writes.slice(firstFailure).map(write => write.end)).toEqual(
      writes.slice(firstFailure).map(() => 'unavailable'),
    )
    const reason = 'a sync of the log to disk failed'
    expect(rounds.at(-1)).toMatchObject({ writable: false, reason, faults: [reason] })
    expect(rounds.at(-1)?.reads).toBeGreaterThanOrEqual(firstFailure)

    const calls = callsIn(trace)
    const failed = calls.findIndex(({ injected }) => injected)
    expect(failed).toBeGreaterThan(0)
    // Not by closing either: folding the log back would trust what never reached the disk.
    expect(calls.slice(failed + 1).filter(isSync)).toEqual([])
    expect(existsSync(`${opened.path}-wal`)).toBe(true)
    await expectKept(writes.slice(0, firstFailure))
  })

  it.each([
    ['is full', 'ENOSPC'],
    ['cannot write', 'EIO'],
  ])('because it %s: refuses the write whole, says so, and writes again when that has passed', async (_why, code) => {
    // Fakes the error for 20 writes to the log by the thread that commits, after 150 that succeed.
    const options = ['-P', `${opened.path}-wal`, '-e', 'trace=pwrite64', '-o', trace]
    const failing = [...options, '-e', `inject=pwrite64:error=${code}:when=150..169`]
    const { end, stdout, stderr } = await traced(failing, 'outcomes.mts', opened.path, '60', '3')
    expect({ end, stderr }).toEqual({ end: 0, stderr: '' })
    const { writes, rounds } = outcomesIn(stdout)
    const pattern = writes.map(write => write.end).join(' ')
    expect(pattern).toMatch(/^(ok )+(unavailable )+(ok )*ok$/)
    const together = writes.length / rounds.length
    const written = rounds.map((_round, at) => writes.slice(at * together, (at + 1) * together))
    expect(rounds.map(({ writable }) => writable)).toEqual(written.map(each => each.every(({ end }) => end === 'ok')))
    expect(rounds.at(-1)?.reads).toBe(writes.filter(write => write.end === 'ok').length)
    await expectKept(writes.filter(write => write.end === 'ok'))
    await expectAbsent(writes.filter(write => write.end !== 'ok'))
  })
})

interface Write {
  readonly id: string
  readonly end: string
}

interface Round {
  readonly writable: boolean
  readonly reads: number
}

function outcomesIn(stdout: string): { writes: Write[]; rounds: Round[] } {
  const lines = stdout.split('\n').filter(Boolean)
  const said = lines.map(line => JSON.parse(line) as Partial<Write & Round>)
  return {
    writes: said.filter((line): line is Write => line.id !== undefined),
    rounds: said.filter((line): line is Round => line.writable !== undefined),
  }
}

async function expectKept(writes: readonly Write[]): Promise<void> {
  const { ids, total, integrity } = await reopened()
  expect(writes.filter(({ id }) => !ids.has(id))).toEqual([])
  expect({ total, integrity }).toEqual({ total: ids.size, integrity: 'ok' })
}

async function expectAbsent(writes: readonly Write[]): Promise<void> {
  const { ids } = await reopened()
  expect(writes.filter(({ id }) => ids.has(id))).toEqual([])
}

async function reopened() {
  const database = openSqlite(opened.path)
  const rows = await database.many<{ id: string }>(
    `SELECT i.id FROM interviewers i JOIN audit_logs a ON a.entity_id = i.id`,
  )
  const total = (await database.one<{ total: number }>('SELECT COUNT(*) AS total FROM interviewers'))?.total
  const integrity = (await database.one<{ integrity_check: string }>('PRAGMA integrity_check'))?.integrity_check
  await database.close()
  return { ids: new Set(rows.map(({ id }) => id)), total, integrity }
}
