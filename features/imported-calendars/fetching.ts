import { lookup as resolve } from 'node:dns/promises'
import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { Agent, Response } from 'undici'

const MOST_REDIRECTS = 3
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])
const CALENDAR_TYPES: ReadonlySet<string> = new Set(['text/calendar', 'text/plain', 'application/octet-stream'])
/** An ETag or a date of a version, as far as it is kept. */
const VALIDATOR = /^[\u0020-\u007e]{1,500}$/
const UNKNOWN_HOST: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ENODATA'])
const NOT_PUBLIC = 'The address leads to a machine that is not on the public internet'

/** Says why there is no answer, in a sentence for people that reveals nothing about our network. */
export class FetchRefused extends Error {
  override readonly name: string = 'FetchRefused'
}

/** The address itself is at fault: it would be refused tomorrow as well. */
export class AddressRefused extends FetchRefused {
  override readonly name = 'AddressRefused'
}

export interface FetchOptions {
  /** The validators of the text that is already stored. */
  readonly etag?: string | null
  readonly lastModified?: string | null
  /** Rejects with its reason. */
  readonly signal?: AbortSignal | undefined
}

export type Fetched =
  | {
      readonly status: 'fresh'
      readonly text: string
      readonly etag: string | null
      readonly lastModified: string | null
    }
  | { readonly status: 'unchanged' }

/** Takes an address that somebody gave, returns the text there. Throws a FetchRefused. */
export type SafeFetch = (url: string, options?: FetchOptions) => Promise<Fetched>

/** Which servers are asked, and how long and how much is read. */
export interface FetchPolicy {
  /** Whether the machine at an IP address may be asked. */
  readonly allows: (address: string) => boolean
  /** As a URL writes them: empty for 443. */
  readonly ports: readonly string[]
  readonly resolve: (hostname: string) => Promise<LookupAddress[]>
  /** The limit for a whole fetch, redirects included. */
  readonly timeoutMs: number
  /** The limit of the unpacked text. */
  readonly maxBytes: number
  /** Certificates that are trusted instead of the usual ones. */
  readonly ca?: string
}

export const PUBLIC_INTERNET: FetchPolicy = {
  allows: isPublic,
  ports: ['', '8443'],
  resolve: hostname => resolve(hostname, { all: true }),
  timeoutMs: 10_000,
  maxBytes: 5 * 1024 * 1024,
}

/** Each call has connections of its own: nothing that one person asked for answers another. */
export function safeFetcher(policy: FetchPolicy): SafeFetch {
  return async (url, { etag = null, lastModified = null, signal } = {}) => {
    const first = allowed(url, policy)
    const { Agent } = await import('undici') // loaded where it is used: it would cost every start its time and memory
    const connect = { lookup: guarded(policy), timeout: policy.timeoutMs, ...(policy.ca && { ca: policy.ca }) }
    const dispatcher = new Agent({ connect })
    const timeout = AbortSignal.timeout(policy.timeoutMs)
    const ends = signal ? AbortSignal.any([timeout, signal]) : timeout
    const headers = {
      accept: 'text/calendar, text/plain;q=0.5, application/octet-stream;q=0.1',
      'user-agent': 'Panelist',
      ...(etag !== null && { 'if-none-match': etag }),
      ...(lastModified !== null && { 'if-modified-since': lastModified }),
    }
    try {
      return await follow(first, { policy, dispatcher, signal: ends, headers })
    } catch (error) {
      signal?.throwIfAborted()
      throw refusalOf(error, timeout, policy)
    } finally {
      await dispatcher.destroy()
    }
  }
}

interface Question {
  readonly policy: FetchPolicy
  readonly dispatcher: Agent
  readonly signal: AbortSignal
  readonly headers: Readonly<Record<string, string>>
}

