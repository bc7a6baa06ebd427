// Texts that come in: one gate for all of them, and one form in which both sides of a comparison are.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folded } from '../../db/texts.ts'
import { invalid, idsOf, pagesOf, refusal } from '../support/answers.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'

const url = '/api/interviewers'

describe.each(drivers)('texts on $name', driver => {
  let t: TestApp
  let admin: SignedIn

  beforeAll(async () => {
    t = await testApp({}, driver)
    admin = await t.signedIn('admin')
  })
  afterAll(() => t.close())

  let made = 0
  const email = () => `person${++made}@example.com`
  const add = (more: object): Promise<Answer> => t.post(url, { name: 'Ada', email: email(), ...more }, admin)
  const added = async (more: object) => {
    const answer = await add(more)
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    return answer.body
  }
  const found = async (query: Record<string, string>) =>
    idsOf(await t.get(`${url}?${new URLSearchParams({ limit: '100', ...query }).toString()}`, admin))
  const send = (payload: Buffer, type: string, to = url) =>
    t.call({ method: 'POST', url: to, payload, as: admin, headers: { 'content-type': type } })

  it('F14 half of a character is refused by name, and pages end and skip nobody', async () => {
    const names = ['Aaron', 'M\uFF21 next', 'M\uFFFD', 'Zoe']
    for (const name of names) await added({ name, department: 'F14' })
    expect(await add({ name: 'M\ud83d' })).toMatchObject(invalid('/name'))
    expect(await add({ name: 'Ada', skills: ['SQL', 'a\udc00b'] })).toMatchObject(invalid('/skills/1'))
    const cursor = Buffer.from('["M\\ud83d","a",1,"x"]').toString('base64url')
    expect(await t.get(`${url}?cursor=${cursor}`, admin)).toMatchObject(refusal(400, 'INVALID_CURSOR'))
    const pages = await pagesOf(next => t.get(`${url}?department=F14&sort=-name&limit=1${next}`, admin))
    expect(pages.flatMap(({ body }) => body.data.map(({ name }: { name: string }) => name))).toEqual(names.reverse())
  })

  it('F15 a body that is not UTF-8 is refused as that, in every type and in an address', async () => {
    const json = () => Buffer.from(`{"name":"J\u00fcrgen","email":"${email()}"}`, 'latin1')
    expect(await send(json(), 'application/json')).toMatchObject(refusal(400, 'NOT_UTF8'))
    expect(await send(json(), 'application/json; charset=latin1')).toMatchObject(refusal(415, 'UNSUPPORTED_MEDIA_TYPE'))
    const plain = Buffer.from(`{"name":"Ada","email":"${email()}"}`)
    expect(await send(plain, 'application/json; charset=ISO-8859-1')).toMatchObject({ status: 201 })
    const csv = Buffer.from('name,email\r\nJ\u00fcrgen,juergen@example.com', 'latin1')
    expect(await send(csv, 'text/csv', `${url}/import`)).toMatchObject(refusal(400, 'NOT_UTF8'))
    const { id } = await added({})
    for (const to of [`${url}/${id}/calendars`, '/api/calendar/replies']) {
      expect(await send(csv, 'text/calendar', to)).toMatchObject(refusal(400, 'NOT_UTF8'))
    }
    expect(await t.get(`${url}?department=%D6konomie`, admin)).toMatchObject(refusal(400, 'NOT_UTF8'))
    expect(await t.get(`${url}?q=100%`, admin)).toMatchObject({ status: 200 })
  })

  it.each(['Андрей', 'Νίκος', '김철수', 'がくと', 'Їжак', 'Jürgen'])(
    'F16 %s is found in either form, whichever was sent',
    async name => {
      const { id, name: stored } = await added({ name: name.normalize('NFD'), title: name.normalize('NFD') })
      expect(stored).toBe(name)
      for (const q of [name, name.normalize('NFD')]) expect(await found({ q })).toEqual([id])
    },
  )

  it('F17 filters know the case of every script', async () => {
    const { id } = await added({ skills: ['Übersetzung', 'Straße'], department: 'Ökonomie' })
    for (const skill of ['übersetzung', 'ÜBERSETZUNG', 'U\u0308bersetzung', 'STRASSE']) {
      expect(await found({ skill }), skill).toEqual([id])
    }
    for (const department of ['ökonomie', 'ÖKONOMIE']) expect(await found({ department })).toEqual([id])
    expect(await found({ skill: 'bersetzung' })).toEqual([])
    const twice = await added({ skills: ['ΣΟΦΟΣ', 'σοφος', 'Ärzte', 'ärzte'] })
    expect(twice.skills).toEqual(['ΣΟΦΟΣ', 'Ärzte'])
    const skill = { interviewerId: id, name: 'Übersetzung' }
    expect(await t.post('/api/portfolio/skills', skill, admin)).toMatchObject({ status: 201 })
    const again = await t.post('/api/portfolio/skills', { ...skill, name: 'ÜBERSETZUNG' }, admin)
    expect(again).toMatchObject(refusal(409, 'SKILL_TAKEN'))
  })

  it('F17 the database folds as the program does', async () => {
    const letter = fc.integer({ min: 0x21, max: 0x52f }).map(code => String.fromCodePoint(code)) // from Latin to Cyrillic
    const texts = fc.sample(fc.string({ unit: letter, maxLength: 20 }), 200)
    const query = `SELECT ${t.db.dialect.folded('one')} AS folded FROM ${t.db.dialect.pairs('texts')} ORDER BY other`
    const pairs = ['ΝΊΚΟΣ', 'İstanbul', 'ﬃ', 'ǅ', ...texts].map((text, place) => [text, String(1000 + place)])
    const rows = await t.db.many<{ folded: string }>(query, { texts: JSON.stringify(pairs) })
    expect(rows.map(row => row.folded)).toEqual(pairs.map(([text = '']) => folded(text)))
  })

  it('F17 names stand in one order on both databases', async () => {
    const names = ['ada', 'Bob', 'eva', 'zoe', 'Ärzte', 'Éva', 'éva', 'Жанна', '김철수', '😀']
    for (const name of names) await added({ name, department: 'order' })
    const { body } = await t.get(`${url}?department=order&sort=name`, admin)
    expect(body.data.map(({ name }: { name: string }) => name)).toEqual(names)
  })

  it.each([
    ['a space of no width', '\u200b'],
    ['a Hangul filler', '\u3164'],
    ['an empty cell of Braille', '\u2800'],
    ['a soft hyphen', '\u00ad'],
    ['an override inside', 'Ada \u202egnp.exe'],
    ['an isolate inside', 'Ada \u2067x\u2069'],
    ['a control character of Latin-1', 'Ada\u0085'],
  ])('F18 a name of %s is refused with a sentence', async (_what, name) => {
    const answer = await add({ name })
    expect(answer).toMatchObject(invalid('/name'))
    expect(answer.body.message).toMatch(
      /^body\/name must be one line of text that begins with something that can be seen/,
    )
    const file = `name,email\r\n"${name}",${email()}`
    const imported = await t.post(`${url}/import?dryRun=true`, file, admin, { 'content-type': 'text/csv' })
    expect(imported.body.rows).toMatchObject([{ status: 'failed', errors: [{ column: 'name' }] }])
  })

  it('F18 letters that need help to be joined are taken', async () => {
    for (const name of ['नेहा\u200dशर्मा', 'می\u200cخواهم', 'Family 👨\u200d👩\u200d👧']) await added({ name })
  })

  it('F18 the name of a program is stored as it reads', async () => {
    const headers = { 'user-agent': Buffer.from('Bücher\u202e/1').toString('latin1') }
    const { body } = await t.post(url, { name: 'Ada', email: email() }, admin, headers)
    const { data } = (await t.get(`/api/audit-logs?entityId=${body.id}`, admin)).body
    expect(data).toMatchObject([{ userAgent: 'Bücher /1' }])
  })

  it('F19 identifiers are taken in any form and stored in one', async () => {
    const address = email()
    const one = await added({ email: ` ${address} `, timezone: 'europe/berlin', department: 'F19' })
    expect(one).toMatchObject({ email: address, timezone: 'Europe/Berlin' })
    expect((await t.get(`${url}/${one.id.toUpperCase()}`, admin)).body.id).toBe(one.id)
    expect(await found({ timezone: 'EUROPE/BERLIN', department: 'F19' })).toEqual([one.id])
    const file = `name,email,timezone\r\nAda, ${address} ,asia/calcutta\r\n`
    const imported = await t.post(`${url}/import`, file, admin, { 'content-type': 'text/csv' })
    expect(imported.body.rows).toMatchObject([{ status: 'updated', id: one.id }])
    expect((await t.get(`${url}/${one.id}`, admin)).body.timezone).toBe('Asia/Calcutta')
    const task = { title: 'Call', assigneeId: admin.id.toUpperCase() }
    expect((await t.post('/api/tasks', task, admin)).body.assigneeId).toBe(admin.id)
    expect(await add({ timezone: '+02:00' })).toMatchObject(invalid('/timezone'))
  })

  it('F20 international addresses are taken, in one form of their domain and without regard to case', async () => {
    const one = await added({ email: 'Jürgen@MÜLLER.example' })
    expect(one.email).toBe('Jürgen@müller.example')
    for (const same of ['JÜRGEN@müller.example', 'ju\u0308rgen@xn--mller-kva.example']) {
      expect(await add({ email: same }), same).toMatchObject(refusal(409, 'EMAIL_TAKEN'))
    }
    for (const wrong of ['jürgen@müller', 'jür gen@müller.example', 'j\u202erg@müller.example', 'a@b..example']) {
      expect(await add({ email: wrong }), wrong).toMatchObject(invalid('/email'))
    }
    const user = { email: 'ÖZLEM@Müller.example', name: 'Özlem', password: 'violet harbor anchors 42' }
    expect(await t.post('/api/users', user, admin)).toMatchObject({
      status: 201,
      body: { email: 'öZLEM@müller.example' },
    })
    const credentials = { email: 'özlem@xn--mller-kva.example', password: user.password }
    expect(await t.post('/api/auth/login', credentials)).toMatchObject({ status: 200 })
  })
})
