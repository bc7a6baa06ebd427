import type { onResponseHookHandler } from 'fastify'
import { Histogram, type Registry } from 'prom-client'

/** Buckets from an answer out of the cache to the time limit of a request. */
const BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/**
 * How long answers take, by route: its pattern, as addresses are without number and may carry secrets. The hook finds
 * the series of a request with one look into a map; what its labels are is worked out once.
 */
export function requestDurations(registry: Registry): onResponseHookHandler {
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'How long requests took, from their headers to the end of their answers, by route and status',
    labelNames: ['method', 'route', 'status_code'],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  })
  const known = new Map<string, Histogram.Internal<string>>()
  return (request, reply, done) => {
    const { url = '(none)', config } = request.routeOptions
    if (config.vital !== true) {
      const { method } = request
      const { statusCode } = reply
      const key = `${method}${statusCode}${url}`
      let series = known.get(key)
      if (!series) known.set(key, (series = durations.labels(method, url, String(statusCode))))
      series.observe(reply.elapsedTime / 1000)
    }
    done()
  }
}
