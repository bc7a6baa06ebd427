// Connections that want to occupy the server, and requests that want to break it.
import { Agent } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { describe, expect } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { start } from '../support/programs.ts'
import { scaled } from '../support/scale.ts'
import { inHome, type Server } from './support/home.ts'
import { sendMalformed } from './support/malformed.ts'

const CONNECTIONS = scaled(60, 200)
/** Longer than any of them is allowed to live, and longer than any answer takes. */
const PATIENCE_SECONDS = 240
const REQUESTS = 10_000
/** What 10,000 requests may leave behind on the heap: 400 bytes each. */
const LEFT_BEHIND_BYTES = 4 * 1024 * 1024
const COLLECTING = pathToFileURL(join(import.meta.dirname, 'support/collect-garbage.mjs')).href

describe.concurrent('the server, among hostile clients,', () => {
  inHome(
    `ends ${CONNECTIONS} connections that drip headers and as many that drip bodies, while everybody else is answered`,
    async house => {
      const server = await house.serve()
      const slow = [
        slowly(server, '/health', '-H'),
        slowly(server, '/api/auth/login', '-B', '-t', 'POST', '-s', '8192', '-f', 'application/json'),
      ]
      let running = slow.length
      for (const one of slow) void one.finally(() => (running -= 1))
      const meanwhile: number[] = []
      for (let count = 0; running > 0; count += 1) {
        const path = count % 2 === 0 ? '/health' : '/api/events'
        meanwhile.push((await server.call(path, { agent: new Agent() })).status) // over a new connection
        await sleep(100)
      }
      for (const told of await Promise.all(slow)) {
        expect(told).toMatch(new RegExp(`connected: +${CONNECTIONS}\\b`))
        expect(told).toContain('No open connections left')
        expect(told).not.toMatch(/service available: +NO|error: +[1-9]/)
      }
      expect(meanwhile.length).toBeGreaterThan(1)
      expect(meanwhile.filter(status => status !== 200)).toEqual([])
      expect(await server.stop()).toMatchObject({ end: 0, stderr: '' })
    },
  )

  inHome(`answers ${REQUESTS} malformed requests without a 5xx, and keeps nothing of them in memory`, async house => {
    const environment = { LOG_LEVEL: 'error', KEEP_ALIVE_SECONDS: '1', NODE_OPTIONS: `--import=${COLLECTING}` }
    const server = await house.serve({ environment })
    await sendMalformed(server.port, REQUESTS / 10) // what is made once is made
    const before = await heapOf(server)
    const { sent, statuses } = await sendMalformed(server.port, REQUESTS)
    const told = [...statuses.keys()].sort((a, b) => a - b)
    expect(told.filter(status => status >= 500)).toEqual([])
    expect(told).toEqual(expect.arrayContaining([400, 401, 404, 405, 415, 431]))
    expect(told.filter(status => status < 400)).toEqual([])
    const answered = [...statuses.values()].reduce((sum, count) => sum + count, 0)
    expect(answered).toBeGreaterThan(sent * 0.8) // what is cut off is not answered, nor what waits before it
    expect((await server.call('/health')).status).toBe(200)
    // What hangs on connections that were cut off goes with the last of them.
    const left = async () => (await heapOf(server)) - before
    await eventually(async () => expect(await left()).toBeLessThan(LEFT_BEHIND_BYTES))
    expect(await server.stop()).toMatchObject({ end: 0, stderr: '' })
  })
})

/** Runs slowhttptest against a path, and gives what it wrote, without its colours. */
async function slowly({ port }: Server, path: string, ...options: string[]): Promise<string> {
  const rest = ['-c', CONNECTIONS, '-r', CONNECTIONS, '-i', 1, '-l', PATIENCE_SECONDS, '-p', PATIENCE_SECONDS].map(
    String,
  )
  const program = start('slowhttptest', [...options, ...rest, '-u', `http://127.0.0.1:${port}${path}`])
  const { stdout } = await program.finished
  // eslint-disable-next-line no-control-regex -- that is what colours are made of
  return stdout.replaceAll(/\x1b\[[\d;]*[A-Za-z]/g, '')
}

/** In bytes, after its garbage was collected. */
async function heapOf(server: Server): Promise<number> {
  server.signal('SIGWINCH')
  await server.call('/health')
  const { body } = await server.call('/metrics')
  const used = /^nodejs_heap_size_used_bytes (\d+)$/m.exec(String(body))?.[1]
  expect(used).toBeDefined()
  return Number(used)
}
