import createError from '@fastify/error'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { detailed } from './errors.ts'

const MISMATCH = 'VERSION_MISMATCH'
const Changed = createError(
  MISMATCH,
  'Somebody else has changed this since you read it; read it again and repeat your change',
  412,
)
const ForeignTag = createError(
  MISMATCH,
  'If-Match names no version; send the ETag that you have read, like "3", or the version itself in double quotes',
  412,
)
const NothingYet = createError(MISMATCH, 'There is nothing here yet; leave out If-Match to make it', 412)
const Unwanted = createError(
  MISMATCH,
  'If-None-Match names the version that there is, so nothing was changed; leave it out to change this version',
  412,
)

/** What `If-Match` and `If-None-Match` ask of the version that is changed; undefined when they ask nothing. */
export interface Conditions {
  readonly ifMatch: Tags | undefined
  readonly ifNoneMatch: Tags | undefined
}
export type ExpectedVersions = Conditions | undefined

/** The tags of a header, as they compare; or any. */
type Tags = readonly string[] | '*'

declare module 'fastify' {
  interface FastifyRequest {
    /** The conditions under which the client wants its change. */
    readonly ifMatch: ExpectedVersions
  }
  interface FastifyContextConfig {
    /** Whether the document says that the route knows versions; those of one thing do, unless they say otherwise. */
    versioned?: boolean
  }
  interface FastifyReply {
    /** Sends a thing with `ETag: "<version>"`, or 304 when the client has that version already. */
    versioned<Thing extends { version: number }>(thing: Thing): Thing | FastifyReply
  }
}

/** Conditional requests (RFC 9110 §13) on the `version` that every mutable resource carries. */
export const conditionalPlugin = fp(
  async app => {
    app.decorateRequest('ifMatch', {
      getter() {
        return conditionsOf(this)
      },
    })
    app.decorateReply('versioned', function (thing) {
      const own = etag(thing.version)
      tag(this, own)
      return isRead(this.request.method) && isKnown(this.request, own) ? this.code(304).send() : thing
    })
  },
  { name: 'conditional', dependencies: ['errors'] },
)

/** A program may keep it for its reader alone, and asks each time whether it is still true (RFC 9111 §5.2.2). */
export function askAgain(reply: FastifyReply): void {
  reply.header('cache-control', 'private, no-cache')
}

/** Names what is sent, so that a reader who has kept it can ask for it again by this tag. */
export function tag(reply: FastifyReply, own: string): void {
  reply.header('etag', own)
  if (isRead(reply.request.method)) askAgain(reply)
}

/**
 * Throws a 412 with the current version, which is undefined when there is nothing yet, when it is not as expected. To be
 * called inside the transaction.
 */
export function assertVersion(current: number | undefined, expected: ExpectedVersions): void {
  if (expected === undefined) return
  const { ifMatch, ifNoneMatch } = expected
  if (current === undefined) {
    if (ifMatch) throw new NothingYet()
    return
  }
  const own = etag(current)
  const refusal = ifMatch && !names(ifMatch, own) ? unmatched(ifMatch) : undefined
  const refused = refusal ?? (ifNoneMatch && names(ifNoneMatch, own) ? new Unwanted() : undefined)
  if (refused) throw detailed(refused, [{ currentVersion: current }])
}

/** A HEAD is a read like its GET, and answered as that would be, without the body (RFC 9110 §9.3.2). */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Whether the reader has what this tag stands for. Throws a 412 when another one was asked for by `If-Match`. */
export function isKnown(request: FastifyRequest, own: string): boolean {
  const conditions = conditionsOf(request)
  if (conditions === undefined) return false
  const { ifMatch, ifNoneMatch } = conditions
  if (ifMatch && !names(ifMatch, own)) throw unmatched(ifMatch)
  return ifNoneMatch !== undefined && names(ifNoneMatch, own)
}

function unmatched(wanted: Tags): Error {
  return wanted !== '*' && wanted.some(tag => /^"\d+"$/.test(tag)) ? new Changed() : new ForeignTag()
}

function etag(version: number): string {
  return `"${version}"`
}

function names(tags: Tags, own: string): boolean {
  return tags === '*' || tags.includes(own)
}

function conditionsOf({ headers }: FastifyRequest): ExpectedVersions {
  const ifMatch = tagsOf(headers['if-match'])
  const ifNoneMatch = tagsOf(headers['if-none-match'])
  return ifMatch || ifNoneMatch ? { ifMatch, ifNoneMatch } : undefined
}

/**
 * Tags compare weakly also where RFC 9110 §13.1.1 wants it strongly: a version is exact, and a tag of ours is weak only
 * because a proxy has compressed the answer.
 */
function tagsOf(header: string | undefined): Tags | undefined {
  if (header === undefined) return undefined
  return header.trim() === '*' ? '*' : header.split(',').map(tag => tag.trim().replace(/^W\//, ''))
}
