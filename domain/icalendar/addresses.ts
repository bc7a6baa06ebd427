/** One mail address and nothing else, as a pattern: what is accepted, stored and written into calendars. */
export const ADDRESS = "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$"
export const LONGEST_ADDRESS = 254
const PATTERN = new RegExp(ADDRESS)
/** The characters an address may hold that mean something else in a URI (RFC 6068 §2). */
const RESERVED = /[%#&/=?^`{|}]/g

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
  return text.length <= LONGEST_ADDRESS && PATTERN.test(text)
}
