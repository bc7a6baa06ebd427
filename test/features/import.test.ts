import { Readable } from 'node:stream'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rowsOf } from '../../features/interviewers/sheet.ts'
import { cellOfWords, unguarded, wordsOfCell } from '../../plugins/exports/cells.ts'
import { csvOf } from '../../plugins/exports/csv.ts'
import { refusal } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { countOf } from '../support/rows.ts'
import { withApiToken } from '../support/tokens.ts'

const url = '/api/interviewers/import'
const HEADING =
  'name,email,title,department,skills,interviewTypes,timezone,status,bufferBeforeMinutes,bufferAfterMinutes,maxPerDay,maxPerWeek,weight'

describe.each(drivers)('importing interviewers on $name', driver => {
  let t: TestApp
  let talent: SignedIn
  let reader: SignedIn

  beforeAll(async () => {
    t = await testApp({}, driver)
    talent = await t.signedIn('talent')
    reader = await t.signedIn('interviewer')
  })
  afterAll(() => t.close())

  const send = (payload: string | Buffer, query = '', headers = {}, as = talent): Promise<Answer> =>
    t.post(url + query, payload, as, { 'content-type': 'text/csv', ...headers })
  const file = (...lines: string[]) => lines.join('\r\n')
  const exported = async () => (await t.get('/api/interviewers/export', talent)).body as string
  const known = async (email: string) =>
    (await t.get(`/api/interviewers?q=${encodeURIComponent(email)}`, talent)).body.data[0]
  const written = async () => [await countOf(t.db, 'interviewers'), await countOf(t.db, 'audit_logs')]

  describe('refusals', () => {
    it('refuses a stranger and an interviewer', async () => {
      const payload = file('name,email', 'Ada,ada@example.com')
      const stranger = await t.call({ method: 'POST', url, payload, headers: { 'content-type': 'text/csv' } })
      expect(stranger).toMatchObject(refusal(401, 'UNAUTHORIZED'))
      expect(await send(payload, '', {}, reader)).toMatchObject(refusal(403, 'FORBIDDEN'))
    })

    it.each([
      ['no column for the address', 'name\r\nAda', '/email', /no column email/],
      ['a column that is unknown', 'name,email,salary\r\nAda,a@b.co,1', '/salary', /salary/],
      ['a column twice', 'name,email,name\r\nAda,a@b.co,Bob', '/name', /twice/],
      ['nothing at all', ' ', '', /no column|column ""/],
      ['an open quote', 'name,email\r\n"Ada,a@b.co', '', /row 2 cannot be read/],
    ] as const)('refuses %s, and says so', async (_what, payload, path, sentence) => {
      const answer = await send(payload)
      expect(answer).toMatchObject(refusal(400, 'VALIDATION'))
      expect(answer.body.message).toMatch(sentence)
      if (path !== '') expect(answer.body.details).toMatchObject([{ path }])
    })

    it('F04 refuses a file of very many empty rows, and takes words without end for what they are', async () => {
      const empty = await send(`name,email\n${'\n'.repeat(256 * 1024)}`, '?dryRun=true')
      expect(empty).toMatchObject(refusal(413, 'TOO_MANY_ROWS'))
      const words = await send(`name,email,skills\nAda,a@b.co,${'a|'.repeat(40_000)}`, '?dryRun=true&mode=valid')
      expect(words.body.rows).toMatchObject([{ status: 'failed', errors: [{ column: 'skills' }] }])
    })

    it('refuses a body of another type, one that is missing, and a query that is unknown', async () => {
      expect(await t.post(url, { name: 'Ada' }, talent)).toMatchObject({ status: 415 })
      expect(await t.post(url, undefined, talent)).toMatchObject({ status: 400 })
      expect(await send('name,email', '?mode=some')).toMatchObject({
        status: 400,
        body: { details: [{ path: '/mode' }] },
      })
    })

    it('refuses more rows than one transaction shall write, and more bytes than a file may have', async () => {
      const rows = Array.from({ length: 1_001 }, (_, n) => `Ada,ada.${n}@example.com`)
      expect(await send(file('name,email', ...rows))).toMatchObject(refusal(413, 'TOO_MANY_ROWS'))
      const large = Buffer.alloc(16 * 1024 * 1024 + 1, 'a')
      expect(await send(large)).toMatchObject(refusal(413, 'PAYLOAD_TOO_LARGE'))
    })

    it('refuses a whole file for one wrong row, names rows and columns, and leaves no trace of it', async () => {
      const before = await written()
      const answer = await send(
        file(
          'name,email,timezone,weight',
          'Ada,whole@example.com,Europe/Berlin,100',
          ',bad,Mars/Olympus,many',
          '',
          'Cy,cy@example.com,,1,5',
        ),
      )
      expect(answer).toMatchObject(refusal(400, 'IMPORT_REFUSED'))
      const columns = answer.body.details.map(({ row, errors }: { row: number; errors: { column: string }[] }) => [
        row,
        [...new Set(errors.map(({ column }) => column))].sort(),
      ])
      expect(columns).toEqual([
        [3, ['email', 'name', 'timezone', 'weight']],
        [5, ['']],
      ])
      expect(await written()).toEqual(before)
    })
  })

  it('adds who is not there and changes who is, each with one row in the journal', async () => {
    const first = await send(
      file(
        HEADING,
        '"Lovelace, Ada",ada@example.com,Staff Engineer,Platform,TypeScript | SQL;sql,technical|system_design,Europe/Berlin,active,5,15,3,,120',
        'Grace Hopper,grace@example.com,,,,,,,,,,,',
      ),
    )
    expect(first).toMatchObject({
      status: 200,
      body: { applied: true, created: 2, updated: 0, unchanged: 0, failed: 0 },
    })
    expect(await known('ada@example.com')).toMatchObject({
      name: 'Lovelace, Ada',
      skills: ['TypeScript', 'SQL'],
      interviewTypes: ['technical', 'system_design'],
      timezone: 'Europe/Berlin',
      bufferBeforeMinutes: 5,
      maxPerDay: 3,
      maxPerWeek: null,
      weight: 120,
      version: 1,
    })
    expect(await known('grace@example.com')).toMatchObject({ timezone: 'UTC', weight: 100, title: null, skills: [] })

    const again = await send(file('email;name;weight;title', 'ADA@example.com;Ada Lovelace;;'))
    expect(again.body).toMatchObject({ created: 0, updated: 1, rows: [{ row: 2, status: 'updated' }] })
    const ada = await known('ada@example.com')
    expect(ada).toMatchObject({ name: 'Ada Lovelace', email: 'ada@example.com', weight: 120, title: null, version: 2 })
    const history = await t.get(`/api/interviewers/${ada.id}/history?sort=id`, talent)
    expect(history.body.data).toMatchObject([
      { action: 'create', actorId: talent.id, changes: { email: { from: null, to: 'ada@example.com' } } },
      { action: 'update', changes: { name: { from: 'Lovelace, Ada', to: 'Ada Lovelace' } } },
    ])
    expect(Object.keys(history.body.data[1].changes).sort()).toEqual(['name', 'title'])
  })

  it('changes nothing when the same file comes twice, nor when an export comes back', async () => {
    const rows = [
      `"=cmd|'/C calc'!A1",=x@example.com,+1,-2,"@a|""b;c""|'=d|""quoted""",`,
      `'apostrophe,apostrophe@example.com,"'=both","two\nlines",,`,
      'Дмитрий,dmitri@example.com,"a,b","c""d",e,coding',
    ]
    const payload = file(
      'name,email,title,department,skills,interviewTypes',
      ...rows.filter((_, n) => n !== 1),
      rows[1] ?? '',
    )
    expect((await send(payload)).body).toMatchObject({ code: 'IMPORT_REFUSED', details: [{ row: 4 }] })
    const good = payload.replace('two\nlines', 'one line')
    expect((await send(good)).body).toMatchObject({ created: 3 })
    const before = await written()
    expect((await send(good)).body).toMatchObject({ created: 0, updated: 0, unchanged: 3, failed: 0 })
    expect(await known('=x@example.com')).toMatchObject({
      name: "=cmd|'/C calc'!A1",
      title: '+1',
      department: '-2',
      skills: ['@a', 'b;c', "'=d", 'quoted'],
    })
    expect(await known('apostrophe@example.com')).toMatchObject({ name: "'apostrophe", title: '=both' })

    const whole = await exported()
    const journal = (await written())[1]
    const report = (await send(whole)).body
    expect(report).toMatchObject({ created: 0, updated: 0, failed: 0, unchanged: before[0] })
    expect((await written())[1]).toBe(journal)
  })

  it('A50: 500 rows with 3 wrong, 2 twice and 1 of somebody there: the same report both times, and all or nothing', async () => {
    await send(file('name,email', 'Known,known@example.com'))
    const rows = Array.from({ length: 500 }, (_, n) => `Person ${n},person.${n}@example.com,Europe/Berlin`)
    for (const bad of [10, 20, 30]) rows[bad] = `Person ${bad},person.${bad}@example.com,Nowhere/Else`
    for (const twice of [40, 50]) rows[twice] = 'Again,PERSON.0@example.com,UTC'
    rows[60] = 'Renamed,Known@Example.com,UTC'
    const payload = file('name,email,timezone', ...rows)
    const before = await written()

    const refused = await send(payload)
    const dry = await send(payload, '?dryRun=true')
    expect(await written()).toEqual(before)
    expect(dry.body).toMatchObject({ dryRun: true, mode: 'all', applied: false, created: 494, updated: 1, failed: 5 })
    expect(refused).toMatchObject(refusal(400, 'IMPORT_REFUSED'))
    const failed = dry.body.rows.filter(({ status }: { status: string }) => status === 'failed')
    expect(failed.map(({ row }: { row: number }) => row)).toEqual([12, 22, 32, 42, 52])
    expect(refused.body.details).toEqual(failed.map(({ status: _, ...row }: { status: string }) => row))
    expect(failed[3].errors).toEqual([{ column: 'email', message: 'row 2 has the same address' }])

    const dryValid = await send(payload, '?dryRun=true&mode=valid')
    const real = await send(payload, '?mode=valid')
    const told = ({ rows: all, ...rest }: { rows: { id?: string }[] }) => ({
      ...rest,
      applied: '',
      dryRun: '',
      rows: all.map(row => ('status' in row && row.status === 'created' ? { ...row, id: '' } : row)),
    })
    expect(told(real.body)).toEqual(told(dryValid.body))
    expect(real.body).toMatchObject({ applied: true, created: 494, updated: 1, unchanged: 0, failed: 5 })
    expect(await written()).toEqual([(before[0] ?? 0) + 494, (before[1] ?? 0) + 495])
    expect((await send(payload, '?mode=valid')).body).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 495,
      failed: 5,
    })
  })

  it('A52: tells of the interviews that remain to whom a file makes inactive', async () => {
    const startsAt = '2030-03-04T09:00:00Z'
    await send(file('name,email', 'Leaver,leaver@example.com'))
    const { id: interviewerId } = await known('leaver@example.com')
    const payload = { title: 'Interview', type: 'other', startsAt, durationMinutes: 30, panel: [{ interviewerId }] }
    expect((await t.post('/api/events', payload, talent)).status).toBe(201)
    for (const query of ['?dryRun=true', '']) {
      const answer = await send(file('name,email,status', 'Leaver,leaver@example.com,inactive'), query)
      expect(answer.body.rows).toMatchObject([
        { status: 'updated', warnings: [{ code: 'FUTURE_EVENT', title: 'Interview' }] },
      ])
    }
  })

  it('repeats its answer for the same Idempotency-Key, which a dry run does not use up', async () => {
    const headers = { 'idempotency-key': 'import-once' }
    const payload = file('name,email', 'Once,once@example.com')
    expect((await send(payload, '?dryRun=true', headers)).body).toMatchObject({ applied: false, created: 1 })
    const first = await send(payload, '', headers)
    const again = await send(payload, '', headers)
    expect(first.body).toMatchObject({ applied: true, created: 1 })
    expect(again.body).toEqual(first.body)
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect(await send('name,email', '', headers)).toMatchObject({ status: 422 })
  })

  it('takes an API token of scope interviewers:write, and no other', async () => {
    const payload = file('name,email', 'Token,token@example.com')
    const reading = await withApiToken(t, talent, 'interviewers:read')
    const writing = await withApiToken(t, talent, 'interviewers:write')
    expect((await send(payload, '', {}, reading)).status).toBe(403)
    expect((await send(payload, '', {}, writing)).status).toBe(200)
  })
})

