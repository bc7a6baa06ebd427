import { composed, isBroken } from '../../db/texts.ts'

/** What texts are taken: the rules that the shared field types are made of, and the one form they are brought into. */

const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f'
/** Embeddings, overrides and isolates, which make what follows read in another order than it is written (UAX #9). */
const DIRECTIONS = '\\u202a-\\u202e\\u2066-\\u2069'
/** Spaces, and what Unicode lets programs show as nothing (Default_Ignorable_Code_Point); an empty cell of Braille. */
const UNSEEN =
  '\\s\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202f' +
  '\\u205f-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8'

/** One line of text, of which something can be seen. */
export const LINE = `^[^${CONTROLS}${UNSEEN}][^${CONTROLS}${DIRECTIONS}\\u2028\\u2029]*$`
/** Text of many lines: of the control characters only tab, line feed and carriage return. */
export const LINES = `^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f${DIRECTIONS}]*$`
export const HTTP_URL = `^https?://[^<>"\\\\^\`{|}${CONTROLS}${UNSEEN}]+$`
/** Mail addresses, also those with letters of other alphabets (RFC 6532). What the parts may be is asked by the format. */
const LOCAL_PART = `[^"(),:;<>@\\[\\\\\\]${CONTROLS}${UNSEEN}]{1,64}`
const DOMAIN_END = `[^!-/:-@\\[-\`{-~${CONTROLS}${UNSEEN}]`
const DOMAIN = `[^!-,/:-@\\[-\`{-~${CONTROLS}${UNSEEN}]`
export const ADDRESS = `^${LOCAL_PART}@${DOMAIN_END}(?:${DOMAIN}{0,250}${DOMAIN_END})?$`

/** What a pattern asks for, in words. */
export const SENTENCES: ReadonlyMap<unknown, string> = new Map([
  [
    LINE,
    'must be one line of text that begins with something that can be seen and has no control characters or direction overrides',
  ],
  [LINES, 'must have no control characters and no direction overrides'],
  [HTTP_URL, 'must be a URL of http or https without spaces or anything that cannot be seen'],
  [ADDRESS, 'must be one mail address'],
])

/** A text that is none, and where in a part of a request it is. */
interface NoText {
  /** A JSON pointer. */
  readonly path: string
  readonly message: string
}

interface Place {
  readonly holder: object
  readonly within: Place | undefined
  readonly key: string
}

/**
 * Brings every text in something that came in into the composed form, in its place: both sides of every comparison have
 * it. Returns the first that is no text, if there is one. However deep the thing is, the stack is not.
 */
export function composeTexts(part: unknown): NoText | undefined {
  if (typeof part !== 'object' || part === null) return undefined
  const open: Place[] = [{ holder: part, within: undefined, key: '' }]
  for (let place = open.pop(); place; place = open.pop()) {
    for (const [key, value] of Object.entries<unknown>({ ...place.holder })) {
      if (typeof value === 'object' && value !== null) open.push({ holder: value, within: place, key })
      if (typeof value !== 'string') continue
      if (isBroken(value)) return { path: pointerTo(place, key), message: 'must not have half of a character' }
      const text = composed(value)
      if (text !== value) Object.defineProperty(place.holder, key, { value: text })
    }
  }
  return undefined
}

function pointerTo(place: Place, key: string): string {
  const keys = [key]
  for (let at = place; at.within; at = at.within) keys.push(at.key)
  const steps = keys.map(step => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  return steps.reverse().join('')
}

const UNWANTED = new RegExp(`[${CONTROLS}${DIRECTIONS}]+`, 'gu')
// eslint-disable-next-line no-misleading-character-class -- each of them is meant by itself
const UNSEEN_ALONE = new RegExp(`^[${UNSEEN}]*$`, 'u')

/** What another program says of itself or of somebody, as one line that may be stored and shown; empty when nothing is to be seen. */
export function lineOf(text: string): string {
  const line = composed(text).replaceAll(UNWANTED, ' ').replaceAll(/\s+/gu, ' ').trim()
  return UNSEEN_ALONE.test(line) ? '' : line
}
