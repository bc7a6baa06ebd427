import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { invalid, outdated, refusal, unknown } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { countOf } from '../support/rows.ts'

const url = '/api/portfolio'
const LINE_FEED = 'two\nlines'

/** The kinds: the least that has to be sent, the rest with its default, one with everything, and one field to change. */
const KINDS = [
  {
    kind: 'experience',
    entityType: 'portfolio_experience',
    least: { company: 'Analytical Engines', role: 'Engineer' },
    defaults: { location: null, startDate: null, endDate: null, description: null, highlights: [] },
    whole: {
      company: 'Łódź "Engines" \\ 🧭',
      role: 'Lead',
      location: 'London',
      startDate: '2019-04',
      endDate: '2026-03-01',
      description: 'One line\nand another',
      highlights: ['First', 'It’s "second"'],
    },
    change: { role: 'Principal' },
    clear: { location: null, highlights: [] },
  },
  {
    kind: 'education',
    entityType: 'portfolio_education',
    least: { institution: 'University of London' },
    defaults: { degree: null, field: null, startDate: null, endDate: null, description: null },
    whole: {
      institution: 'ETH Zürich',
      degree: 'MSc',
      field: 'Mathematics',
      startDate: '1999-10-04',
      endDate: '2001-07',
      description: 'With honours',
    },
    change: { degree: 'PhD' },
    clear: { field: null, description: null },
  },
  {
    kind: 'skills',
    entityType: 'portfolio_skill',
    least: { name: 'SQL' },
    defaults: { category: null, level: null, years: null },
    whole: { name: 'TypeScript', category: 'Languages', level: 5, years: 7.5 },
    change: { level: 4 },
    clear: { category: null, years: null },
  },
  {
    kind: 'projects',
    entityType: 'portfolio_project',
    least: { name: 'Bernoulli' },
    defaults: { description: null, url: null, repositoryUrl: null, technologies: [], startDate: null, endDate: null },
    whole: {
      name: 'Difference',
      description: 'Computes\ttables',
      url: 'https://example.com/difference?a=b#c',
      repositoryUrl: 'http://git.example.com/difference',
      technologies: ['SQL', 'Brass'],
      startDate: '2024-02-29',
      endDate: null,
    },
    change: { name: 'Difference 2' },
    clear: { url: null, technologies: [] },
  },
]

const DATED = KINDS.filter(({ defaults }) => 'startDate' in defaults)

