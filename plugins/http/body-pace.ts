import type { IncomingMessage } from 'node:http'
import createError from '@fastify/error'

/** How often it is looked how far bodies have come. */
export const LOOK_MS = 2_000
/** So many times a body may have come no further than by so many bytes: a kilobyte a second. */
const LOOKS = 5
const LEAST_BYTES = 10_000

const TooSlow = createError(
  'REQUEST_TIMEOUT',
  'The body came more slowly than a kilobyte a second; please try again over a better connection',
  408,
)

interface Progress {
  bytes: number
  looks: number
}

/**
 * Ends requests whose bodies drip. What counts is the pace, and not the time: a large file may take as long as it needs. It
 * is measured in looks, so that a server that is busy holds it against nobody.
 */
export class BodyPace {
  readonly #bodies = new Map<IncomingMessage, Progress>()

  /** How many are being read. */
  get size(): number {
    return this.#bodies.size
  }

  /** Watches the body of a request, until all of it is read or its connection has ended. */
  watch(request: IncomingMessage): void {
    this.#bodies.set(request, { bytes: request.socket.bytesRead, looks: 0 })
    request.once('end', () => this.#bodies.delete(request))
  }

  /** To be called every LOOK_MS. */
  look(): void {
    for (const [request, progress] of this.#bodies) {
      const { complete, readableFlowing, socket } = request
      const { bytesRead } = socket
      // What nobody reads yet waits for this program, and not for its client.
      const isAwaited = !complete && readableFlowing === true
      if (socket.destroyed) this.#bodies.delete(request)
      else if (bytesRead - progress.bytes >= LEAST_BYTES) Object.assign(progress, { bytes: bytesRead, looks: 0 })
      else if (isAwaited && (progress.looks += 1) > LOOKS) cut(request, progress.looks === LOOKS + 1)
    }
  }
}

/** First, whoever reads the body answers 408. When nobody does, its answer has gone out, and the connection ends. */
function cut(request: IncomingMessage, first: boolean): void {
  if (first && request.listenerCount('error') > 0) request.emit('error', new TooSlow())
  else request.socket.destroy()
}
