import { readdirSync } from 'node:fs'
import { constants, monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import { Histogram } from 'prom-client'
import { programVersion } from '../health.ts'
import type { Figures } from './figures.ts'

const GC_BUCKETS_SECONDS = [0.001, 0.01, 0.1, 1, 2, 5]
const GC_KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
}
const RESOLUTION_MS = 20

/**
 * The figures of the process, by the names prom-client gives them, so that dashboards made for Node show them. Its own
 * collector cannot be stopped, and what it watches with would outlive the instance; the function returned ends these.
 */
export function processFigures(figures: Figures): () => void {
  memoryAndTime(figures)
  const ends = [eventLoopDelay(figures), garbageCollections(figures)]
  return () => ends.forEach(end => end())
}

function memoryAndTime(figures: Figures): void {
  const gauge = (help: string) => ({ type: 'gauge', help }) as const
  const seconds = (help: string) => ({ type: 'counter', help }) as const
  const versionOf = (help: string) => ({ type: 'gauge', help, label: 'version', across: 'max' }) as const
  const version = programVersion()
  figures.add(
    {
      panelist_build_info: versionOf('Always 1; the label says which release runs'),
      nodejs_version_info: versionOf('Always 1; the label says which Node.js runs it'),
      process_cpu_user_seconds_total: seconds('Processor time spent in the program itself'),
      process_cpu_system_seconds_total: seconds('Processor time the system spent for it'),
      process_cpu_seconds_total: seconds('Processor time of both kinds'),
      process_start_time_seconds: { ...gauge('When the process started, in seconds since 1970'), across: 'min' },
      process_resident_memory_bytes: gauge('Memory the process takes'),
      process_open_fds: gauge('Files and sockets that are open, where the system tells'),
      nodejs_heap_size_total_bytes: gauge('The heap of V8, with what is free in it'),
      nodejs_heap_size_used_bytes: gauge('What is used of the heap of V8'),
      nodejs_external_memory_bytes: gauge('Memory outside the heap that objects in it hold'),
    },
    () => {
      const { user, system } = process.cpuUsage()
      const { rss, heapTotal, heapUsed, external } = process.memoryUsage()
      return {
        panelist_build_info: { [version]: 1 },
        nodejs_version_info: { [process.version]: 1 },
        process_cpu_user_seconds_total: user / 1e6,
        process_cpu_system_seconds_total: system / 1e6,
        process_cpu_seconds_total: (user + system) / 1e6,
        process_start_time_seconds: performance.timeOrigin / 1000,
        process_resident_memory_bytes: rss,
        process_open_fds: openFiles(),
        nodejs_heap_size_total_bytes: heapTotal,
        nodejs_heap_size_used_bytes: heapUsed,
        nodejs_external_memory_bytes: external,
      }
    },
  )
}

function openFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length - 1 // without the one that reads this
  } catch {
    return undefined
  }
}

/** Since the last scrape: by how much a timer came late. */
function eventLoopDelay(figures: Figures): () => void {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000) || 0 // NaN without any
  const gauge = (what: string, across: 'average' | 'max' = 'max') =>
    ({ type: 'gauge', help: `Delay of the event loop since the last scrape: ${what}`, across }) as const
  figures.add(
    {
      nodejs_eventloop_lag_mean_seconds: gauge('the mean', 'average'),
      nodejs_eventloop_lag_max_seconds: gauge('the longest'),
      nodejs_eventloop_lag_p50_seconds: gauge('the median'),
      nodejs_eventloop_lag_p90_seconds: gauge('nine of ten were no longer'),
      nodejs_eventloop_lag_p99_seconds: gauge('99 of 100 were no longer'),
    },
    () => {
      const readings = {
        nodejs_eventloop_lag_mean_seconds: late(delays.mean),
        nodejs_eventloop_lag_max_seconds: late(delays.max),
        nodejs_eventloop_lag_p50_seconds: late(delays.percentile(50)),
        nodejs_eventloop_lag_p90_seconds: late(delays.percentile(90)),
        nodejs_eventloop_lag_p99_seconds: late(delays.percentile(99)),
      }
      delays.reset()
      return readings
    },
  )
  return () => delays.disable()
}

function garbageCollections({ registry }: Figures): () => void {
  const durations = new Histogram({
    name: 'nodejs_gc_duration_seconds',
    help: 'How long collections of garbage held the program up, by kind',
    labelNames: ['kind'],
    buckets: GC_BUCKETS_SECONDS,
    registers: [registry],
  })
  const observer = new PerformanceObserver(list => {
    for (const entry of list.getEntries()) durations.observe({ kind: kindOf(entry) }, entry.duration / 1000)
  })
  observer.observe({ entryTypes: ['gc'] })
  return () => observer.disconnect()
}

/** The types of Node.js do not know what it tells of each. */
function kindOf(entry: object): string {
  const detail: unknown = 'detail' in entry ? entry.detail : undefined
  const kind = typeof detail === 'object' && detail !== null && 'kind' in detail ? Number(detail.kind) : NaN
  return GC_KINDS[kind] ?? 'other'
}