/** Redirects are followed by hand, because every address on the way is checked. */
async function follow(first: URL, { policy, ...question }: Question): Promise<Fetched> {
  const { fetch } = await import('undici')
  let url = first
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const response = await fetch(url, { ...question, redirect: 'manual' })
    const known = 'if-none-match' in question.headers || 'if-modified-since' in question.headers
    if (response.status === 304 && known) return { status: 'unchanged' }
    if (!REDIRECTS.has(response.status)) return answerOf(response, policy)
    url = onwards(response.headers.get('location'), url, policy)
  }
  throw new FetchRefused(`The server redirects more than ${MOST_REDIRECTS} times`)
}

function onwards(location: string | null, from: URL, policy: FetchPolicy): URL {
  if (location === null || !URL.canParse(location, from.href))
    throw new FetchRefused('The server redirects without an address')
  const url = new URL(location, from)
  const fault = faultOf(url, policy)
  if (fault !== undefined) throw new FetchRefused(`The server redirects to another address. ${fault}`)
  return url
}

function allowed(text: string, policy: FetchPolicy): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const fault = url ? faultOf(url, policy) : 'This is not an address'
  if (!url || fault !== undefined) throw new AddressRefused(fault)
  return url
}

/** A host that is an IP address is checked here: it is never looked up. */
function faultOf({ protocol, username, password, port, hostname }: URL, policy: FetchPolicy): string | undefined {
  if (protocol !== 'https:') return 'The address does not begin with https://'
  if (username !== '' || password !== '') return 'The address contains a user name or a password'
  if (!policy.ports.includes(port)) return 'The address names a port other than 443 and 8443'
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return ipaddr.isValid(host) && !policy.allows(host) ? NOT_PUBLIC : undefined
}

/** IPv6 that is not 2000::/3 is not routed, whatever it is called; ::7f00:1 is 127.0.0.1 in the form of RFC 4291 §2.5.5.1. */
function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const plain = ipaddr.process(address) // without ::ffff: before an IPv4 address
  const [first = 0] = plain.toByteArray()
  return plain.range() === 'unicast' && (plain.kind() === 'ipv4' || first >> 5 === 1)
}

/** The connection goes to the address that was checked: the name cannot mean another machine in between. */
function guarded({ resolve: addressesOf, allows }: FetchPolicy): LookupFunction {
  return (hostname, { all }, callback) => {
    addressesOf(hostname).then(
      addresses => {
        const [first] = addresses
        if (!first || !addresses.every(({ address }) => allows(address))) callback(new FetchRefused(NOT_PUBLIC), '')
        else if (all === true) callback(null, addresses)
        else callback(null, first.address, first.family)
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), ''),
    )
  }
}

async function answerOf(response: Response, { maxBytes }: FetchPolicy): Promise<Fetched> {
  if (response.status !== 200) throw new FetchRefused(`The server answers ${response.status}`)
  const [type = ''] = (response.headers.get('content-type') ?? '').split(';')
  if (!CALENDAR_TYPES.has(type.trim().toLowerCase())) {
    throw new FetchRefused('The server answers with something that is not a calendar')
  }
  const kept = (name: string) => {
    const value = response.headers.get(name)
    return value !== null && VALIDATOR.test(value) ? value : null
  }
  const text = await textOf(response, maxBytes)
  return { status: 'fresh', text, etag: kept('etag'), lastModified: kept('last-modified') }
}

/** Counts what arrives: `content-length` may be wrong, and says nothing about the unpacked size. */
async function textOf({ body }: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    if (!(chunk instanceof Uint8Array)) continue
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new FetchRefused(`The calendar is larger than ${maxBytes / 1024 / 1024} MiB`)
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

function refusalOf(error: unknown, timeout: AbortSignal, { timeoutMs }: FetchPolicy): FetchRefused {
  if (error instanceof FetchRefused) return error
  if (timeout.aborted) return new FetchRefused(`The server takes longer than ${timeoutMs / 1000} seconds`)
  const cause = error instanceof Error ? error.cause : undefined
  if (cause instanceof FetchRefused) return cause
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (UNKNOWN_HOST.has(code)) return new FetchRefused('There is no server with that name')
  if (/CERT|SELF_SIGNED|ISSUER/.test(String(code))) {
    return new FetchRefused('The certificate of the server cannot be trusted')
  }
  return new FetchRefused('The server does not answer as it should')
}
