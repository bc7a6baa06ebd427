import createError from '@fastify/error'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { detailed } from './errors.ts'

const VersionMismatch = createError(
  'VERSION_MISMATCH',
  'Somebody else has changed this since you read it; read it again and repeat your change',
  412,
)

/** The versions a client is ready to change, out of `If-Match`; undefined when it did not say. */
export type ExpectedVersions = readonly number[] | undefined

declare module 'fastify' {
  interface FastifyRequest {
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
        return expectedVersions(this.headers['if-match'])
      },
    })
    app.decorateReply('versioned', function (thing) {
      const own = etag(thing.version)
      this.header('etag', own)
      return isRead(this.request.method) && isKnown(this.request, own) ? this.code(304).send() : thing
    })
  },
  { name: 'conditional', dependencies: ['errors'] },
)

/** Throws a 412 with the current version when it is none of those expected. To be called inside the transaction. */
export function assertVersion(current: number, expected: ExpectedVersions): void {
  if (expected === undefined || expected.includes(current)) return
  throw detailed(new VersionMismatch(), [{ currentVersion: current }])
}

/** A HEAD is a read like its GET, and answered as that would be, without the body (RFC 9110 §9.3.2). */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

function etag(version: number): string {
  return `"${version}"`
}

/** `*` matches whatever is there; a weak tag never matches here (RFC 9110 §13.1.1), nor does anything else not ours. */
function expectedVersions(header: string | undefined): ExpectedVersions {
  if (header === undefined || header.trim() === '*') return undefined
  return header.split(',').flatMap(tag => {
    const version = /^"(\d{1,15})"$/.exec(tag.trim())?.[1]
    return version === undefined ? [] : [Number(version)]
  })
}

/** Whether `If-None-Match` names this tag, by the weak comparison of RFC 9110 §13.1.2. */
export function isKnown({ headers }: FastifyRequest, own: string): boolean {
  const header = headers['if-none-match']
  if (header === undefined) return false
  return header.trim() === '*' || header.split(',').some(tag => tag.trim().replace(/^W\//, '') === own)
}