it('reads each character of a long file whole, wherever it stands', async () => {
  const name = '😀'.repeat(10_000)
  const rows = Array.from({ length: 30 }, (_, n) => `${name},smile.${n}@example.com`)
  for (const heading of ['name,email', ' name,email']) {
    const read = await rowsOf([heading, ...rows].join('\n')) // what is on no seam of one file is on one of the other
    expect(read.filter(({ body }) => body['name'] === name)).toHaveLength(30)
  }
})

describe('cells of a CSV file', () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom('=', '+', '-', '@', "'", '\t', '\r', '＝', ';', '|', '"'), fc.string()),
  })

  it('any text comes back, and none begins a formula', async () => {
    const column = { header: 'text', value: (words: string) => words, width: 1 }
    const property = fc.asyncProperty(fc.array(text), async texts => {
      const pages = Readable.from([texts])
      const csv = (await csvOf(pages, [column]).toArray()).join('')
      const cells = parse(csv, { bom: true, from: 2, skip_empty_lines: false }).flat()
      expect(cells.filter(cell => /^[=+\-@\t\r＝＋－＠]/.test(cell))).toEqual([])
      expect(cells.map(unguarded)).toEqual(texts)
    })
    await fc.assert(property)
  })

  it('any set of words comes back out of one cell', () => {
    const word = text.map(one => one.replaceAll(/[\r\n]/g, ' ').trim()).filter(one => one !== '')
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), words => {
        expect(wordsOfCell(cellOfWords(words))).toEqual(words)
      }),
    )
  })

  it('an open quote is a part of its word', () => {
    expect(wordsOfCell('"open')).toEqual(['"open'])
  })
})
