// A process of its own, as the load must not take the time of the server under test: jobs come as messages.
import autocannon, { type Client, type Options, type Result } from 'autocannon'
import type { Job, Reply } from './load.ts'

const SAMPLE_MS = 100
let lastAddress = Date.now() * 1000

process.on('message', (job: Job) => void run(job).then(reply => process.send?.(reply)))
process.on('disconnect', () => process.exit())

async function run(job: Job): Promise<Reply> {
  try {
    return await fire(job)
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}

function fire(job: Job): Promise<Reply> {
  const options: Options & { sampleInt: number } = {
    url: job.url,
    connections: job.connections,
    duration: job.seconds,
    sampleInt: SAMPLE_MS,
    method: job.body ? 'POST' : 'GET',
    headers: { authorization: job.authorization, ...(job.body && { 'content-type': 'application/json' }) },
    setupClient: requestsOf(job),
  }
  return new Promise((resolve, reject) => {
    let started = performance.now()
    const instance = autocannon(options, (error: Error | null, result: Result) => {
      if (error) reject(error)
      else resolve(judged(result, (performance.now() - started) / 1000))
    })
    // The requests are made before the first is sent, and that time is none of the server's.
    instance.on('start', () => (started = performance.now()))
  })
}

/** Gives each connection its own share of the paths, or a body with a new address for every request. */
function requestsOf({ paths, body, connections }: Job): (client: Client) => void {
  let next = 0
  return client => {
    const share = next++ % connections
    if (body) {
      const path = paths[0] ?? '/'
      client.setRequests([{ path, setupRequest: request => ({ ...request, path, body: withNewAddress(body) }) }])
      return
    }
    const own = paths.filter((_path, index) => index % connections === share)
    client.setRequests((own.length > 0 ? own : paths).map(path => ({ path })))
  }
}

function withNewAddress(body: object): string {
  lastAddress += 1
  return JSON.stringify({ ...body, email: `ada.${lastAddress}@example.com` })
}

/** One answer that is not 2xx, one broken connection, and the figure is worth nothing. */
function judged(result: Result, seconds: number): Reply {
  const { '2xx': requests, non2xx, errors, timeouts } = result
  if (non2xx > 0 || errors > 0 || timeouts > 0 || requests === 0) {
    const statuses = Object.entries(result.statusCodeStats ?? {}).map(
      ([status, { count }]) => `${count ?? 0} × ${status}`,
    )
    return { failure: `answers ${statuses.join(', ')}; ${errors} errors, ${timeouts} timeouts` }
  }
  return { requests, seconds }
}
