import { isAscii } from 'node:buffer'
import createError from '@fastify/error'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { hasTooManyValues, MOST_VALUES } from './http/json-values.ts'

const NotUtf8 = createError<[string]>('NOT_UTF8', '%s is not in UTF-8; save or send it in UTF-8', 400)
const OtherCharset = createError<[string]>(
  'UNSUPPORTED_MEDIA_TYPE',
  'Texts are taken in UTF-8, and not in %s; send them in UTF-8, with charset=utf-8 or without a charset',
  415,
)

const TooManyValues = createError(
  'VALIDATION',
  `The body has more than ${MOST_VALUES.toLocaleString('en')} values, which no request needs; send what the documentation names`,
  400,
)

const CHARSET = /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i
const UTF8 = /^(?:utf-?8|(?:us-)?ascii)$/i
const ESCAPED = /(?:%[\da-f]{2})+/gi

/** Texts that come in are UTF-8: in the address, and in a body of JSON. Other bodies are read with `textOfBody`. */
export const bodiesPlugin = fp(
  async app => {
    app.addHook('onRequest', (request, _reply, done) => {
      const { url } = request
      done(url.includes('%') && !isDecodable(url) ? new NotUtf8('What is percent-encoded in this address') : undefined)
    })
    app.removeContentTypeParser('text/plain')
    takeJson(app)
  },
  { name: 'bodies', dependencies: ['errors'] },
)

/** The text of a body, without its byte order mark. Throws 400 NOT_UTF8, or 415 for text in another charset. */
export function textOfBody({ headers }: FastifyRequest, bytes: Buffer): string {
  const charset = CHARSET.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8'
  // A charset that only differs from UTF-8 beyond ASCII makes no difference to a text that has nothing of that.
  const plain = isAscii(bytes) && !bytes.includes(0)
  if (!plain && !UTF8.test(charset)) throw new OtherCharset(charset)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new NotUtf8('The body')
  }
}

/** Many clients name JSON as the type of every request. Without a body there is none, whatever its type would be. */
function takeJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) {
      done(null, undefined)
      return
    }
    if (hasTooManyValues(body)) {
      done(new TooManyValues())
      return
    }
    try {
      void parse(request, textOfBody(request, body), done)
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  })
}

function isDecodable(url: string): boolean {
  try {
    for (const [escaped] of url.matchAll(ESCAPED)) decodeURIComponent(escaped)
    return true
  } catch {
    return false
  }
}
