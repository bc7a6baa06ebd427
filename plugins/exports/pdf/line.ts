import bidiFactory from 'bidi-js/dist/bidi.mjs'
import { INVISIBLE, PLAIN, type Document, type Face, type Faces } from './faces.ts'

/** What the plain font has, from left to right, and where one code unit is one character. */
export const SIMPLE = /^[ -~\u00A1-\u00AC\u00AE-\u024F\u0386-\u03CE\u0400-\u0482\u048A-\u052F\u2010-\u2027\u20AC]*$/
const LETTER = /\p{L}/u
const ELLIPSIS = { text: '…', face: PLAIN }

const bidi = bidiFactory()
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** A character, as people count them, in a font that has it. */
interface Piece {
  readonly text: string
  readonly face: Face
}

/** A word, or a part of one, of one font and one direction; its level is odd from right to left (UAX #9). */
interface Run extends Piece {
  readonly level: number
}

/** Writes lines of the present size into a document. */
export class LineWriter {
  readonly #document: Document
  readonly #faces: Faces

  constructor(document: Document, faces: Faces) {
    this.#document = document
    this.#faces = faces
  }

  /** Writes a text that begins at `x` and is no wider than `width`; what does not fit ends in an ellipsis. In points. */
  async write(text: string, { x, baseline, width }: { x: number; baseline: number; width: number }): Promise<void> {
    let left = x
    for (const run of await this.#fitted(text, width)) {
      const { face } = run
      if (face.outline > 0) this.#document.lineWidth(face.outline)
      const outlined = face.outline > 0 ? { fill: true, stroke: true } : {}
      const options = { lineBreak: false, baseline: 'alphabetic', ...outlined } as const
      this.#document.font(face.name).text(run.text, left, baseline, options)
      left += this.#widthOf([run])
    }
  }

  /** As much of a text as fits, in runs from left to right. */
  async #fitted(text: string, width: number): Promise<Run[]> {
    const simple = SIMPLE.test(text)
    if (!simple) await this.#faces.prepare(text)
    const pieces = simple ? Array.from(text, character => ({ text: character, face: PLAIN })) : this.#piecesOf(text)
    const whole = runsOf(pieces)
    if (this.#widthOf(whole) <= width) return whole
    let [fits, tooMany] = [0, pieces.length]
    while (tooMany - fits > 1) {
      const middle = Math.floor((fits + tooMany) / 2)
      if (this.#widthOf(runsOf([...pieces.slice(0, middle), ELLIPSIS])) <= width) fits = middle
      else tooMany = middle
    }
    return runsOf([...pieces.slice(0, fits), ELLIPSIS])
  }

  /** A character that no font has in one falls into its parts; a part that none has is named by its code point. */
  #piecesOf(text: string): Piece[] {
    return [...characters.segment(text)].flatMap(({ segment }) => {
      const face = this.#faces.faceOf(segment)
      if (face) return [{ text: segment, face }]
      return Array.from(segment).flatMap(part => {
        if (INVISIBLE.test(part)) return []
        const code = (part.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
        const own = this.#faces.faceOf(part)
        return [own ? { text: part, face: own } : { text: `[U+${code}]`, face: PLAIN }]
      })
    })
  }

  #widthOf(runs: readonly Run[]): number {
    return runs.reduce((sum, { text, face }) => sum + this.#document.font(face.name).widthOfString(text), 0)
  }
}

/** Runs from left to right, as they stand on paper (UAX #9, L2 to L4). */
function runsOf(pieces: readonly Piece[]): Run[] {
  const text = pieces.map(piece => piece.text).join('')
  if (SIMPLE.test(text)) return [{ text, face: PLAIN, level: 0 }]
  const embedding = bidi.getEmbeddingLevels(text)
  const runs: Run[] = []
  let start = 0
  for (const { text: own, face } of pieces) {
    const level = embedding.levels[start] ?? 0
    const shown = level % 2 === 1 ? (bidi.getMirroredCharacter(own) ?? own) : own
    const last = runs.at(-1)
    if (last?.face === face && last.level === level && !last.text.endsWith(' '))
      runs[runs.length - 1] = { ...last, text: last.text + shown }
    else runs.push({ text: shown, face, level })
    start += own.length
  }
  return inOrder(runs.map(turned))
}

/** Letters from right to left are turned by the font as it shapes them; signs alone are not. */
function turned(run: Run): Run {
  if (run.level % 2 === 0 || LETTER.test(run.text)) return run
  return { ...run, text: Array.from(run.text).reverse().join('') }
}

/** Reverses what lies at each level or above it, from the highest down to the first. */
function inOrder(runs: readonly Run[]): Run[] {
  const ordered = [...runs]
  for (let level = Math.max(...runs.map(run => run.level), 0); level > 0; level--) {
    for (let start = 0; start < ordered.length; start++) {
      let end = start
      while ((ordered[end]?.level ?? -1) >= level) end++
      ordered.splice(start, end - start, ...ordered.slice(start, end).reverse())
      start = Math.max(start, end - 1)
    }
  }
  return ordered
}
