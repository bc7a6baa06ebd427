// A process of its own, so that the work of whoever sends the large requests is not taken for a wait: orders come as messages.
import { Agent, request } from 'node:http'
import { loopTime } from './loop-time.ts'

export type WatchOrder = { readonly pid: number; readonly url: string } | 'stop'

const agent = new Agent({ keepAlive: true, maxSockets: 1 })
let watched: Extract<WatchOrder, object> | undefined

process.on('message', (order: WatchOrder) => {
  watched = order === 'stop' ? undefined : order
  if (watched) void watch(watched)
})
process.on('disconnect', () => process.exit())

/** Says when the first small request was answered, and in the end the most processor time any of them waited for, in ms. */
async function watch(order: Extract<WatchOrder, object>): Promise<void> {
  const { pid } = order
  const url = `${order.url}/health/live`
  await answered(url)
  process.send?.('watching')
  let longestMs = 0
  while (watched === order) {
    const before = loopTime(pid)
    await answered(url)
    longestMs = Math.max(longestMs, loopTime(pid) - before)
  }
  process.send?.({ longestMs })
}

function answered(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, response => response.resume().on('end', resolve).on('error', reject))
      .on('error', reject)
      .end()
  })
}
