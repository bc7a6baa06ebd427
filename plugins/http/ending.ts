import type { Socket } from 'node:net'
import createError from '@fastify/error'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** Nobody reads it; as nginx names it. */
const ClientLeft = createError('CLIENT_LEFT', 'The client has left', 499)

/** What waits for the end of each connection: one listener for all of it, however many requests it carries at once. */
const waiting = new WeakMap<Socket, Set<() => void>>()

/**
 * Calls `undo` once, when the answer has gone out or its connection has ended: also where no hook runs any more, as for
 * a request that waits for its turn on a connection that breaks.
 */
export function whenEnded(
  { raw: { socket } }: FastifyRequest,
  { raw: response }: FastifyReply,
  undo: () => void,
): void {
  if (socket.destroyed) {
    undo()
    return
  }
  const others = waitingFor(socket)
  const end = () => {
    if (!others.delete(end)) return
    response.off('finish', end).off('close', end)
    undo()
  }
  others.add(end)
  response.once('finish', end).once('close', end)
}

function waitingFor(socket: Socket): Set<() => void> {
  const known = waiting.get(socket)
  if (known) return known
  const ends = new Set<() => void>()
  waiting.set(socket, ends)
  socket.once('close', () => ends.forEach(end => end()))
  return ends
}

/** Says when the answer has gone out or its connection has ended, with a refusal that nobody reads for its reason. */
export function endOf(request: FastifyRequest, reply: FastifyReply): AbortSignal {
  const ended = new AbortController()
  whenEnded(request, reply, () => ended.abort(new ClientLeft()))
  return ended.signal
}
