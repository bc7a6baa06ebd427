import type { FastifyRequest } from 'fastify'
import { isPlain } from '../db/texts.ts'
import { lineOf } from './validation/texts.ts'

const LONGEST_USER_AGENT = 300

/** Who does something, from where, and by which request. `id` is null for strangers and for the command line. */
export interface Actor {
  readonly id: string | null
  readonly name: string
  readonly requestId: string | null
  readonly ip: string | null
  readonly userAgent: string | null
  /** Set on a creating request that carries an Idempotency-Key. */
  idempotency?: IdempotencyTicket
}

/** A creating request's key, and what it was sent with. */
export interface IdempotencyTicket {
  readonly principal: string
  readonly route: string
  readonly key: string
  readonly bodyHash: string
  /** Whether the answer is that of an earlier request. */
  replayed: boolean
}

/** Whoever sent a request, before it is known who that is. */
export function strangerOf(request: FastifyRequest, name = 'anonymous'): Actor {
  return { id: null, name, ...originOf(request) }
}

/** The command line, as the journal names it. */
export const commandLine: Actor = { id: null, name: 'command line', requestId: null, ip: null, userAgent: null }

export function originOf(request: FastifyRequest): Pick<Actor, 'requestId' | 'ip' | 'userAgent'> {
  const userAgent = request.headers['user-agent']
  return { requestId: request.id, ip: request.ip, userAgent: userAgent === undefined ? null : nameOf(userAgent) }
}

/** Headers come in as bytes, of which Node.js makes one character each (RFC 9110 §5.5). */
function nameOf(program: string): string {
  const line = isPlain(program) ? program : lineOf(Buffer.from(program, 'latin1').toString())
  return Array.from(line.slice(0, 2 * LONGEST_USER_AGENT))
    .slice(0, LONGEST_USER_AGENT)
    .join('')
}
