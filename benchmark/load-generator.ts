// A process of its own, as the load must not take the time of the server under test: jobs come as messages.
import autocannon, { type Client, type Options, type Request, type Result } from 'autocannon'
import type { Job, Reply, Writes } from './load.ts'

const SAMPLE_MS = 100
/** What an interviewer's weight may be: 1 … 1,000. */
const WEIGHTS = 1_000
/** So many requests in a row are one turn; made beforehand, they cost the generator less than those it makes anew. */
const TURN = 10
let lastAddress = Date.now() * 1000
let lastWeight = 0
let turns = 0

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
function requestsOf({ paths, body, sameBody = false, writes, connections }: Job): (client: Client) => void {
  let next = 0
  return client => {
    const share = next++ % connections
    if (body) {
      const path = paths[0] ?? '/'
      if (sameBody) {
        client.setRequests([{ path, body: JSON.stringify(body) }])
        return
      }
      client.setRequests([{ path, setupRequest: request => ({ ...request, path, body: withNewAddress(body) }) }])
      return
    }
    if (writes) {
      client.setRequests(readsAndWrites(paths, writes, share))
      return
    }
    const own = paths.filter((_path, index) => index % connections === share)
    client.setRequests((own.length > 0 ? own : paths).map(path => ({ path })))
  }
}

/** All paths, begun at another place by each connection. Every tenth request may be the write when its turn comes. */
function readsAndWrites(paths: readonly string[], writes: Writes, share: number): Request[] {
  const start = share % paths.length
  return [...paths.slice(start), ...paths.slice(0, start)].map((path, index) =>
    (index + start) % TURN === TURN - 1 ? readOrWrite(path, writes) : { path },
  )
}

/** Turns are counted over all connections, so that there are as many writes as there shall be however long it takes. */
function readOrWrite(path: string, { paths, every }: Writes): Request {
  return {
    setupRequest: request => {
      turns += 1
      if (turns % (every / TURN) !== 0) return { ...request, path }
      lastWeight = (lastWeight % WEIGHTS) + 1
      const headers = { ...request.headers, 'content-type': 'application/json' }
      const body = JSON.stringify({ weight: lastWeight })
      return { ...request, method: 'PUT', path: paths[lastWeight % paths.length] ?? '/', headers, body }
    },
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
