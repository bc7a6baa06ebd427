/**
 * The one rule for work that reads rows page by page: after each page everybody else has their turn. A read of SQLite
 * is answered within the turn of the loop it is asked in, so that a loop which awaits nothing else lets nobody in.
 */

const waiting: (() => void)[] = []

/** Resolves in a later turn of the event loop, in each turn for one of all who wait, in their order. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => {
    if (waiting.push(resolve) === 1) setImmediate(round)
  })
}

function round(): void {
  waiting.shift()?.()
  if (waiting.length > 0) setImmediate(round)
}

/** The same pages, between which everybody else has their turn; whoever has left reads no further. */
export async function* paced<Page>(pages: AsyncIterable<Page>, left?: AbortSignal): AsyncGenerator<Page> {
  for await (const page of pages) {
    yield page
    await nextTurn()
    left?.throwIfAborted()
  }
}
