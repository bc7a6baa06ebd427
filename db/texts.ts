/** Texts in the one form in which they are stored and compared, on either database and in the program. */

const ASCII = /^[ -~]*$/
const HALF_CHARACTERS = /\p{Surrogate}/gu

/** Whether a text is printable ASCII alone, of which there is one form. */
export function isPlain(text: string): boolean {
  return ASCII.test(text)
}

/** The text in Unicode's composed form (NFC), in which the same letters are the same characters; of halves of characters, which no UTF-8 has, remains a mark. */
export function composed(text: string): string {
  return isPlain(text) ? text : text.replaceAll(HALF_CHARACTERS, '\uFFFD').normalize('NFC')
}

/** Whether a text has halves of characters, which UTF-8 cannot hold: databases store something else in their place. */
export function isBroken(text: string): boolean {
  return text.search(HALF_CHARACTERS) >= 0
}

/**
 * The text without regard to case, in all scripts, for comparing; `folded()` is the same in the SQL of either database,
 * see Dialect.
 */
export function folded(text: string): string {
  if (isPlain(text)) return text.toLowerCase()
  // By way of the capitals, of which ß has two and both small letters of Σ the same.
  return composed(composed(text).toUpperCase().toLowerCase().replaceAll('ς', 'σ'))
}
