import { writeFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { selfTimes, tableOf } from '../../benchmark/cpu-profile.ts'
import { temporaryFolder } from '../support/databases.ts'
import { run, typescript } from '../support/programs.ts'

const folder = temporaryFolder()
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const frame = (functionName: string, url = '', lineNumber = -1) => ({ functionName, url, lineNumber })
const OF_V8 = { scriptId: '0', columnNumber: 0 }

function written(profile: object): string {
  const file = join(folder, `${Math.random()}.cpuprofile`)
  writeFileSync(file, JSON.stringify(profile))
  return file
}

/** As V8 writes it: node 4 is the same function as node 3, called from elsewhere. */
const PROFILE = {
  nodes: [
    { id: 1, callFrame: { ...frame('(root)'), ...OF_V8 }, hitCount: 0, children: [2, 3, 5] },
    { id: 2, callFrame: { ...frame('(idle)'), ...OF_V8 }, hitCount: 2 },
    { id: 3, callFrame: { ...frame('lookUp', 'file:///srv/dist/plugins/cache/route.js', 41), ...OF_V8 }, hitCount: 2 },
    { id: 4, callFrame: { ...frame('lookUp', 'file:///srv/dist/plugins/cache/route.js', 41), ...OF_V8 }, hitCount: 1 },
    { id: 5, callFrame: { ...frame('', 'file:///srv/node_modules/fastify/lib/reply.js', 9), ...OF_V8 }, hitCount: 1 },
  ],
  startTime: 1_000,
  endTime: 22_000,
  samples: [2, 3, 4, 5, 2, 3],
  timeDeltas: [1_000, 4_000, 2_000, 3_000, 1_000, 10_000],
}

describe('the reading of a profile', () => {
  it('adds up what each function ran itself, wherever it was called, against the time that was not idle', () => {
    // Of the samples after the first: lookUp 2,000 + 3,000 µs, the nameless one 1,000, idle 10,000; the last has no end.
    expect(selfTimes(written(PROFILE))).toEqual([
      { name: 'lookUp  dist/plugins/cache/route.js:42', milliseconds: 5, share: 5 / 6 },
      { name: '(anonymous)  node_modules/fastify/lib/reply.js:10', milliseconds: 1, share: 1 / 6 },
    ])
  })

  it('leaves out what was before the load', () => {
    expect(selfTimes(written(PROFILE), 6)).toEqual([
      { name: 'lookUp  dist/plugins/cache/route.js:42', milliseconds: 3, share: 0.75 },
      { name: '(anonymous)  node_modules/fastify/lib/reply.js:10', milliseconds: 1, share: 0.25 },
    ])
    expect(selfTimes(written(PROFILE), 1_000)).toEqual([])
  })

  it('refuses a file that is none', () => {
    expect(() => selfTimes(written({ nodes: [] }))).toThrow()
  })

  it('is told as a table of the first', () => {
    expect(tableOf(selfTimes(written(PROFILE)), 1)).toBe(
      '     itself   of all  function\n       5 ms   83.3 %  lookUp  dist/plugins/cache/route.js:42',
    )
  })
})

describe('profile', () => {
  const profile = (...args: string[]) => run(...typescript('../benchmark/profile.ts', ...args))

  it('says what it does and what can be asked for', async () => {
    const { end, stdout, stderr } = await profile('--help')
    expect({ end, stderr }).toEqual({ end: 0, stderr: '' })
    for (const name of ['cached', 'get', 'list', 'create', 'search']) expect(stdout).toContain(`"${name}"`)
    for (const option of ['--seconds', '--connections']) expect(stdout).toContain(option)
  })

  it('refuses what it does not know before it starts anything', async () => {
    const { end, stdout, stderr } = await profile('--scenario', 'everything')
    expect({ end, stdout }).toEqual({ end: 1, stdout: '' })
    expect(stderr).toMatch(/--scenario.+cached, get, list, create, search/)
  })
})
