import { nextTurn } from '../plugins/turns.ts'

/** So long work goes on before everybody else has their turn. */
const TURN_MS = 10

/** Work in pieces: between two of them it may be left for a while. */
export type Work<Result> = Generator<void, Result>

/** Does the work at once, as a transaction needs it. */
export function atOnce<Result>(work: Work<Result>): Result {
  for (;;) {
    const piece = work.next()
    if (piece.done === true) return piece.value
  }
}

/** Does the work while the event loop comes round; goes no further once the signal is aborted, and throws its reason. */
export async function inTurns<Result>(work: Work<Result>, signal?: AbortSignal): Promise<Result> {
  let began = performance.now()
  for (;;) {
    const piece = work.next()
    if (piece.done === true) return piece.value
    if (performance.now() - began < TURN_MS) continue
    await nextTurn()
    signal?.throwIfAborted()
    began = performance.now()
  }
}
