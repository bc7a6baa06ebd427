import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** The address itself, in its one form: `203.0.113.8`, `203.0.113.8:50001`, `2001:db8::1`, `[2001:db8::1]:443`. */
const ENTRY = /^(?:\[([^\]]{2,60})\](?::\d{1,10})?|([\d.]{7,15}):\d{1,10}|([^[\]]{2,60}))$/

/**
 * Leaves of `X-Forwarded-For` only the addresses up to the first entry, from the right, that is none. So `request.ip`,
 * where the client's address comes from for everything, is an address whatever a client or a proxy wrote: behind a name
 * like `_hidden1` or `unknown` the last proxy counts that gave an address. Runs before anything looks at the request.
 */
export function keepOnlyAddresses({ headers }: IncomingMessage): void {
  const said = headers['x-forwarded-for']
  if (said === undefined) return
  const entries = String(said)
    .split(',')
    .map(entry => addressIn(entry.trim()))
  headers['x-forwarded-for'] = entries.slice(entries.lastIndexOf(undefined) + 1).join(', ')
}

/** The address in an entry, without its port; undefined when there is none. */
function addressIn(entry: string): string | undefined {
  const [, bracketed, withPort, plain] = ENTRY.exec(entry) ?? []
  const address = bracketed ?? withPort ?? plain ?? ''
  return isIP(address) === 0 || address.includes('%') ? undefined : ipaddr.process(address).toString()
}

/** The network of an address that one person can have to themselves: an IPv4 address, or a /64 of IPv6. */
export function networkOf(address: string): string {
  return prefixOf(address, 64)
}

/** The network that one customer of a provider can have: an IPv4 address, or a /48 of IPv6. What sign-ins count by. */
export function siteOf(address: string): string {
  return prefixOf(address, 48)
}

function prefixOf(address: string, bits: 48 | 64): string {
  if (isIP(address) === 0) return address
  const parsed = ipaddr.process(address)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toNormalizedString().replace(/%.*/, '')}/${bits}`).toString()}/${bits}`
}
