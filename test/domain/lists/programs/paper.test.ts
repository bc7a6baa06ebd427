import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pdfOf } from '../../../../plugins/exports/pdf.ts'
import type { Column } from '../../../../plugins/exports/cells.ts'
import { temporaryFolder } from '../../../support/databases.ts'

const COLUMNS: Column<string>[] = ['Name', 'Again', 'End'].map((printed, index) => ({
  header: printed,
  printed,
  width: [20, 20, 60][index] ?? 0,
  value: name => (index === 2 ? 'next' : name),
}))
const READABLE = ['Łukasz', 'Дмитрий', '王小明', '陳大文', 'さくら', '김철수', 'สมชาย', 'محمد', 'שלום', '👩🚀', '😀']
const LONG = ['x', 'W ', '漢字', 'محمد ', 'शर्मा ', 'ก', '👍🏽', '\u16A0'].map(text => text.repeat(120).slice(0, 240))

let folder: string
beforeAll(() => {
  folder = temporaryFolder()
})
afterAll(() => rmSync(folder, { recursive: true }))

async function printed(names: readonly string[]): Promise<string> {
  const pages = async function* () {
    yield names
  }
  const file = join(folder, 'names.pdf')
  writeFileSync(file, await buffer(await pdfOf(pages(), COLUMNS, { title: 'Names', at: '2026-01-01T00:00:00.000Z' })))
  return file
}

const read = (program: string, ...options: string[]) => execFileSync(program, options, { encoding: 'utf8' })

/** The words on paper, each with the edges of its box, in points. */
function wordsOf(file: string) {
  const box = /<word xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">(.*)<\/word>/g
  return [...read('pdftotext', '-bbox', file, '-').matchAll(box)].map(([, left, right, word = '']) => ({
    left: Number(left),
    right: Number(right),
    word,
  }))
}

it('F21 a PDF has the letters of every script, joined, ordered and named where no font has them', async () => {
  const file = await printed([...READABLE, 'अमित', 'abc محمد def', 'ᚠ \u202Egnimoc', 'e\u0301'])
  const text = read('pdftotext', '-layout', file, '-').replaceAll(/[\u202A-\u202E]/g, '')
  for (const word of [...READABLE, '[U+16A0]', 'gnimoc', 'é']) expect(text).toContain(word)
  // What stands on paper is told in the order of its shapes: the vowel sign I stands before its consonant.
  expect(text).toContain('अिमत')
  expect(text).not.toContain('\uFFFD')
})

it('F21 a PDF has words in the order in which they are read, whichever way that is', async () => {
  const turned = (word: string) => Array.from(word).reverse().join('') // as pdftotext lists what stands from right to left
  const [ali, muhammad] = [turned('علي'), turned('محمد')]
  const words = wordsOf(await printed(['abc محمد علي def', 'محمد (abc) 123 علي'])).map(({ word }) => word)
  expect(words.slice(words.indexOf('abc')).slice(0, 4)).toEqual(['abc', ali, muhammad, 'def'])
  expect(words.slice(words.indexOf('(abc)') - 2).slice(0, 4)).toEqual([ali, '123', '(abc)', muhammad])
})

it('F21 no word of a PDF crosses its column, and one that is cut says so', async () => {
  const words = wordsOf(await printed(LONG))
  const edges = ['Name', 'Again', 'End'].map(heading => words.find(({ word }) => word === heading)?.left ?? NaN)
  const [, again = 0, end = 0] = edges
  const crossing = words.filter(({ left, right }) => [again, end].some(edge => left < edge - 0.1 && right > edge))
  expect(crossing.filter(({ word }) => !/^Names$|UTC/.test(word))).toEqual([])
  const last = words.filter(({ left }) => left >= end - 0.1).map(({ word }) => word)
  expect(last.sort()).toEqual([...LONG.map(() => 'next'), 'End', 'page', '1', 'of', '1'].sort())
  expect(words.filter(({ word }) => word.includes('…'))).toHaveLength(2 * LONG.length)
})

it('F21 a PDF has only the fonts that its text needs', async () => {
  const fonts = async (names: string[]) =>
    [...read('pdffonts', await printed(names)).matchAll(/\+(\S+)/g)].map(([, font]) => font)
  const own = ['DejaVuSansCondensed-Bold', 'DejaVuSansCondensed']
  expect(await fonts(['Ada', 'Ελένη', 'محمد'])).toEqual(own)
  expect(await fonts(['Ada', '김철수'])).toEqual([...own, ...['김', '철', '수'].map(() => 'NotoSansKR-Thin')])
})
