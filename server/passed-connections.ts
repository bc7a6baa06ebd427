import type { ChildProcess } from 'node:child_process'

/** A connection as Node.js passes it to another process. */
interface Handle {
  close(): void
}

/**
 * Cuts the connections that a worker had been given and did not live to take. The cluster module of Node.js keeps such a
 * connection open until the worker says that it has it, and forgets it when the worker dies before: nobody would answer
 * it, and nobody would end it. Whoever is cut off at once can ask again.
 */
export function cutWhatItCannotTake(worker: ChildProcess): void {
  const passed = new Map<unknown, Handle>()
  const send = worker.send.bind(worker)
  const watched = (...sent: Parameters<typeof send>) => {
    const [message, handle] = sent
    if (isPassedOn(message) && isHandle(handle)) passed.set(message.seq, handle)
    return send(...sent)
  }
  Object.defineProperty(worker, 'send', { value: watched })
  worker.on('internalMessage', (message: { readonly ack?: unknown }) => passed.delete(message.ack))
  worker.once('exit', () => {
    for (const handle of passed.values()) handle.close()
  })
}

/** What the cluster module says to a worker with each connection; its answer bears the same number. */
function isPassedOn(message: unknown): message is { readonly seq: unknown } {
  return (
    typeof message === 'object' && message !== null && 'act' in message && message.act === 'newconn' && 'seq' in message
  )
}

function isHandle(handle: unknown): handle is Handle {
  return typeof handle === 'object' && handle !== null && 'close' in handle
}
