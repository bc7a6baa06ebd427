import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pagesOf } from '../../support/answers.ts'
import { faultsOfSearch } from '../../support/search-index.ts'
import { testApp, type Answer, type SignedIn, type TestApp } from '../../support/app.ts'
import { drivers } from '../../support/databases.ts'
import { insertEvent } from '../../support/rows.ts'

/** All but one that FTS5 does not know. */
const LATIN = [...range(0xc0, 0x24f), ...range(0x1e00, 0x1eff)].filter(letter => !/[Ǡǡ]/.test(letter))

function range(first: number, last: number): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index))
}

function bare(letter: string): string {
  return letter.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replace('ſ', 's')
}

describe.each(drivers)('q= on $name', driver => {
  let t: TestApp
  let admin: SignedIn

  beforeAll(async () => {
    t = await testApp({}, driver)
    admin = await t.signedIn('admin', 'Quentin Boss')
  })
  afterAll(() => t.close())

  const get = (list: string, query: string): Promise<Answer> => t.get(`/api/${list}?${query}`, admin)
  const search = async (list: string, q: string, more = ''): Promise<string[]> => {
    const { status, body } = await get(list, `q=${encodeURIComponent(q)}&limit=100${more}`)
    expect(status, q).toBe(200)
    expect(body.pagination.total, q).toBe(body.data.length)
    return body.data.map((row: { name?: string; title?: string }) => row.name ?? row.title)
  }
  const addTask = (id: string, title: string, description: string | null = null) =>
    t.db.run('INSERT INTO tasks (id, title, description) VALUES (:id, :title, :description)', {
      id,
      title,
      description,
    })
  const addTasks = async (...titles: string[]) => {
    await t.db.run('DELETE FROM tasks')
    for (const [index, title] of titles.entries()) await addTask(`t${index}`, title)
  }

  it.each(['interviewers', 'events', 'tasks', 'users'])('refuses strangers and what is no search in %s', async list => {
    expect((await t.get(`/api/${list}?q=a`)).status).toBe(401)
    const long = (await get(list, `q=${'a'.repeat(201)}`)).body
    expect(long).toMatchObject({ code: 'VALIDATION', details: [{ path: '/q' }] })
    expect((await get(list, 'q=a&q=b')).status).toBe(400)
    expect((await get(list, 'q=a&cursor=bm9pc2U')).body.code).toBe('INVALID_CURSOR')
  })

  describe('finds', () => {
    it.each<[string, string, string[]]>([
      ['élan', 'Elan', ['elan', 'ÉLAN', 'e\u0301lan', 'él', 'e']],
      ['e\u0301lan, in two characters,', 'E\u0301lan', ['elan', 'élan']],
      ['Elan', 'élan', ['Élan', 'ELA']],
      ['Nguyễn', 'Nguyễn Thị', ['nguyen', 'thi NGUYỄN', 'ng th']],
      ['Łukasz', 'Łukasz Żółć', ['lukasz', 'łukasz', 'ŁUKASZ', 'Zolc', 'żół']],
      ['Søren', 'Søren Ærø', ['soren', 'SØREN', 'aero', 'æro']],
      ['Straße', 'Straße', ['strasse', 'STRASSE', 'straße', 'STRAẞE']],
      ['Œuvre', 'Œuvre', ['oeuvre', 'œuv']],
      ['Þórður', 'Þórður', ['thordur', 'þórður']],
      ['İstanbul', 'İstanbul', ['istanbul', 'İST']],
      ['Greek capitals', 'ΟΔΟΣ', ['οδος', 'οδοσ', 'Οδός'.normalize('NFD').replaceAll('\u0301', '')]],
      ['Cyrillic', 'Наталья', ['НАТАЛЬЯ', 'нат']],
      ['Japanese by its beginning', '面接 一次', ['面', '面接', '一次']],
      ['Hindi', 'हिन्दी', ['हिन्दी', 'हि']],
      ['an address', 'ada.lovelace@example.com', ['ada.lovelace@example.com', 'lovelace', 'example', 'ada@example']],
      ['words with marks between', 'C++, state-of-the-art (v2)', ['c++', 'state-of', 'v2', '"art" state', 'the_v2']],
      ['what looks like operators', 'NEAR AND OR NOT', ['near(', 'AND', 'or not', 'NOT near AND']],
      ['numbers', '1e5 0x10 12:30 3.14', ['1e5', '0x10', '12:30', '3.14', '3 14']],
    ])('%s', async (_what, title, searches) => {
      await addTasks(title, 'Something other')
      for (const q of searches) expect(await search('tasks', q), q).toEqual([title])
    })

    it.each<[string, string, string[]]>([
      ['the middle of a word', 'Elan', ['lan', 'a']],
      ['one word of two', 'Elan vital', ['elan mortal', 'vital x']],
      ['another letter with a mark', 'Йод', ['иод']],
      ['marks alone', 'C++ & "co"', ['++', '&', '"', '""', '*', '%', '_', "'", '\\', '🙂', '-', '(', '½']],
    ])('nothing by %s', async (_what, title, searches) => {
      await addTasks(title)
      for (const q of searches) expect(await search('tasks', q), q).toEqual([])
    })

    it('everything when nothing was typed', async () => {
      await addTasks('One', 'Two')
      for (const q of ['', ' ', '\t\n']) expect((await search('tasks', q)).sort(), q).toEqual(['One', 'Two'])
    })

    it('rows by each of their fields', async () => {
      await addTasks('Prepare')
      await addTask('d', 'Call', 'about the dossier')
      expect(await search('tasks', 'dossier')).toEqual(['Call'])
      await t.db.run(`INSERT INTO interviewers (id, name, email, title, department, skills) VALUES
        ('i', 'Inès', 'postbox@example.com', 'Principal', 'Datenbanken', '["Kafka Streams","Élixir"]')`)
      for (const q of ['ines', 'postbox', 'princ', 'datenb', 'kafka', 'streams ELIXIR', 'ines kafka princ']) {
        expect(await search('interviewers', q), q).toEqual(['Inès'])
      }
      await insertEvent(t.db, 'e')
      await t.db
        .run(`UPDATE events SET title = 'Fachgespräch', candidate_name = 'Zoë Quux', candidate_email = 'zq@mail.example',
        position = 'Süd-Leitung'`)
      for (const q of ['fachgesprach', 'zoe', 'zq@mail', 'leitung sud', 'quux leit']) {
        expect(await search('events', q), q).toEqual(['Fachgespräch'])
      }
      expect(await search('users', 'quentin')).toEqual(['Quentin Boss'])
      expect(await search('users', admin.email)).toEqual(['Quentin Boss'])
    })
  })

  describe('gives the best match first', () => {
    it('a name before a mention', async () => {
      await addTasks('Ann and much besides, of which nobody has asked')
      await addTask('a', 'Other', 'Ann')
      await addTask('z', 'Other', 'Ann')
      expect((await search('tasks', 'ann'))[0]).toMatch(/^Ann/)
    })

    it('a whole word before the beginning of one, and then the row that was made first', async () => {
      await addTasks('Annabelle Lee', 'Ann Lee', 'Ann Lee', 'Annabelle Lee')
      const ids = async (q: string) => (await get('tasks', `q=${q}`)).body.data.map(({ id }: { id: string }) => id)
      expect(await ids('ann')).toEqual(['t1', 't2', 't0', 't3'])
      expect(await ids('le+ann')).toEqual(['t1', 't2', 't0', 't3'])
    })

    it('in the order of a sort where there is one', async () => {
      await addTasks('Ann b', 'Annabelle', 'Ann a')
      await t.db.run(`UPDATE tasks SET priority = CASE id WHEN 't1' THEN 1 WHEN 't0' THEN 2 ELSE 3 END`)
      expect(await search('tasks', 'ann', '&sort=priority')).toEqual(['Annabelle', 'Ann b', 'Ann a'])
      expect(await search('tasks', 'ann', '&sort=-priority')).toEqual(['Ann a', 'Ann b', 'Annabelle'])
    })

    it.each(['', '&sort=dueAt', '&sort=-createdAt', '&priority=3'])(
      'page by page, each row once, with the right total, also %s',
      async more => {
        await addTasks(...Array.from({ length: 11 }, (_, index) => `Ann ${'x '.repeat(index % 3)}${index}`), 'Bob')
        const whole = await search('tasks', 'ann', more)
        expect(whole).toHaveLength(11)
        const seen: string[] = []
        for (const { body } of await pagesOf(cursor => get('tasks', `q=ann&limit=4${more}${cursor}`))) {
          expect(body.pagination).toMatchObject({ total: 11, offset: seen.length, hasMore: seen.length < 8 })
          seen.push(...body.data.map(({ title }: { title: string }) => title))
        }
        expect(seen).toEqual(whole)
        const past = await get('tasks', `q=ann&offset=50${more}`)
        expect(past.body).toMatchObject({ data: [], pagination: { total: 11, offset: 50 } })
        const { nextCursor } = (await get('tasks', `q=ann&limit=4${more}`)).body.pagination
        expect((await get('tasks', `q=an&limit=4${more}&cursor=${nextCursor}`)).body.code).toBe('INVALID_CURSOR')
      },
    )
  })

  it('takes any text, and finds nothing it should not', async () => {
    await addTasks('Élan', 'Łukasz AND "quotes" NEAR(x)', '面接')
    const hostile = fc.constantFrom(...`" * AND NEAR( \0 🙂 : ^ {x}: ' \\ % | & ! <->`.split(' '))
    const typed = fc.oneof(
      fc
        .array(fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 20 })
        .map(all => all.join(' ')),
      fc.constant('.'.repeat(200)),
      fc.constant('a '.repeat(100)),
      fc.constant(Array.from({ length: 66 }, (_, index) => String.fromCodePoint(0x61 + index, 0x20)).join('')),
    )
    await fc.assert(
      fc.asyncProperty(typed, fc.constantFrom('', '&sort=createdAt'), async (text, more) => {
        const q = Array.from(text).slice(0, 100).join('') // half a character is none
        expect((await get('tasks', `q=${encodeURIComponent(q)}${more}`)).status, JSON.stringify(q)).toBe(200)
      }),
      { numRuns: 150 },
    )
  })

  it('takes the marks off every Latin letter that has any, and folds its case', async () => {
    const letters = LATIN.filter(letter => /^[a-z]$/.test(bare(letter)))
    expect(letters.length).toBe(488)
    await t.db.run('DELETE FROM tasks')
    await t.db.transaction(async tx => {
      for (const letter of letters) {
        await tx.run('INSERT INTO tasks (id, title) VALUES (:letter, :title)', { letter, title: `Q${letter}` })
      }
    })
    for (const letter of 'abcdefghijklmnopqrstuvwxyz') {
      const from = `${t.db.dialect.matches('tasks', 'words')} ORDER BY found`
      const rows = await t.db.many<{ found: string }>(`SELECT found FROM ${from}`, { words: `["q${letter}"]` })
      expect(rows.map(({ found }) => found)).toEqual(letters.filter(marked => bare(marked) === letter).sort())
    }
  })

  describe('follows', () => {
    it('updates, deletes, and what is undone', async () => {
      await addTasks('Before')
      await t.db.run(`UPDATE tasks SET title = 'After'`)
      expect([await search('tasks', 'before'), await search('tasks', 'after')]).toEqual([[], ['After']])
      await t.db.run('UPDATE tasks SET priority = 1')
      await t.db.run(`UPDATE tasks SET id = 'renamed'`)
      expect(await search('tasks', 'after')).toEqual(['After'])
      const undone = t.db.transaction(async tx => {
        await tx.run(`UPDATE tasks SET title = 'Never'`)
        await tx.run(`INSERT INTO tasks (id, title) VALUES ('renamed', 'Twice')`)
      })
      await expect(undone).rejects.toMatchObject({ kind: 'unique' })
      expect([await search('tasks', 'never'), await search('tasks', 'after')]).toEqual([[], ['After']])
      await t.db.run('DELETE FROM tasks')
      expect(await search('tasks', 'after')).toEqual([])
      expect(await faultsOfSearch(t.db)).toEqual([])
    })

    it('any writes whatever, so that index and tables agree', async () => {
      const id = fc.constantFrom('a', 'b', 'c')
      const letters = fc.string({ unit: 'grapheme', maxLength: 8 }).map(text => text.replaceAll('\0', ''))
      const text = fc.oneof(fc.constantFrom('Łukasz', 'élan', '', 'x y x'), letters)
      const kind = fc.constantFrom('insert', 'update', 'delete')
      const step = fc.record({ kind, id, title: text, description: text })
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12 }), async steps => {
          await t.db.run('DELETE FROM tasks')
          for (const { kind, ...values } of steps) {
            if (kind === 'insert') await addTask(values.id, values.title, values.description).catch(() => undefined)
            else if (kind === 'update') {
              await t.db.run('UPDATE tasks SET title = :title, description = :description WHERE id = :id', values)
            } else await t.db.run('DELETE FROM tasks WHERE id = :id', values)
          }
          expect(await faultsOfSearch(t.db)).toEqual([])
        }),
        { numRuns: 15 },
      )
    })
  })
})

describe('faultsOfSearch', () => {
  const TAMPERED: Record<string, [string, string]> = {
    'a row that was taken out': [
      `INSERT INTO tasks_search (tasks_search, rowid, names, details) SELECT 'delete', * FROM tasks_texts`,
      `DELETE FROM tasks_search`,
    ],
    'a row under another name': [
      `UPDATE search_numbers SET id = 'gone' WHERE source = 'tasks'`,
      `UPDATE tasks_search SET words = '''other'':1'`,
    ],
  }
  it.each(
    drivers.flatMap(driver => Object.entries(TAMPERED).map(([what, statements]) => ({ driver, what, statements }))),
  )('finds $what, on $driver.name', async ({ driver, statements }) => {
    const { database, close } = await driver.open()
    await database.run(`INSERT INTO tasks (id, title) VALUES ('t', 'Ann')`)
    expect(await faultsOfSearch(database)).toEqual([])
    await database.run(statements[database.engine === 'sqlite' ? 0 : 1])
    expect((await faultsOfSearch(database))[0]).toMatch(/^tasks: /)
    await close()
  })
})
