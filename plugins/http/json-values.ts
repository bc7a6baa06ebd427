/** Availability has the largest body of all: with the most of everything some 16,000 values. */
export const MOST_VALUES = 25_000

const [QUOTE, BACKSLASH, COMMA, LIST, OBJECT] = Buffer.from('"\\,[{')

/**
 * Whether JSON has more values than any body needs; reading and checking those of a body that is made of nothing else
 * would hold up everybody. It tells without reading it: each value but the first comes after a comma, [ or {.
 */
export function hasTooManyValues(json: Buffer): boolean {
  if (json.length <= MOST_VALUES) return false
  let values = 0
  let inText = false
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at]
    if (byte === QUOTE) inText = !inText
    else if (inText) at += byte === BACKSLASH ? 1 : 0
    else if (byte === COMMA || byte === LIST || byte === OBJECT) {
      values += 1
      if (values > MOST_VALUES) return true
    }
  }
  return false
}
