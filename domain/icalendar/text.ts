import ICAL from 'ical.js'

/**
 * ical.js folds after so many octets and then begins the next line with a space, which it does not count: RFC 5545 §3.1
 * allows 75 with it. It never cuts a character.
 */
ICAL.foldLength = 74

/** Besides CR and LF those that programs in Python and elsewhere take for the end of a line. */
const LINE_BREAK = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g
/** Control characters, and halves of characters, which UTF-8 cannot hold. */
const UNWRITABLE = /[\p{Cc}\p{Surrogate}]/gu

/** For a property that holds text; ical.js escapes what is left. */
export function textFor(text: string): string {
  return text
    .replace(LINE_BREAK, '\n')
    .split('\n')
    .map(line => line.replaceAll('\t', ' ').replace(UNWRITABLE, ''))
    .join('\n')
}

/** For a parameter, which has no line breaks. ical.js writes a double quote as ^' (RFC 6868). */
export function parameterFor(text: string): string {
  return textFor(text).replaceAll('\n', ' ')
}

/** For a URI, which has no spaces either. */
export function uriFor(text: string): string {
  return textFor(text).replace(/\s/g, '')
}
