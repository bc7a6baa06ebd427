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
/** One address and nothing else, as in domain/lists/fields.ts. */
const ADDRESS = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$/
/** Of those that an address may hold, what means something else in a URI (RFC 6068 §2). */
const RESERVED = /[%#&/=?^`{|}]/g

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

/** Throws a RangeError for what is not plainly one address: more would be more attendees. */
export function mailtoFor(address: string): string {
  if (!isAddress(address)) throw new RangeError(`Not one address: ${JSON.stringify(address)}`)
  return `mailto:${address.replace(RESERVED, character => encodeURIComponent(character))}`
}

/** The address of a mailto URI, in lower case; undefined when it is not plainly one. */
export function addressIn(uri: string): string | undefined {
  const [, encoded] = /^mailto:(.*)$/is.exec(uri.trim()) ?? []
  if (encoded === undefined || /%(?![\da-f]{2})/i.test(encoded)) return undefined
  const address = encoded.replace(/%[\da-f]{2}/gi, code => String.fromCharCode(parseInt(code.slice(1), 16)))
  return isAddress(address) ? address.toLowerCase() : undefined
}

function isAddress(text: string): boolean {
  return text.length <= 254 && ADDRESS.test(text)
}
