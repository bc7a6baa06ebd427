// Programs that know nothing of Panelist write to its database while it answers from memory.
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testApp, type SignedIn, type TestApp } from '../support/app.ts'
import { addEvent, addInterviewer, ask, type Told } from '../support/cache.ts'
import { postgres } from '../support/databases.ts'
import { eventually } from '../support/eventually.ts'
import { start, type Program } from '../support/programs.ts'
import { scaled } from '../support/scale.ts'
import { compiledProgram } from './support/compiled.ts'

const ROUNDS = scaled(500, 10_000)
const SESSIONS = scaled(40, 500)
const SEARCHES = scaled(80, 500)
/** Two rounds of four ask twice, one for each writer, and get the second answer from memory. */
const asksTwice = (round: number) => round % 4 < 2
const list = '/api/interviewers?limit=10'

interface Writer {
  /** Resolves when the statement is committed. */
  write(sql: string): Promise<void>
  end(): Promise<void>
}

describe('what others write into the file (always true: 4)', () => {
  let t: TestApp
  let admin: SignedIn
  let writers: Writer[]

  beforeEach(async () => {
    t = await testApp({ LOG_LEVEL: 'silent' })
    admin = await t.signedIn('admin')
    const path = t.config.DATABASE_URL.slice('file:'.length)
    writers = [await shellOn(path), await programOn(path)]
  })
  afterEach(async () => {
    for (const writer of writers) await writer.end()
    await t.close()
  })

  it(`is in the very next answer, ${ROUNDS} times out of ${ROUNDS}`, async () => {
    const ids = [await addInterviewer(t, admin), await addInterviewer(t, admin), await addInterviewer(t, admin)]
    const tags = new Map<string, string>()
    const stale: string[] = []
    let fromMemory = 0

    const look = async (way: Way, id: string): Promise<Told> => {
      const url = way === 'list' ? list : `/api/interviewers/${id}`
      const headers = way === 'conditional' ? { 'if-none-match': tags.get(id) ?? '"0"' } : {}
      const told = await ask(t.app, url, { as: admin, headers })
      if (typeof told.etag === 'string') tags.set(id, told.etag)
      if (told.cache === 'hit') fromMemory += 1
      return told
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = chosen(ids, round)
      const way = chosen(WAYS, Math.floor(round / 2))
      const title = `Written in round ${round}`
      await chosen(writers, round).write(`UPDATE interviewers SET title = '${title}' WHERE id = '${id}';`)
      const { status, text } = await look(way, id)
      if (status !== 200 || !text.includes(`"${title}"`)) stale.push(`${round} ${way}: ${status} ${text}`)
      if (!asksTwice(round)) continue
      const again = await look(way, id)
      const known = way === 'conditional'
      if (again.status !== (known ? 304 : 200) || again.text !== (known ? '' : text))
        stale.push(`${round} again ${way}`)
    }
    expect(stale).toEqual([])
    expect(fromMemory).toBeGreaterThanOrEqual(ROUNDS / 2)
  })

  it(`ends a session for the very next request, ${SESSIONS} times out of ${SESSIONS}`, async () => {
    const stillIn: string[] = []
    for (let round = 0; round < SESSIONS; round += 1) {
      const person = await t.signedIn('interviewer')
      for (let before = 0; before < 2; before += 1) {
        expect(await ask(t.app, list, { as: person })).toMatchObject({ status: 200 })
      }
      await chosen(writers, round).write(
        `UPDATE sessions SET ended_at = '2026-03-02T09:00:00.000Z' WHERE id = '${person.sessionId}';`,
      )
      const { status } = await ask(t.app, list, { as: person })
      if (status !== 401) stillIn.push(`${round}: ${status}`)
    }
    expect(stillIn).toEqual([])
    expect(t.app.cache.statistics().hits).toBeGreaterThan(SESSIONS)
  })

  it(`takes somebody’s time in the very next search, ${SEARCHES} times out of ${SEARCHES}`, async () => {
    const id = await addInterviewer(t, admin)
    await addEvent(t, admin, id)
    const hours = ['09', '10', '11', '12', '13', '14', '15', '16']
    const url = `/api/interviewers/${id}/slots?from=2030-05-06T00:00:00Z&to=2030-05-07T00:00:00Z&durationMinutes=60&stepMinutes=60`
    const wrong: string[] = []
    for (let round = 0; round < SEARCHES; round += 1) {
      const taken = chosen(hours, round)
      await chosen(writers, round).write(
        `UPDATE claims SET starts_at = '2030-05-06T${taken}:00:00.000Z', ends_at = '2030-05-06T${taken}:30:00.000Z' WHERE subject = 'interviewer:${id}';`,
      )
      const expected = hours.filter(hour => hour !== taken).join()
      for (let asked = 0; asked < 2; asked += 1) {
        const { slots } = JSON.parse((await ask(t.app, url, { as: admin })).text)
        const free = slots.map(({ startsAt }: { startsAt: string }) => startsAt.slice(11, 13)).join()
        if (free !== expected) wrong.push(`${round}: ${taken} is taken, and free are ${free}`)
      }
    }
    expect(wrong).toEqual([])
  })
})

