import { addressKey, isAddress, wireAddress } from '../../plugins/validation/addresses.ts'

/** The characters an address may hold that mean something else in a URI (RFC 6068 §2), and those that no URI has. */
const RESERVED = /[%#&/=?^`{|}\u0080-\u{10ffff}]/gu

/** Throws a RangeError for what is not plainly one address: more would be more attendees. */
export function mailtoFor(address: string): string {
  if (!isAddress(address)) throw new RangeError(`Not one address: ${JSON.stringify(address)}`)
  return `mailto:${wireAddress(address).replace(RESERVED, character => encodeURIComponent(character))}`
}

/** The address of a mailto URI, for comparing; undefined when it is not plainly one. */
export function addressIn(uri: string): string | undefined {
  const [, encoded] = /^mailto:(.*)$/is.exec(uri.trim()) ?? []
  if (encoded === undefined) return undefined
  try {
    const address = decodeURIComponent(encoded)
    return isAddress(address) ? addressKey(address) : undefined
  } catch {
    return undefined // it is not percent-encoded UTF-8
  }
}
