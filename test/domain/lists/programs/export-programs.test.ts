import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import '../../../../plugins/exports/pdf.ts' // loads for long here, in which no request would be answered
import { testApp, type SignedIn, type TestApp } from '../../../support/app.ts'

/** Prints every cell as its type and its value, times as the instant they are, and what the sheet looks like. */
const READ = `
import json, sys, openpyxl
sheet = openpyxl.load_workbook(sys.argv[1]).active
value = lambda cell: cell.value.isoformat(timespec='milliseconds') + 'Z' if cell.is_date and cell.value else cell.value
rows = [[[cell.data_type, value(cell)] for cell in row] for row in sheet.iter_rows()]
print(json.dumps({'frozen': sheet.freeze_panes, 'bold': [sheet['A1'].font.b, sheet['A2'].font.b],
  'width': sheet.column_dimensions['B'].width, 'rows': rows}))`

const NAMES = [
  "=cmd|'/C calc'!A1",
  '+49 170 1',
  '-1+1',
  '@SUM(A1)',
  '"quoted", and more',
  '\u202Egnimoc',
  'Ada 😀 👩‍🚀',
  'not a character \uFFFF',
  'Łukasz',
  'Дмитрий',
  'Ελένη',
]

let t: TestApp
let boss: SignedIn

beforeAll(async () => {
  t = await testApp()
  boss = await t.signedIn('admin')
  for (const [index, name] of NAMES.entries()) {
    const payload = { name: 'x', email: `person.${index}@example.com`, skills: ['=1+1', 'SQL'], maxPerDay: 3 }
    const { status, body } = await t.post('/api/interviewers', payload, boss)
    expect(status).toBe(201)
    // Some of the names are refused by now; databases of earlier releases have them.
    await t.db.run('UPDATE interviewers SET name = :name WHERE id = :id', { name, id: body.id })
  }
  const description = 'Two\r\nlines\tand ' + 'x'.repeat(4_000)
  await t.post('/api/tasks', { title: '=1+1', description }, boss)
})
afterAll(() => t.close())

async function saved(path: string, name: string): Promise<string> {
  const { statusCode, rawPayload } = await t.app.inject({ url: path, headers: boss.headers })
  expect(statusCode).toBe(200)
  const file = join(t.folder, name)
  writeFileSync(file, rawPayload)
  return file
}

interface Sheet {
  readonly frozen: string
  readonly bold: readonly boolean[]
  readonly width: number
  readonly rows: readonly (readonly [type: string, value: unknown])[][]
}

/** By Debian's own Python, for which openpyxl is installed. */
async function sheetOf(list: string): Promise<Sheet> {
  const file = await saved(`/api/${list}/export?format=xlsx&sort=createdAt`, `${list}.xlsx`)
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', READ, file], { encoding: 'utf8' }))
}

it('openpyxl reads every cell of a workbook with its type, and whatever was typed as text', async () => {
  const { frozen, bold, width, rows } = await sheetOf('interviewers')
  const listed = (await t.get('/api/interviewers?sort=createdAt', boss)).body.data
  expect({ frozen, bold, width }).toEqual({ frozen: 'A2', bold: [true, false], width: 26 })
  const [headings = [], ...people] = rows
  const at = (name: string) => headings.findIndex(([, heading]) => heading === name)
  expect(people.map(row => row[at('name')])).toEqual(NAMES.map(name => ['s', name.replace('\uFFFF', '\uFFFD')]))
  for (const [index, row] of people.entries()) {
    expect(row[at('skills')]).toEqual(['s', '=1+1|SQL'])
    expect(row[at('maxPerDay')]).toEqual(['n', 3])
    expect(row[at('maxPerWeek')]).toEqual(['n', null])
    expect(row[at('createdAt')]).toEqual(['d', listed[index].createdAt])
  }
})

it('openpyxl reads long text of several lines', async () => {
  const { rows } = await sheetOf('tasks')
  expect(rows[1]?.[1]).toEqual(['s', '=1+1'])
  expect(rows[1]?.[2]).toEqual(['s', 'Two\nlines\tand ' + 'x'.repeat(4_000)])
})

it('pdftotext reads the names of a PDF, and on which of how many pages they are', async () => {
  for (let row = 0; row < 60; row++) {
    const payload = { title: `Task ${row}`, description: 'Дмитрий asked' }
    await t.post('/api/tasks', payload, boss)
  }
  const text = (file: string) => execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' })
  const people = text(await saved('/api/interviewers/export?format=pdf', 'people.pdf'))
  for (const word of ['Interviewers', 'Łukasz', 'Дмитрий', 'Ελένη', '=cmd|', 'page 1 of 1'])
    expect(people).toContain(word)
  const [first = '', second = '', rest] = text(await saved('/api/tasks/export?format=pdf', 'tasks.pdf')).split('\f')
  expect(first).toContain('page 1 of 2')
  expect(second).toContain('page 2 of 2')
  expect(second).toMatch(/Title .*Description/) // a heading on each page
  expect(rest).toBe('')
  const titles = [...`${first}${second}`.matchAll(/Task (\d+) /g)].map(([, number]) => Number(number))
  expect(titles.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index))
})