describe.each(drivers)('portfolio on $name', driver => {
  let t: TestApp
  let talent: SignedIn
  let ada: SignedIn
  let stranger: SignedIn
  /** The interviewer that Ada's account acts as, and one without an account. */
  let adas: string
  let other: string

  beforeAll(async () => {
    t = await testApp({}, driver)
    talent = await t.signedIn('talent')
    ada = await t.signedIn('interviewer')
    stranger = await t.signedIn('interviewer')
    adas = await interviewer(ada.id)
    other = await interviewer()
  })
  afterAll(() => t.close())

  const interviewer = async (userId: string | null = null): Promise<string> => {
    const payload = { name: 'Ada Lovelace', email: `${randomUUID()}@example.com`, userId }
    return (await t.post('/api/interviewers', payload, talent)).body.id
  }
  const post = (kind: string, payload: object, as = talent, headers = {}): Promise<Answer> =>
    t.post(`${url}/${kind}`, payload, as, headers)
  const put = (path: string, payload: object, as = talent, headers = {}): Promise<Answer> =>
    t.put(`${url}/${path}`, payload, as, headers)
  const remove = (path: string, as = talent, headers = {}): Promise<Answer> => t.delete(`${url}/${path}`, as, headers)
  const get = (path: string, headers = {}): Promise<Answer> => t.get(`${url}/${path}`, stranger, headers)
  const overview = (id: string): Promise<Answer> => t.get(`/api/interviewers/${id}/portfolio`, stranger)
  const journal = async (entityType: string, entityId: string) =>
    (await t.get(`/api/audit-logs?entityType=${entityType}&entityId=${entityId}&sort=id`, talent)).body.data
  const written = async () => [await countOf(t.db, 'audit_logs'), await entries()]
  const entries = async () => Promise.all(KINDS.map(({ kind }) => countOf(t.db, `portfolio_${kind}`)))
  const ids = ({ body }: Answer) => body.data.map(({ id }: { id: string }) => id)
  const forbidden = refusal(403, 'FORBIDDEN', { message: expect.stringMatching(/^An interviewer changes/) })

  describe('portfolio: refusals', () => {
    it.each([
      ...KINDS.flatMap(({ kind }) => [
        ['GET', `${url}/${kind}`],
        ['POST', `${url}/${kind}`],
        ['GET', `${url}/${kind}/${unknown}`],
        ['PUT', `${url}/${kind}/${unknown}`],
        ['DELETE', `${url}/${kind}/${unknown}`],
      ]),
      ['GET', `${url}/biodata/${unknown}`],
      ['PUT', `${url}/biodata/${unknown}`],
      ['GET', `/api/interviewers/${unknown}/portfolio`],
    ] as ['GET', string][])('refuses a stranger: %s %s', async (method, address) => {
      expect(await t.call({ method, url: address })).toMatchObject(refusal(401, 'UNAUTHORIZED'))
    })

    it.each(KINDS)('refuses an interviewer somebody else’s $kind, and leaves no trace', async of => {
      const { kind, least, change } = of
      const { body: entry } = await post(kind, { interviewerId: other, ...least })
      const before = await written()
      expect(await post(kind, { interviewerId: other, ...least }, ada)).toMatchObject(forbidden)
      expect(await put(`${kind}/${entry.id}`, change, ada)).toMatchObject(forbidden)
      expect(await put(`${kind}/${entry.id}`, change, ada, { 'if-match': '"9"' })).toMatchObject(forbidden)
      expect(await remove(`${kind}/${entry.id}`, ada)).toMatchObject(forbidden)
      expect(await written()).toEqual(before)
      expect((await get(`${kind}/${entry.id}`)).body).toEqual(entry)
    })

    it('refuses an interviewer somebody else’s biodata, and leaves no trace', async () => {
      const before = await written()
      expect(await put(`biodata/${other}`, { headline: 'Mine' }, ada)).toMatchObject(forbidden)
      expect(await written()).toEqual(before)
      expect((await get(`biodata/${other}`)).status).toBe(404)
    })

    it.each(KINDS)('answers 404 to $kind that is not there, whoever asks', async ({ kind, change }) => {
      for (const as of [talent, ada]) {
        const answers = [
          await t.get(`${url}/${kind}/${unknown}`, as),
          await put(`${kind}/${unknown}`, change, as),
          await remove(`${kind}/${unknown}`, as),
        ]
        for (const answer of answers) expect(answer).toMatchObject(refusal(404, 'NOT_FOUND'))
      }
    })

    it('answers 404 to the biodata of nobody, to one that was never written, and to the portfolio of nobody', async () => {
      const missing = (what: string) => ({ status: 404, body: { message: `There is no such ${what}` } })
      expect(await get(`biodata/${unknown}`)).toMatchObject(missing('interviewer'))
      expect(await get(`biodata/${other}`)).toMatchObject(missing('biodata'))
      expect(await overview(unknown)).toMatchObject(missing('interviewer'))
      for (const as of [talent, ada])
        expect(await put(`biodata/${unknown}`, { headline: 'x' }, as)).toMatchObject(missing('interviewer'))
    })

    it.each<[string, string, object, string]>([
      ...KINDS.flatMap(({ kind, least, whole }): [string, string, object, string][] => [
        ['an interviewer who is not there', kind, { interviewerId: unknown }, '/interviewerId'],
        ['no interviewer', kind, { interviewerId: undefined }, '/interviewerId'],
        ['an interviewer that is no id', kind, { interviewerId: '5' }, '/interviewerId'],
        ...Object.keys(least).flatMap((field): [string, string, object, string][] => [
          [`no ${field}`, kind, { [field]: undefined }, `/${field}`],
          [`an empty ${field}`, kind, { [field]: '' }, `/${field}`],
          [`a ${field} of null`, kind, { [field]: null }, `/${field}`],
          [`a ${field} of two lines`, kind, { [field]: LINE_FEED }, `/${field}`],
          [`a ${field} of 161 characters`, kind, { [field]: 'x'.repeat(161) }, `/${field}`],
        ]),
        ...Object.keys(whole).map((field): [string, string, object, string] => [
          `true for ${field}`,
          kind,
          { [field]: true },
          `/${field}`,
        ]),
        ['a position below none', kind, { position: -1 }, '/position'],
        ['half a position', kind, { position: 0.5 }, '/position'],
        ['a position as text', kind, { position: '1' }, '/position'],
        ['a position beyond a million', kind, { position: 1_000_001 }, '/position'],
        ['an unknown field', kind, { salary: 1 }, '/salary'],
        ['a field of the database', kind, { version: 7 }, '/version'],
      ]),
      ...DATED.flatMap(({ kind }): [string, string, object, string][] => [
        ...['2026', '2026-13', '2026-00', '2026-3', '2026-02-30', '2025-02-29', '2026-04-31', '2026-03-00', '', 'May']
          .flatMap(date => [{ startDate: date }, { endDate: date }])
          .map((dates): [string, string, object, string] => [
            `the date ${JSON.stringify(dates)}`,
            kind,
            dates,
            `/${Object.keys(dates).join()}`,
          ]),
        ['an instant for a date', kind, { startDate: '2026-03-02T09:00:00Z' }, '/startDate'],
        ['an end before its start', kind, { startDate: '2026-03', endDate: '2026-02' }, '/endDate'],
        ['an end a day before', kind, { startDate: '2026-03-15', endDate: '2026-03-14' }, '/endDate'],
        ['an end in the month before', kind, { startDate: '2026-03-01', endDate: '2026-02' }, '/endDate'],
        ['a start in the month after', kind, { startDate: '2026-04', endDate: '2026-03-31' }, '/endDate'],
      ]),
      ['twenty-one highlights', 'experience', { highlights: Array(21).fill('x') }, '/highlights'],
      ['an empty highlight', 'experience', { highlights: ['x', ''] }, '/highlights/1'],
      ['a level of none', 'skills', { level: 0 }, '/level'],
      ['a level over the best', 'skills', { level: 6 }, '/level'],
      ['half a level', 'skills', { level: 2.5 }, '/level'],
      ['years below none', 'skills', { years: -0.5 }, '/years'],
      ['years beyond a life', 'skills', { years: 80.5 }, '/years'],
      ['years to the day', 'skills', { years: 1.123 }, '/years'],
      ['fifty-one technologies', 'projects', { technologies: Array(51).fill('x') }, '/technologies'],
      ...['javascript:alert(1)', 'ftp://example.com/x', 'data:text/html,x', '//example.com', 'https://', 'example.com']
        .flatMap(address => [{ url: address }, { repositoryUrl: address }])
        .map((urls): [string, string, object, string] => [
          JSON.stringify(urls),
          'projects',
          urls,
          `/${Object.keys(urls).join()}`,
        ]),
    ])('refuses %s of %s and names the field', async (_what, kind, more, path) => {
      const least = KINDS.find(one => one.kind === kind)?.least
      const before = await written()
      expect(await post(kind, { interviewerId: adas, ...least, ...more })).toMatchObject(invalid(path))
      expect(await written()).toEqual(before)
    })

    it.each([
      ['an empty headline', { headline: '' }, '/headline'],
      ['a headline of two lines', { headline: LINE_FEED }, '/headline'],
      ['a summary that is too long', { summary: 'x'.repeat(5001) }, '/summary'],
      ['no list of languages', { languages: null }, '/languages'],
      ['twenty-one languages', { languages: Array(21).fill('x') }, '/languages'],
      ['twenty-one links', { links: Array(21).fill({ label: 'x', url: 'https://a.b' }) }, '/links'],
      ['a link without a label', { links: [{ url: 'https://a.b' }] }, '/links/0/label'],
      ['a link to javascript', { links: [{ label: 'x', url: 'javascript:alert(1)' }] }, '/links/0/url'],
      ['a link to ftp', { links: [{ label: 'x', url: 'ftp://a.b/c' }] }, '/links/0/url'],
      ['a link with more', { links: [{ label: 'x', url: 'https://a.b', rel: 'me' }] }, '/links/0/rel'],
      ['an unknown field', { age: 30 }, '/age'],
      ['another interviewer', { interviewerId: unknown }, '/interviewerId'],
    ])('refuses biodata with %s and names the field', async (_what, payload, path) => {
      expect(await put(`biodata/${other}`, payload)).toMatchObject(invalid(path))
      expect((await get(`biodata/${other}`)).status).toBe(404)
    })

    it('refuses an interviewer an entry for nobody with the field, as it does staff', async () => {
      const answer = await post('skills', { interviewerId: unknown, name: 'SQL' }, ada)
      expect(answer).toMatchObject(invalid('/interviewerId'))
    })

    it.each(KINDS)('refuses $kind a stale version, an empty change and another owner', async of => {
      const { kind, least, change } = of
      const { body: entry } = await post(kind, { interviewerId: await interviewer(), ...least })
      const path = `${kind}/${entry.id}`
      expect(await put(path, {})).toMatchObject(invalid(''))
      expect(await put(path, { interviewerId: other })).toMatchObject(invalid('/interviewerId'))
      const answer = await put(path, change, talent, { 'if-match': '"1"' })
      expect(answer).toMatchObject({ status: 200, headers: { etag: '"2"' } })
      const stale = outdated(2)
      expect(await put(path, change, talent, { 'if-match': '"1"' })).toMatchObject(stale)
      expect(await remove(path, talent, { 'if-match': '"1"' })).toMatchObject(stale)
      expect((await remove(path, talent, { 'if-match': '"2"' })).status).toBe(204)
    })

    it('refuses biodata a stale version and an empty change', async () => {
      const path = `biodata/${await interviewer()}`
      expect(await put(path, {})).toMatchObject(invalid(''))
      await put(path, { headline: 'One' })
      expect(await put(path, {})).toMatchObject(invalid(''))
      expect(await put(path, { headline: 'Two' }, talent, { 'if-match': '"1"' })).toMatchObject({ status: 200 })
      const stale = outdated(2)
      expect(await put(path, { headline: 'Three' }, talent, { 'if-match': '"1"' })).toMatchObject(stale)
    })

    it('refuses a skill twice, in whatever case, and leaves no trace; another interviewer may have it', async () => {
      const [one, two] = [await interviewer(), await interviewer()]
      await post('skills', { interviewerId: one, name: 'TypeScript' })
      const { body: sql } = await post('skills', { interviewerId: one, name: 'SQL' })
      const before = await written()
      const taken = refusal(409, 'SKILL_TAKEN', { message: expect.stringContaining('TYPEscript') })
      expect(await post('skills', { interviewerId: one, name: 'TYPEscript' })).toMatchObject(taken)
      expect(await put(`skills/${sql.id}`, { name: 'TYPEscript' })).toMatchObject(taken)
      expect(await written()).toEqual(before)
      expect((await put(`skills/${sql.id}`, { name: 'sql' })).body.name).toBe('sql')
      expect((await post('skills', { interviewerId: two, name: 'typescript' })).status).toBe(201)
    })

    it.each(KINDS)(
      'refuses the 101st of $kind until one goes, and counts those of one interviewer alone',
      async kind => {
        const [full, empty] = [await interviewer(), await interviewer()]
        await fill(kind, full, 100)
        const more = { interviewerId: full, ...kind.least }
        const before = await written()
        expect(await post(kind.kind, more)).toMatchObject(refusal(409, 'PORTFOLIO_FULL'))
        expect(await written()).toEqual(before)
        expect((await post(kind.kind, { ...more, interviewerId: empty })).status).toBe(201)
        expect((await overview(full)).body[kind.kind]).toHaveLength(100)
        await remove(`${kind.kind}/${ids(await get(`${kind.kind}?interviewerId=${full}&limit=1`))[0]}`)
        expect((await post(kind.kind, more)).status).toBe(201)
        expect((await post(kind.kind, { ...more, ...renamed(kind.least) })).status).toBe(409)
      },
    )

    it('lets one of two who race for the last place have it', async () => {
      const interviewerId = await interviewer()
      const kind = KINDS[0]
      if (kind) await fill(kind, interviewerId, 99)
      const answers = await Promise.all(
        ['a', 'b'].map(company => post('experience', { interviewerId, company, role: 'x' })),
      )
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    })
  })

  /** So many entries, made straight in the database. */
  async function fill({ kind, least }: { kind: string; least: object }, interviewerId: string, count: number) {
    const columns = Object.keys(least)
    const statement = `INSERT INTO portfolio_${kind} (id, interviewer_id, ${columns.join(', ')})
      VALUES (:id, :interviewerId, ${columns.map(column => `:${column}`).join(', ')})`
    await t.db.transaction(async tx => {
      for (let number = 0; number < count; number += 1) {
        const values = Object.fromEntries(columns.map(column => [column, `${column} ${number}`]))
        await tx.run(statement, { ...values, id: randomUUID(), interviewerId })
      }
    })
  }

  const renamed = (least: object) => Object.fromEntries(Object.keys(least).map(field => [field, 'Yet another']))

  describe('portfolio', () => {
    it.each(KINDS)(
      'adds $kind with the defaults, reads it back and journals it',
      async ({ kind, entityType, ...of }) => {
        const interviewerId = await interviewer()
        const { status, body, headers } = await post(kind, { interviewerId, ...of.least })
        expect([status, headers['location'], headers['etag']]).toEqual([201, `${url}/${kind}/${body.id}`, '"1"'])
        const { id, createdAt, updatedAt, ...rest } = body
        expect(rest).toEqual({ interviewerId, ...of.least, ...of.defaults, position: 0, version: 1 })
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
        expect(updatedAt).toBe(createdAt)
        expect((await get(`${kind}/${id}`)).body).toEqual(body)
        expect(ids(await get(`${kind}?interviewerId=${interviewerId}`))).toEqual([id])
        const [field = '', value] = Object.entries(of.least)[0] ?? []
        expect(await journal(entityType, id)).toMatchObject([
          { action: 'create', actorId: talent.id, entityId: id, changes: { [field]: { from: null, to: value } } },
        ])
      },
    )

    it.each(KINDS)(
      'keeps everything of $kind as it was sent, changes what is sent, and journals just that',
      async of => {
        const interviewerId = await interviewer()
        const { body: entry } = await post(of.kind, { interviewerId, ...of.whole, position: 7 })
        expect(entry).toMatchObject({ interviewerId, ...of.whole, position: 7 })
        const path = `${of.kind}/${entry.id}`
        const changed = await put(path, { ...of.change, position: 1_000_000 })
        expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' } })
        const { updatedAt } = changed.body
        expect(changed.body).toEqual({ ...entry, ...of.change, position: 1_000_000, version: 2, updatedAt })
        const cleared = await put(path, of.clear)
        expect(cleared.body).toMatchObject({ ...of.whole, ...of.change, ...of.clear, version: 3 })
        expect((await get(path)).body).toEqual(cleared.body)
        const [, second, third] = await journal(of.entityType, entry.id)
        expect(second.action).toBe('update')
        expect(Object.keys(second.changes).sort()).toEqual([...Object.keys(of.change), 'position'].sort())
        expect(Object.keys(third.changes).sort()).toEqual(Object.keys(of.clear).sort())
      },
    )

    it.each(KINDS)('removes $kind and keeps its journal; the count follows', async ({ kind, entityType, least }) => {
      const total = async (): Promise<number> => (await get(`${kind}?limit=1`)).body.pagination.total
      const before = await total()
      const { body: entry } = await post(kind, { interviewerId: await interviewer(), ...least })
      expect(await total()).toBe(before + 1)
      expect(await remove(`${kind}/${entry.id}`)).toMatchObject({ status: 204, body: '' })
      expect((await get(`${kind}/${entry.id}`)).status).toBe(404)
      expect(await total()).toBe(before)
      const rows = await journal(entityType, entry.id)
      expect(rows.map(({ action }: { action: string }) => action)).toEqual(['create', 'delete'])
      const [field = '', value] = Object.entries(least)[0] ?? []
      expect(rows[1].changes[field]).toEqual({ from: value, to: null })
    })

    it.each(KINDS)('answers 304 to $kind while the ETag is current', async ({ kind, least }) => {
      const { body: entry } = await post(kind, { interviewerId: await interviewer(), ...least })
      const path = `${kind}/${entry.id}`
      expect(await get(path, { 'if-none-match': '"1"' })).toMatchObject({ status: 304, body: '' })
      await put(path, { position: 1 })
      expect(await get(path, { 'if-none-match': '"1"' })).toMatchObject({ status: 200, headers: { etag: '"2"' } })
    })

    it.each(KINDS)('orders $kind by position, then newest, also over cursors and in the portfolio', async kind => {
      const interviewerId = await interviewer()
      const made: { id: string; position: number; createdAt: string; number: number }[] = []
      const positions = [10, 0, 9, 0, 1_000_000, 9, 0, 2, 10, 0]
      for (const [number, position] of positions.entries()) {
        const { body } = await post(kind.kind, { interviewerId, ...numbered(kind.least, number), position })
        made.push({ ...body, number })
      }
      // Two of one moment, of which the id decides, and one that is older than it looks by its id.
      const [, second, , fourth, , , last] = made
      await setCreated(kind.kind, second?.id, fourth?.createdAt)
      await setCreated(kind.kind, last?.id, '2020-01-01T00:00:00.000Z')
      await post(kind.kind, { interviewerId: other, ...numbered(kind.least, 99) })
      const expected = [9, 3, 1, 6, 7, 5, 2, 8, 0, 4].map(number => made[number]?.id)
      const list = (query: string) => get(`${kind.kind}?interviewerId=${interviewerId}${query}`)

      expect(ids(await list(''))).toEqual(expected)
      expect(ids(await list('&sort=position'))).toEqual(expected)
      expect(ids(await list('&sort=-position'))).toEqual(expected.toReversed())
      expect(ids(await list('&offset=4&limit=3'))).toEqual(expected.slice(4, 7))
      expect(await paged(list, '')).toEqual(expected)
      expect(await paged(list, '&sort=-position')).toEqual(expected.toReversed())
      expect(await paged(list, '&sort=-createdAt')).toEqual([9, 8, 7, 5, 4, 3, 1, 2, 0, 6].map(n => made[n]?.id))
      const whole = (await overview(interviewerId)).body[kind.kind]
      expect(whole.map(({ id }: { id: string }) => id)).toEqual(expected)
      expect(whole[0]).toEqual((await get(`${kind.kind}/${expected[0]}`)).body)
    })

    it.each(KINDS)('pages through all $kind, each once, and refuses a cursor of another list', async ({ kind }) => {
      const { total } = (await get(`${kind}?limit=1`)).body.pagination
      const seen = await paged(query => get(`${kind}?${query}`), '', 100)
      expect(seen).toHaveLength(total)
      expect(new Set(seen).size).toBe(total)
      const { nextCursor } = (await get(`${kind}?limit=1`)).body.pagination
      const told = await get(`${kind}?limit=1&cursor=${nextCursor}&sort=-position`)
      expect(told).toMatchObject(refusal(400, 'INVALID_CURSOR'))
      const answer = await get(`${kind}?interviewerId=${unknown}`)
      expect(answer).toMatchObject({ status: 200, body: { data: [], pagination: { total: 0 } } })
      expect(await get(`${kind}?sort=place`)).toMatchObject(invalid('/sort'))
    })

    const numbered = (least: object, number: number) =>
      Object.fromEntries(Object.entries(least).map(([field, value]) => [field, `${value} ${number}`]))

    const setCreated = (kind: string, id = '', createdAt = '') =>
      t.db.run(`UPDATE portfolio_${kind} SET created_at = :createdAt WHERE id = :id`, { id, createdAt })

    async function paged(list: (query: string) => Promise<Answer>, query: string, limit = 3): Promise<string[]> {
      const seen: string[] = []
      let next: string | null = ''
      while (next !== null) {
        const page = await list(`${query}&limit=${limit}${next && `&cursor=${next}`}`)
        expect(page.body.pagination.offset).toBe(seen.length)
        seen.push(...ids(page))
        next = page.body.pagination.nextCursor
      }
      return seen
    }

    it.each(DATED)('takes a month and a day of it as start and end of $kind, whichever is finer', async of => {
      const interviewerId = await interviewer()
      for (const [startDate, endDate] of [
        ['2026-03', '2026-03-15'],
        ['2026-03-15', '2026-03'],
        ['2026-03', '2026-03'],
        ['2026-03-15', '2026-03-15'],
        ['1999-12-31', '2000-01'],
        ['2024-02-29', null],
        [null, '2026-12'],
      ]) {
        const answer = await post(of.kind, { interviewerId, ...of.least, startDate, endDate })
        expect(answer).toMatchObject({ status: 201, body: { startDate, endDate } })
      }
    })

    it.each(DATED)('looks at both dates of $kind when one is changed', async ({ kind, least }) => {
      const dates = { startDate: '2026-03', endDate: '2026-05-01' }
      const { body: entry } = await post(kind, { interviewerId: await interviewer(), ...least, ...dates })
      const path = `${kind}/${entry.id}`
      expect(await put(path, { startDate: '2026-05-02' })).toMatchObject(invalid('/endDate'))
      expect(await put(path, { endDate: '2026-02-28' })).toMatchObject(invalid('/endDate'))
      expect((await get(path)).body).toEqual(entry)
      const answer = await put(path, { startDate: '2027-01', endDate: null })
      expect(answer.body).toMatchObject({ startDate: '2027-01', version: 2 })
    })

    it.each(KINDS)('answers a repeated Idempotency-Key with the first answer, and adds one of $kind', async of => {
      const interviewerId = await interviewer()
      const headers = { 'idempotency-key': `key-${of.kind}` }
      const send = () => post(of.kind, { interviewerId, ...of.whole }, talent, headers)
      const [first, again] = [await send(), await send()]
      expect(again.body).toEqual(first.body)
      expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true', location: first.headers['location'] })
      expect(ids(await get(`${of.kind}?interviewerId=${interviewerId}`))).toEqual([first.body.id])
    })

    it('lets an interviewer write their own entries and biodata, for as long as the account is linked', async () => {
      const grace = await t.signedIn('interviewer')
      const own = await interviewer(grace.id)
      for (const { kind, entityType, least, change } of KINDS) {
        const { status, body: entry } = await post(kind, { interviewerId: own, ...least }, grace)
        expect(status).toBe(201)
        expect((await put(`${kind}/${entry.id}`, change, grace)).body).toMatchObject({ ...change, version: 2 })
        expect((await remove(`${kind}/${entry.id}`, grace)).status).toBe(204)
        const actors = (await journal(entityType, entry.id)).map(({ actorId }: { actorId: string }) => actorId)
        expect(actors).toEqual([grace.id, grace.id, grace.id])
      }
      const { body: skill } = await post('skills', { interviewerId: own, name: 'Compilers' }, grace)
      expect((await put(`biodata/${own}`, { headline: 'Hello' }, grace)).status).toBe(201)

      const unlink = { method: 'PUT' as const, url: `/api/interviewers/${own}`, payload: { userId: null }, as: talent }
      expect((await t.call(unlink)).status).toBe(200)
      expect(await post('skills', { interviewerId: own, name: 'COBOL' }, grace)).toMatchObject(forbidden)
      expect(await put(`skills/${skill.id}`, { level: 5 }, grace)).toMatchObject(forbidden)
      expect(await remove(`skills/${skill.id}`, grace)).toMatchObject(forbidden)
      expect(await put(`biodata/${own}`, { headline: 'Bye' }, grace)).toMatchObject(forbidden)
      expect((await overview(own)).body).toMatchObject({ biodata: { headline: 'Hello' }, skills: [skill] })
    })

    it('makes biodata with the first PUT and changes the fields of later ones', async () => {
      const interviewerId = await interviewer()
      const path = `biodata/${interviewerId}`
      const links = [{ label: 'Notes', url: 'https://ada.example.com/notes?a=1#b' }]
      const made = await put(path, { headline: 'Poetical science', links, languages: ['English', 'Français'] })
      expect(made).toMatchObject({ status: 201, headers: { location: `${url}/${path}`, etag: '"1"' } })
      const { createdAt } = made.body
      expect(made.body).toEqual({
        interviewerId,
        headline: 'Poetical science',
        summary: null,
        location: null,
        pronouns: null,
        languages: ['English', 'Français'],
        links,
        version: 1,
        createdAt,
        updatedAt: createdAt,
      })
      expect((await get(path)).body).toEqual(made.body)
      expect(await get(path, { 'if-none-match': '"1"' })).toMatchObject({ status: 304 })

      const about = { headline: null, summary: 'Long\ntext', pronouns: 'she/her', location: 'London' }
      const changed = await put(path, about)
      const expected = { ...made.body, ...about, version: 2, updatedAt: expect.any(String) }
      expect(changed).toMatchObject({ status: 200, headers: { etag: '"2"' }, body: expected })
      expect(changed.headers).not.toHaveProperty('location')
      expect((await get(path)).body).toEqual(changed.body)
      expect(await journal('portfolio_biodata', interviewerId)).toMatchObject([
        { action: 'create', actorId: talent.id, changes: { links: { from: null, to: links } } },
        { action: 'update', changes: { headline: { from: 'Poetical science', to: null } } },
      ])
    })

    it('makes one record of biodata when two are sent at once', async () => {
      const path = `biodata/${await interviewer()}`
      const answers = await Promise.all([put(path, { headline: 'One' }), put(path, { summary: 'Two' })])
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 201])
      expect((await get(path)).body).toMatchObject({ headline: 'One', summary: 'Two', version: 2 })
    })

    it('gives all five parts at once, empty as they may be', async () => {
      const interviewerId = await interviewer()
      const empty = { interviewerId, biodata: null, experience: [], education: [], skills: [], projects: [] }
      expect(await overview(interviewerId)).toMatchObject({ status: 200, body: empty })
      const whole: Record<string, unknown> = { interviewerId }
      for (const { kind, whole: fields } of KINDS) whole[kind] = [(await post(kind, { interviewerId, ...fields })).body]
      const links = [{ label: 'Notes', url: 'https://ada.example.com' }]
      whole['biodata'] = (await put(`biodata/${interviewerId}`, { languages: ['English'], links })).body
      expect((await overview(interviewerId)).body).toEqual(whole)
    })

    it('goes with the interviewer, and the counts with it; the journal stays', async () => {
      const interviewerId = await interviewer()
      const before = await totals()
      for (const { kind, least } of KINDS) await post(kind, { interviewerId, ...least })
      await put(`biodata/${interviewerId}`, { headline: 'Here' })
      expect(await totals()).toEqual(before.map(total => total + 1))
      expect((await t.delete(`/api/interviewers/${interviewerId}`, talent)).status).toBe(204)
      expect(await totals()).toEqual(before)
      expect(await entries()).toEqual(before)
      expect((await overview(interviewerId)).status).toBe(404)
      expect(await countOf(t.db, `portfolio_biodata WHERE interviewer_id = '${interviewerId}'`)).toBe(0)
      expect(await journal('portfolio_biodata', interviewerId)).toHaveLength(1)
    })

    async function totals(): Promise<number[]> {
      const lists = await Promise.all(KINDS.map(({ kind }) => get(`${kind}?limit=1`)))
      return lists.map(({ body }) => body.pagination.total)
    }

    it('is read by a script whose token has the scope, which does not write', async () => {
      const payload = { name: 'Careers page', scopes: ['portfolio:read'] }
      const { body: token } = await t.post('/api/tokens', payload, talent)
      const headers = { authorization: `Bearer ${token.secret}` }
      for (const address of [`/api/interviewers/${adas}/portfolio`, ...KINDS.map(({ kind }) => `${url}/${kind}`)])
        expect((await t.get(address, undefined, headers)).status, address).toBe(200)
      const write = { method: 'PUT' as const, url: `${url}/biodata/${adas}`, payload: { headline: 'Script' }, headers }
      expect(await t.call(write)).toMatchObject(refusal(403, 'FORBIDDEN'))
      expect((await t.get('/api/interviewers', undefined, headers)).status).toBe(403)
    })

    it('is never answered from before a change, whichever part of it changes and whoever changes it', async () => {
      const interviewerId = await interviewer()
      const seen = async () => JSON.stringify((await overview(interviewerId)).body)
      let before = await seen()
      expect(await seen()).toBe(before)
      for (const { kind, least } of KINDS) {
        await post(kind, { interviewerId, ...least })
        expect(await seen(), kind).not.toBe(before)
        before = await seen()
        const path = `${kind}?interviewerId=${interviewerId}`
        expect((await get(path)).body.data[0].position).toBe(0)
        const where = 'WHERE interviewer_id = :interviewerId'
        await t.db.run(`UPDATE portfolio_${kind} SET position = 5 ${where}`, { interviewerId })
        expect(await seen(), kind).not.toBe(before)
        expect((await get(path)).body.data[0].position).toBe(5)
        await t.db.run(`DELETE FROM portfolio_${kind} ${where}`, { interviewerId })
        before = await seen()
      }
      expect(JSON.parse(before)).toMatchObject({ experience: [], education: [], skills: [], projects: [] })
      await t.delete(`/api/interviewers/${interviewerId}`, talent)
      expect((await overview(interviewerId)).status).toBe(404)
    })

    it('keeps version and change signal whoever writes', async () => {
      const tables = [...KINDS.map(({ kind }) => `portfolio_${kind}`), 'portfolio_biodata']
      const interviewerId = await interviewer()
      for (const { kind, least } of KINDS) await post(kind, { interviewerId, ...least })
      await put(`biodata/${interviewerId}`, { headline: 'Here' })
      for (const table of tables) {
        const sql = 'SELECT version FROM table_versions WHERE table_name = :table'
        const signal = async () => (await t.db.one<{ version: number }>(sql, { table }))?.version ?? -1
        const before = await signal()
        const column = table === 'portfolio_biodata' ? 'location' : 'position'
        const value = column === 'location' ? 'Paris' : 3
        const where = 'WHERE interviewer_id = :interviewerId'
        await t.db.run(`UPDATE ${table} SET ${column} = :value ${where}`, { value, interviewerId })
        expect(await t.db.one(`SELECT version FROM ${table} ${where}`, { interviewerId })).toEqual({ version: 2 })
        expect(await signal(), table).toBe(before + 1)
        await t.db.run(`DELETE FROM ${table} ${where}`, { interviewerId })
        expect(await signal(), table).toBe(before + 2)
      }
    })

    it('has dates in order and positions in bounds whoever writes', async () => {
      const interviewerId = await interviewer()
      for (const { kind, least } of DATED) {
        const dates = { startDate: '2026-03', endDate: '2026-03-15' }
        const { body: entry } = await post(kind, { interviewerId, ...least, ...dates })
        for (const change of [
          `end_date = '2026-02'`,
          `start_date = '2026-03-16'`,
          'position = -1',
          'position = 1000001',
        ]) {
          const written = t.db.run(`UPDATE portfolio_${kind} SET ${change} WHERE id = :id`, { id: entry.id })
          await expect(written, change).rejects.toMatchObject({ kind: 'check' })
        }
      }
    })
  })
})
