import { once } from 'node:events'
import { createServer } from 'node:net'

/** Where the kernel begins to hand out ports by itself, on Linux and elsewhere. */
const HANDED_OUT_FROM = 32_768
const FROM = 20_000

/**
 * A port for a server that is stopped and started again. The kernel gives it to nobody meanwhile, as it may those it
 * hands out by itself, to servers and to connections.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FROM + Math.floor(Math.random() * (HANDED_OUT_FROM - FROM))
    const server = createServer().listen(port, '127.0.0.1')
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    await new Promise(resolve => server.close(resolve))
    if (free) return port
  }
}
