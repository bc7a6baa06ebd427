/** What clients send, and the words of the answers. */

/** WebSocket close codes (RFC 6455 §7.4.1), and one of our own. */
export const CLOSE = { goingAway: 1001, policy: 1008, tryAgainLater: 1013, unauthorized: 4401 } as const

export type ClientMessage =
  | { readonly type: 'PING' }
  | { readonly type: 'AUTH'; readonly token: string }
  | { readonly type: 'SUBSCRIBE'; readonly topic: string; readonly since: number | undefined }
  | { readonly type: 'UNSUBSCRIBE'; readonly topic: string }

export type ErrorCode = 'BAD_MESSAGE' | 'UNKNOWN_TYPE' | 'UNKNOWN_TOPIC' | 'INVALID_SINCE' | 'FORBIDDEN' | 'UNAVAILABLE'

/** A message that cannot be followed. */
export class BadMessage extends Error {
  override readonly name = 'BadMessage'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** Reads one message of a client. Throws a BadMessage that says what is wrong with it. */
export function readMessage(text: string): ClientMessage {
  const { type, token, since } = fieldsOf(text)
  if (typeof type !== 'string') throw new BadMessage('BAD_MESSAGE', 'A message is a JSON object with a "type"')
  if (type === 'PING') return { type }
  if (type === 'AUTH') {
    if (typeof token === 'string') return { type, token }
    throw new BadMessage('BAD_MESSAGE', 'AUTH takes a "token"')
  }
  const [, deed, topic] = /^(SUBSCRIBE|UNSUBSCRIBE)_([A-Z]{1,40})$/.exec(type) ?? []
  if (topic === undefined) throw new BadMessage('UNKNOWN_TYPE', 'There is no message of this type')
  if (deed === 'UNSUBSCRIBE') return { type: deed, topic }
  return { type: 'SUBSCRIBE', topic, since: sinceOf(since) }
}

function sinceOf(since: unknown): number | undefined {
  if (since === undefined || (typeof since === 'number' && Number.isSafeInteger(since) && since >= 0)) return since
  throw new BadMessage('INVALID_SINCE', '"since" is the id of a row of the journal, a whole number')
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const message: unknown = JSON.parse(text)
    return typeof message === 'object' && message !== null ? { ...message } : {}
  } catch {
    throw new BadMessage('BAD_MESSAGE', 'A message is JSON')
  }
}
