import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { nextTurn } from '../../turns.ts'

const { resolve } = createRequire(import.meta.url)

/** A file that has some of the characters of a family. */
export interface Slice {
  readonly name: string
  readonly file: string
  /** How thick a line around its outlines makes them as strong as the others, in points. */
  readonly outline: number
}

/** The slices of a family, by the code points that they are said to have. */
type Family = ReadonlyMap<number, Slice>

/**
 * The families of what DejaVu does not have, in the order in which they are asked. Those of East Asia are hairlines, as
 * what reads them knows no other weight of a variable font.
 */
const FAMILIES = [
  { family: 'noto-sans-devanagari', outline: 0 },
  { family: 'noto-sans-thai', outline: 0 },
  { family: 'noto-emoji', outline: 0 },
  { family: 'noto-sans-sc', outline: 0.2 },
  { family: 'noto-sans-kr', outline: 0.2 },
]

/** All families; others have their turn between two of them. */
export async function readFamilies(): Promise<Family[]> {
  const families: Family[] = []
  for (const { family, outline } of FAMILIES) {
    families.push(await readFamily(family, outline))
    await nextTurn()
  }
  return families
}

async function readFamily(family: string, outline: number): Promise<Family> {
  const slices = new Map<number, Slice>()
  const folder = dirname(resolve(`@fontsource-variable/${family}/LICENSE`))
  // eslint-disable-next-line @typescript-eslint/no-unsafe-assignment -- as the packages of Fontsource have it
  const ranges: Record<string, string> = JSON.parse(await readFile(join(folder, 'unicode.json'), 'utf8'))
  for (const [subset, text] of Object.entries(ranges)) {
    const name = `${family}-${subset.replaceAll(/[[\]]/g, '')}`
    const slice = { name, file: join(folder, `files/${name}-wght-normal.woff2`), outline }
    for (const range of text.split(',')) {
      const [first = 0, last = first] = range
        .replace('U+', '')
        .split('-')
        .map(hex => Number.parseInt(hex, 16))
      for (let codePoint = first; codePoint <= last; codePoint++) slices.set(codePoint, slice)
    }
  }
  return slices
}
