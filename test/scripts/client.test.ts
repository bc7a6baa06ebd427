import { copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { documentFrom } from '../../scripts/clients/document.ts'
import { PanelistError } from '../../scripts/clients/typescript/client.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApp, type TestApp } from '../support/app.ts'
import { drivers, temporaryFolder } from '../support/databases.ts'
import { run, start, typescript, type Finished } from '../support/programs.ts'

const ROOT = join(import.meta.dirname, '../..')

const STRICTEST = {
  target: 'ES2023',
  lib: ['ES2023'],
  module: 'NodeNext',
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noUnusedLocals: true,
  skipLibCheck: true,
}

describe('the client that `npm run client` writes', () => {
  const home = temporaryFolder()
  const folder = join(home, 'panelist/client') // neither is there yet
  let written: Finished
  let compiled: Finished

  beforeAll(async () => {
    written = await run(...typescript('../scripts/client.ts', '--out', folder))
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: STRICTEST }))
    await copyFile(join(import.meta.dirname, 'support/booking-client.txt'), join(folder, 'booking-client.ts'))
    await writeFile(join(folder, 'readme.ts'), await shownIn(join(folder, 'README.md')))
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    compiled = await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder])
  })
  afterAll(() => rm(home, { recursive: true, force: true }))

  test('is written without a server, and says where', () => {
    const said = `The client is in ${folder}: index.ts, and README.md says how to use it.\n`
    expect(written).toEqual({ end: 0, stdout: said, stderr: '' })
  })

  test('compiles in the strictest mode, as its README shows it, and refuses what the document does not allow', () => {
    expect(compiled).toEqual({ end: 0, stdout: '', stderr: '' })
  })

  test.each(drivers)('books over a real socket on $name', async driver => {
    const t = await testApp({}, driver)
    try {
      await t.app.listen({ host: '127.0.0.1', port: 0 })
      const { end, stdout, stderr } = await booked(t, join(folder, 'booking-client.js'))
      expect([end, stderr]).toEqual([0, ''])
      const told = JSON.parse(stdout)
      const conflict = { subject: 'interviewer', eventId: told.id, startsAt: '2026-03-02T09:00:00.000Z' }
      expect(told).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        booked: [1, '2026-03-02T09:00:00.000Z', ['Ada Lovelace', 'Grace Hopper']],
        repeated: ['true', true],
        refused: [
          409,
          'EVENT_OVERLAP',
          [
            expect.objectContaining({ ...conflict, name: 'Ada Lovelace' }),
            expect.objectContaining({ ...conflict, name: 'Grace Hopper' }),
          ],
        ],
        told: [expect.stringContaining('Ada Lovelace is already booked'), expect.stringMatching(/^[\w.-]+$/)],
        moved: [2, '2026-03-03T09:00:00.000Z'],
        stale: [412, 'VERSION_MISMATCH'],
        list: [told.id],
        history: [
          ['reschedule', 'Another day suits better'],
          ['create', null],
        ],
        file: 'BEGIN:VCALENDAR',
        gone: true,
        count: 1,
        stranger: [401, 'UNAUTHORIZED', null],
      })
    } finally {
      await t.close()
    }
  })

  /** The program that a README shows, beside the client. */
  async function shownIn(readme: string): Promise<string> {
    const [, program = ''] = /```ts\n([^]+?)```/.exec(await readFile(readme, 'utf8')) ?? []
    expect(program).toContain(`'./client/index.js'`)
    return program.replace('./client/index.js', './index.js')
  }

  async function booked(t: TestApp, script: string): Promise<Finished> {
    const { token } = await t.signedIn('talent', 'Tess Talent')
    const { port } = t.app.server.address() as AddressInfo
    const program = start(process.execPath, [script], { BASE_URL: `http://127.0.0.1:${port}`, TOKEN: token })
    program.process.stdin.end()
    return program.finished
  }
})

describe('the document that clients are made of', () => {
  test('is that of a running server where its address is given, and a wrong address is named', async () => {
    const t = await testApp()
    try {
      const url = await t.app.listen({ host: '127.0.0.1', port: 0 })
      expect(await documentFrom(`${url}/docs/json`)).toEqual((await t.app.inject('/docs/json')).json())
      await expect(documentFrom(`${url}/nowhere`)).rejects.toThrow(/nowhere answers 404; .+ at its \/docs\/json/)
      await expect(documentFrom(`${url}/health`)).rejects.toThrow(/health answers is no OpenAPI document/)
      await expect(documentFrom(`${url}/docs`)).rejects.toThrow(/docs answers is no OpenAPI document/)
      await expect(documentFrom('http://127.0.0.1:9/docs/json')).rejects.toThrow('Nobody answers at http://127.0.0.1:9')
    } finally {
      await t.close()
    }
  })
})

describe('a PanelistError', () => {
  test('says what there is to say also where a proxy answers, which knows nothing of our shape', () => {
    const headers = { 'retry-after': '7', 'x-request-id': 'from-the-proxy' }
    const error = new PanelistError(
      new Response('', { status: 502, statusText: 'Bad Gateway', headers }),
      '<h1>502</h1>',
    )
    expect(error).toMatchObject({ status: 502, code: 'HTTP_502', message: '502 Bad Gateway', details: [] })
    expect([error.requestId, error.retryAfter]).toEqual(['from-the-proxy', 7])
    const dated = new Response('', { status: 503, headers: { 'retry-after': 'Fri, 01 Mar 2030 10:00:00 GMT' } })
    expect(new PanelistError(dated, undefined).retryAfter).toBeUndefined()
  })
})
