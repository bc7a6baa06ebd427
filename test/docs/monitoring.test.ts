// What is shipped for Prometheus and Grafana asks for figures that the program really tells.
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testApp, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'

const ALERTS = readFileSync(new URL('../../deploy/alerts.yml', import.meta.url), 'utf8')
const DASHBOARD = readFileSync(new URL('../../deploy/grafana-dashboard.json', import.meta.url), 'utf8')
const GUIDE = readFileSync(new URL('../../docs/guide/operations.md', import.meta.url), 'utf8')

interface Dashboard {
  readonly templating: { readonly list: readonly { name: string; type: string }[] }
  readonly panels: readonly Panel[]
}
interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly datasource?: { uid: string }
  readonly targets?: readonly { expr: string; datasource: { uid: string } }[]
  readonly gridPos: { x: number; w: number }
}
const dashboard = JSON.parse(DASHBOARD) as Dashboard
const panels = dashboard.panels.filter(({ type }) => type !== 'row')

let texts: string[] = []
let opened: TestApp[] = []
beforeAll(async () => {
  opened = await Promise.all(drivers.map(driver => testApp({}, driver)))
  texts = await Promise.all(
    opened.map(async t => {
      await t.get('/health') // so that there is a request to tell of
      return String((await t.get('/metrics')).body)
    }),
  )
})
afterAll(() => Promise.all(opened.map(t => t.close())))

/** Every name a query may ask for. */
function told(): Set<string> {
  const names = new Set<string>()
  for (const [, name = '', type] of texts.join('\n').matchAll(/^# TYPE (\S+) (\w+)$/gm)) {
    const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
    for (const suffix of suffixes) names.add(name + suffix)
  }
  return names
}

/** The names of our figures in queries, whatever they are written in. */
const asked = (text: string) => [...new Set(text.match(/\b(?:panelist|http|nodejs|process)_[a-z0-9_]+/g))].sort()

/** A label that a query tells apart by, or selects by, and that no figure has, would silently match nothing. */
const labelsIn = (text: string) => {
  const grouped = [...text.matchAll(/\b(?:by|without) \(([\w, ]+)\)/g)].flatMap(([, names = '']) => names.split(/, ?/))
  const selected = [...text.matchAll(/\b([a-z_]+)(?:=~|!~|!=|=)\\?"/g)].map(([, name = '']) => name)
  return [...new Set([...grouped, ...selected])]
}

describe.each([
  ['deploy/alerts.yml', ALERTS],
  [
    'deploy/grafana-dashboard.json',
    dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)).join('\n'),
  ],
])('%s', (_file, text) => {
  it('asks for figures that there are', () => {
    expect(asked(text).length).toBeGreaterThan(5)
    expect(asked(text).filter(name => !told().has(name))).toEqual([])
  })

  it('tells them apart by labels that they have', () => {
    const known = new Set([...texts.join('\n').matchAll(/[{,]([a-z_]+)="/g)].map(([, name]) => name))
    const ofPrometheus = ['instance', 'job', 'fstype', 'le']
    expect(labelsIn(text).filter(name => !known.has(name) && !ofPrometheus.includes(name))).toEqual([])
  })
})

describe('deploy/alerts.yml', () => {
  const rules = ALERTS.split(/^ +- alert: /m).slice(1)

  it('says of every alert what it means and what is to be done', () => {
    expect(rules.length).toBeGreaterThan(10)
    for (const rule of rules) {
      expect(rule).toMatch(/^Panelist\w+\n/)
      expect(rule).toMatch(/^ +labels: \{ severity: (page|ticket) \}$/m)
      for (const field of ['expr', 'annotations', 'summary', 'description']) expect(rule).toContain(`${field}:`)
    }
    expect(new Set(rules.map(rule => rule.split('\n')[0])).size).toBe(rules.length)
  })

  it('expects the job that the operations guide names', () => {
    const jobs = new Set([...ALERTS.matchAll(/job="(\w+)"/g)].map(([, job = '']) => job))
    expect([...jobs]).toEqual(['panelist'])
    expect(GUIDE).toContain('job_name: panelist')
  })
})

describe('deploy/grafana-dashboard.json', () => {
  it('takes its figures from whichever data source is chosen', () => {
    expect(dashboard.templating.list.map(({ name, type }) => [name, type])).toContainEqual(['datasource', 'datasource'])
    for (const { title, datasource, targets = [] } of panels) {
      expect(datasource?.uid, title).toBe('${datasource}')
      expect(targets.length, title).toBeGreaterThan(0)
      for (const target of targets) expect(target.datasource.uid, title).toBe('${datasource}')
    }
  })

  it('has panels of their own ids within the width of the page', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
    for (const { gridPos, title } of dashboard.panels) expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
  })

  it('shows every figure of our own', () => {
    const shown = asked(DASHBOARD)
    const own = [...told()].filter(name => name.startsWith('panelist_'))
    expect(own.filter(name => !shown.includes(name))).toEqual(['panelist_cache_entries'])
  })
})
