import type { FastifyInstance } from 'fastify'

/** What pages of a listed origin may read of an answer. */
export const EXPOSED_HEADERS = ['etag', 'location', 'x-request-id', 'idempotency-replayed', 'retry-after']

/** What is known of a request that no hook has seen. */
export interface EarlyRequest {
  readonly id: string
  readonly origin: string | undefined
}

/** What hooks add to other answers, for those that come before any hook. */
export function earlyHeaders({ config }: FastifyInstance, { id, origin = '' }: EarlyRequest): Record<string, string> {
  const { ALLOWED_ORIGINS } = config
  return {
    'x-request-id': id,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none';frame-ancestors 'none'",
    ...(ALLOWED_ORIGINS.length > 0 && {
      vary: 'Origin',
      'access-control-expose-headers': EXPOSED_HEADERS.join(', '),
      ...(ALLOWED_ORIGINS.includes(origin) && { 'access-control-allow-origin': origin }),
    }),
  }
}
