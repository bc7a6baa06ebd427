import { domainToASCII, domainToUnicode } from 'node:url'
import { composed, isPlain } from '../../db/texts.ts'
import { ADDRESS } from './texts.ts'

export const LONGEST_ADDRESS = 254
const PATTERN = new RegExp(ADDRESS, 'u')
const PUNYCODE = /[@.]xn--/i
const ATOMS = /^[^.@]+(?:\.[^.@]+)*$/
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i

/** Whether this is plainly one mail address. */
export function isAddress(text: string): boolean {
  return text.length <= LONGEST_ADDRESS && PATTERN.test(text)
}

/** Whether somebody on the internet can have this address: its domain is one of DNS, and has a dot. */
export function isInternetAddress(text: string): boolean {
  const { local, domain } = partsOf(text)
  return isAddress(text) && ATOMS.test(local) && DOMAIN.test(isPlain(domain) ? domain : domainToASCII(domain))
}

/**
 * An address in the form in which it is stored: without blanks around it; the domain in letters and not in Punycode, and
 * letters beyond ASCII small, so that `lower()` of either database does the rest.
 */
export function storedAddress(written: string): string {
  const text = composed(written.trim())
  if (isPlain(text) && !PUNYCODE.test(text)) return text
  const { local, domain } = partsOf(text)
  const small = local.replaceAll(/[^ -~]+/g, letters => letters.toLowerCase())
  return composed(`${small}@${domainToUnicode(domain) || domain}`)
}

/** An address for comparing, without regard to case: what the SQL `lower(email)` is of one that is stored. */
export function addressKey(written: string): string {
  return storedAddress(written).replaceAll(/[A-Z]+/g, letters => letters.toLowerCase())
}

/** The address with a domain that every mail server and calendar knows. */
export function wireAddress(address: string): string {
  const { local, domain } = partsOf(address)
  return isPlain(domain) ? address : `${local}@${domainToASCII(domain)}`
}

/** Whether only servers with SMTPUTF8 (RFC 6531) can send to it: domains have a form in ASCII, the part before has none. */
export function needsSmtpUtf8(address: string): boolean {
  return !isPlain(partsOf(address).local)
}

function partsOf(address: string): { readonly local: string; readonly domain: string } {
  const at = address.lastIndexOf('@')
  return { local: address.slice(0, Math.max(0, at)), domain: address.slice(at + 1) }
}
