import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { create } from 'fontkit'
import type PDFDocument from 'pdfkit'
import { nextTurn } from '../../turns.ts'
import { readFamilies, type Slice } from './slices.ts'

export type Document = InstanceType<typeof PDFDocument>

/** A font of a document. */
export interface Face {
  readonly name: string
  /** The thickness of the line that is drawn around its outlines, in points. */
  readonly outline: number
}

/** Latin, Greek, Cyrillic, Arabic, Hebrew and more; the fonts that PDF brings along have Western Europe alone. */
export const PLAIN: Face = { name: 'plain', outline: 0 }
export const BOLD: Face = { name: 'bold', outline: 0 }
const FILES: readonly [Face, string][] = [
  [PLAIN, 'DejaVuSansCondensed'],
  [BOLD, 'DejaVuSansCondensed-Bold'],
]
/** Joiners, selectors and marks of direction, which a font need not have. */
export const INVISIBLE = /^\p{Default_Ignorable_Code_Point}$/u

const { resolve } = createRequire(import.meta.url)

type Has = (codePoint: number) => boolean

/** The fonts of one document: those that its text needs, which are read when it does and go with it. */
export class Faces {
  readonly #document: Document
  readonly #plainHas: Has
  #families: ReturnType<typeof readFamilies> | undefined
  readonly #loaded = new Map<Slice, Has>()
  readonly #faces = new Map<number, Face | undefined>()

  private constructor(document: Document, plainHas: Has) {
    this.#document = document
    this.#plainHas = plainHas
  }

  /** The fonts of a document, of which it has the plain and the bold one at once. */
  static async open(document: Document): Promise<Faces> {
    const has: Has[] = []
    for (const [{ name }, file] of FILES) {
      const bytes = await readFile(resolve(`dejavu-fonts-ttf/ttf/${file}.ttf`))
      has.push(charactersOf(bytes))
      document.registerFont(name, bytes).font(name).widthOfString('A') // opens it
      await nextTurn()
    }
    const [plainHas = () => false] = has
    return new Faces(document, plainHas)
  }

  /** Reads the fonts that a text needs besides those which are there. */
  async prepare(text: string): Promise<void> {
    for (const character of text) {
      const codePoint = character.codePointAt(0) ?? 0
      if (!this.#faces.has(codePoint)) this.#faces.set(codePoint, await this.#find(codePoint))
    }
  }

  /** The one font that has all of a prepared text; undefined when none has. */
  faceOf(text: string): Face | undefined {
    const visible = Array.from(text).filter(character => !INVISIBLE.test(character))
    const [face, ...others] = new Set(visible.map(character => this.#faces.get(character.codePointAt(0) ?? 0)))
    return others.length === 0 ? face : undefined
  }

  async #find(codePoint: number): Promise<Face | undefined> {
    if (this.#plainHas(codePoint)) return PLAIN
    for (const family of await (this.#families ??= readFamilies())) {
      const slice = family.get(codePoint)
      const has = slice && (this.#loaded.get(slice) ?? (await this.#load(slice, codePoint)))
      if (has?.(codePoint)) return slice
    }
    return undefined
  }

  /** Reads a slice and shapes a first character with it, which takes the longest; then others have their turn. */
  async #load(slice: Slice, codePoint: number): Promise<Has> {
    const { default: decompress } = await import('wawoff2/decompress.js') // which few exports need
    const bytes = Buffer.from(await decompress(await readFile(slice.file)))
    const has = charactersOf(bytes)
    this.#document.registerFont(slice.name, bytes).font(slice.name).widthOfString(String.fromCodePoint(codePoint))
    this.#loaded.set(slice, has)
    await nextTurn()
    return has
  }
}

function charactersOf(bytes: Buffer): Has {
  const font = create(bytes)
  return codePoint => font.hasGlyphForCodePoint(codePoint)
}
