import { readFileSync } from 'node:fs'
import { Type } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'

/** What V8 writes: the format of the DevTools protocol, Profiler.Profile. */
const CpuProfile = Type.Object({
  nodes: Type.Array(
    Type.Object({
      id: Type.Integer(),
      callFrame: Type.Object({ functionName: Type.String(), url: Type.String(), lineNumber: Type.Integer() }),
    }),
  ),
  /** The node that ran at each sample. */
  samples: Type.Array(Type.Integer()),
  /** The time since the sample before, in µs. */
  timeDeltas: Type.Array(Type.Number()),
})

/** A function, and how long it ran itself, without what it called. */
export interface SelfTime {
  /** Its name and its place; in parentheses, what is no function. */
  readonly name: string
  readonly milliseconds: number
  /** Of the time in which the process was not idle, from 0 to 1. */
  readonly share: number
}

const IDLE = '(idle)'
const NAMELESS = '(anonymous)'

/**
 * The functions of a `.cpuprofile`, the one that ran longest first, without what was in its first `skippedMs`. Throws
 * when the file is none.
 */
export function selfTimes(file: string, skippedMs = 0): SelfTime[] {
  const { nodes, samples, timeDeltas } = Value.Parse(CpuProfile, JSON.parse(readFileSync(file, 'utf8')))
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const spent = new Map<string, number>()
  let elapsed = 0
  for (const [index, id] of samples.entries()) {
    elapsed += timeDeltas[index] ?? 0
    if (elapsed < skippedMs * 1000) continue
    const name = names.get(id) ?? NAMELESS
    if (name === IDLE) continue
    // A sample stands for the time until the next one.
    spent.set(name, (spent.get(name) ?? 0) + Math.max(0, timeDeltas[index + 1] ?? 0))
  }
  const busy = [...spent.values()].reduce((sum, time) => sum + time, 0)
  return [...spent]
    .map(([name, time]) => ({ name, milliseconds: time / 1000, share: busy === 0 ? 0 : time / busy }))
    .sort((a, b) => b.milliseconds - a.milliseconds)
}

function nameOf({ functionName, url, lineNumber }: { functionName: string; url: string; lineNumber: number }): string {
  const name = functionName === '' ? NAMELESS : functionName
  if (url === '') return name
  return `${name}  ${url.replace(/^.*\/(?=node_modules\/|dist\/)/, '')}:${lineNumber + 1}`
}

/** The first of them as lines for a terminal. */
export function tableOf(times: readonly SelfTime[], count: number): string {
  const lines = times.slice(0, count).map(({ name, milliseconds, share }) => {
    const [ms, percent] = [milliseconds.toFixed(0), (share * 100).toFixed(1)]
    return `${ms.padStart(8)} ms ${percent.padStart(6)} %  ${name}`
  })
  return [`${'itself'.padStart(11)} ${'of all'.padStart(8)}  function`, ...lines].join('\n')
}