describe('what others write into a database of PostgreSQL (always true: 4)', () => {
  const FOREIGN = scaled(20, 100)
  const OWN = scaled(60, 500)
  let t: TestApp
  let admin: SignedIn
  let other: pg.Client

  beforeEach(async () => {
    t = await testApp({ LOG_LEVEL: 'silent' }, postgres)
    admin = await t.signedIn('admin')
    other = new pg.Client(t.config.DATABASE_URL)
    await other.connect()
  })
  afterEach(async () => {
    await other.end()
    await t.close()
  })

  it(`is in the answer soon after, ${FOREIGN} times out of ${FOREIGN}`, async () => {
    const id = await addInterviewer(t, admin)
    const url = `/api/interviewers/${id}`
    for (let round = 0; round < FOREIGN; round += 1) {
      await ask(t.app, url, { as: admin })
      expect(await ask(t.app, url, { as: admin })).toMatchObject({ status: 200, cache: 'hit' })
      const title = `Written in round ${round}`
      await other.query('UPDATE interviewers SET title = $1 WHERE id = $2', [title, id])
      await eventually(async () => {
        const told = await ask(t.app, url, { as: admin })
        expect(told, `round ${round}`).toMatchObject({ status: 200, text: expect.stringContaining(`"${title}"`) })
      })
    }
  })

  it('ends a session for the very next request', async () => {
    for (let round = 0; round < FOREIGN; round += 1) {
      const person = await t.signedIn('interviewer')
      expect(await ask(t.app, list, { as: person })).toMatchObject({ status: 200 })
      await other.query(`UPDATE sessions SET ended_at = '2026-03-02T09:00:00.000Z' WHERE id = $1`, [person.sessionId])
      expect(await ask(t.app, list, { as: person })).toMatchObject({ status: 401 })
    }
  })

  it(`is no matter for what it writes itself: that is in the very next answer, ${OWN} times out of ${OWN}`, async () => {
    const id = await addInterviewer(t, admin)
    const urls = [`/api/interviewers/${id}`, list]
    let fromMemory = 0
    for (let round = 0; round < OWN; round += 1) {
      const title = `Written in round ${round}`
      await t.db.run('UPDATE interviewers SET title = :title WHERE id = :id', { title, id })
      for (const url of [...urls, ...urls]) {
        const { text, cache } = await ask(t.app, url, { as: admin })
        expect(text).toContain(`"${title}"`)
        if (cache === 'hit') fromMemory += 1
      }
    }
    expect(fromMemory).toBeGreaterThan(OWN)
  })
})

const WAYS = ['id', 'list', 'conditional'] as const
type Way = (typeof WAYS)[number]

/** The plain shell, kept open: it says the number of a statement when it has run it. */
async function shellOn(path: string): Promise<Writer> {
  const shell = start('sqlite3', ['-batch', '-bail', '-cmd', '.timeout 5000', path])
  let number = 0
  const write = async (sql: string) => {
    number += 1
    shell.process.stdin.write(`${sql}\nSELECT ${number};\n`)
    await said(shell, String(number))
  }
  shell.process.stdin.write('PRAGMA synchronous=OFF;\n')
  await write('')
  return { write, end: () => ended(shell) }
}

/** Another process, with a connection and a build of SQLite of its own. */
async function programOn(path: string): Promise<Writer> {
  const program = start(...(await compiledProgram('foreign-writer.mts', path)))
  await said(program, 'done')
  const write = async (sql: string) => {
    program.process.stdin.write(`${sql}\n`)
    await said(program, 'done')
  }
  return { write, end: () => ended(program) }
}

async function said(program: Program, word: string): Promise<void> {
  const { value, done } = await program.lines.next()
  if (done || value !== word) throw new Error(`the writer said ${String(value)}: ${(await program.finished).stderr}`)
}

async function ended({ process, finished }: Program): Promise<void> {
  process.stdin.end()
  expect(await finished).toMatchObject({ end: 0, stderr: '' })
}

function chosen<Thing>(things: readonly Thing[], number: number): Thing {
  const thing = things[number % things.length]
  if (thing === undefined) throw new Error('there is nothing to choose from')
  return thing
}
