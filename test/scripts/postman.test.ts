import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collectionOf, FOLDER, type Collection, type Item } from '../../scripts/clients/postman/collection.ts'
import { WALKTHROUGH } from '../../scripts/clients/postman/walkthrough.ts'
import { testApp, type TestApp } from '../support/app.ts'
import { run, typescript, type Finished } from '../support/programs.ts'
import { operationsOf, servedDocument, type Document } from '../contract/support/document.ts'

/** What newman reports, as far as it is looked at here. */
interface Run {
  readonly executions: readonly {
    readonly item: { readonly name: string }
    readonly response?: { readonly code: number }
  }[]
  readonly failures: readonly { readonly source: { readonly name: string }; readonly error: Error }[]
  readonly stats: Readonly<Record<'requests' | 'assertions', { readonly total: number; readonly failed: number }>>
}

const NEWMAN = join(import.meta.dirname, '../../node_modules/newman/bin/newman.js')
/** newman takes seconds to start, and more where other tests run beside it. */

const PASSWORD = 'violet harbor anchors 42'
const EMAIL = 'tess@example.com'

describe('the Postman collection', () => {
  let t: TestApp
  let url: string
  let file: string
  let written: Finished
  let collection: Collection
  let document: Document

  beforeAll(async () => {
    t = await testApp()
    url = await t.app.listen({ host: '127.0.0.1', port: 0 })
    document = await servedDocument(t.app)
    file = join(t.folder, 'collections/panelist.json')
    written = await run(...typescript('../scripts/postman.ts', '--url', `${url}/docs/json`, '--out', file))
    collection = JSON.parse(readFileSync(file, 'utf8'))
    const payload = { email: EMAIL, name: 'Tess Talent', role: 'talent', password: PASSWORD }
    const admin = await t.signedIn('admin')
    expect(await t.post('/api/users', payload, admin)).toMatchObject({ status: 201 })
  })
  afterAll(() => t.close())

  const reference = () => collection.item.filter(({ name }) => name !== FOLDER)
  const keyOf = ({ request: { method, url } }: Item) => `${method} /${url.path.join('/').replaceAll(/:(\w+)/g, '{$1}')}`

  test('is written where it was asked for', () => {
    expect(written).toMatchObject({ end: 0, stderr: '' })
    expect(written.stdout).toMatch(
      /collections\/panelist\.json: \d+ requests; the folder 'Book a panel' can be run\.\n$/,
    )
  })

  test('has every operation of the document once, in the folder of its tag', () => {
    const expected = operationsOf(document).map(({ method, path, tags }) => `${tags.join()}: ${method} ${path}`)
    const there = reference().flatMap(({ name, item }) => item.map(one => `${name}: ${keyOf(one)}`))
    expect(there.sort()).toEqual(expected.sort())
  })

  test('sends the token with all that ask for one, and no header or filter that nobody switched on', () => {
    expect(collection.auth).toMatchObject({ type: 'bearer', bearer: [{ value: '{{token}}' }] })
    const items = reference().flatMap(({ item }) => item)
    const strangers = items.filter(({ request }) => request.auth?.type === 'noauth').map(keyOf)
    const open = operationsOf(document).filter(operation => operation.open)
    expect(strangers.sort()).toEqual(open.map(({ method, path }) => `${method} ${path}`).sort())
    const names = items.flatMap(({ request }) =>
      request.header.filter(one => one.disabled !== true).map(one => one.key),
    )
    expect([...new Set(names)].sort()).toEqual(['Accept', 'Content-Type'])
  })

  test('runs from signing in to the journal, and again, on a server that was not made for it', async () => {
    const [end, { executions, failures, stats }] = await walked('--iteration-count', '2')
    expect(failures.map(({ source, error }) => `${source.name}: ${error.message}`)).toEqual([])
    const once = WALKTHROUGH.map(({ name, status }) => [name, status])
    expect(executions.map(({ item, response }) => [item.name, response?.code])).toEqual([...once, ...once])
    const checks = WALKTHROUGH.length + WALKTHROUGH.filter(({ answer }) => answer !== undefined).length
    expect(stats).toMatchObject({ requests: { total: 44, failed: 0 }, assertions: { total: 2 * checks, failed: 0 } })
    expect(end).toBe(0)
  })

  test('fails where the server answers something else', async () => {
    const [end, { failures }] = await walked('--bail', '--env-var', 'password=another password')
    expect(failures.map(({ source, error }) => `${source.name}: ${error.message}`)).toContainEqual(
      expect.stringContaining('Sign in: expected response to have status code 200 but got 401'),
    )
    expect(end).toBe(1)
  })

  test('is refused a document that lacks an operation of the walkthrough', async () => {
    const { '/api/availability/search': _, ...paths } = document.paths
    const less: object = { ...document, paths }
    await expect(collectionOf(less as Parameters<typeof collectionOf>[0])).rejects.toThrow(
      'The document has no operation searchPanels',
    )
  })

  /** Runs the folder with newman, as people do: its exit code, and what it reports. */
  async function walked(...more: readonly string[]): Promise<[Finished['end'], Run]> {
    const report = join(t.folder, 'report.json')
    const variables = { baseUrl: url, email: EMAIL, password: PASSWORD }
    const { end, stderr } = await run(process.execPath, [
      ...[NEWMAN, 'run', file, '--folder', FOLDER, '--reporters', 'json', '--reporter-json-export', report],
      ...Object.entries(variables).flatMap(([key, value]) => ['--env-var', `${key}=${value}`]),
      ...more,
    ])
    expect(existsSync(report), stderr).toBe(true)
    return [end, JSON.parse(readFileSync(report, 'utf8')).run]
  }
})
