import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import openapiTypes, { astToString } from 'openapi-typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApp, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import { start, type Finished } from '../support/programs.ts'
import { servedDocument } from './support/document.ts'

const ROOT = join(import.meta.dirname, '../..')

describe.each(drivers)('a client made of the document alone on $name', driver => {
  let t: TestApp
  let folder: string

  beforeAll(async () => {
    t = await testApp({}, driver)
    folder = join(t.folder, 'client')
    const types = await openapiTypes(JSON.stringify(await servedDocument(t.app)))
    await mkdir(folder)
    await writeFile(join(folder, 'api.d.ts'), astToString(types))
    await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: STRICTEST }))
    await copyFile(join(import.meta.dirname, 'support/booking-client.txt'), join(folder, 'booking-client.ts'))
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  })
  afterAll(() => t.close())

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

  const node = (script: string, args: readonly string[], env: Record<string, string> = {}): Promise<Finished> => {
    const program = start(process.execPath, [script, ...args], env)
    program.process.stdin.end()
    return program.finished
  }

  test('compiles, in the strictest mode, and books over a real socket', { timeout: 120_000 }, async () => {
    const compiled = await node(join(ROOT, 'node_modules/typescript/bin/tsc'), ['-p', folder])
    expect(compiled).toMatchObject({ end: 0, stdout: '' })

    await t.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = t.app.server.address() as AddressInfo
    const { token } = await t.signedIn('talent', 'Tess Talent')
    const env = { BASE_URL: `http://127.0.0.1:${port}`, TOKEN: token }
    const { end, stdout, stderr } = await node(join(folder, 'booking-client.js'), [], env)
    expect([end, stderr]).toEqual([0, ''])

    const told = JSON.parse(stdout)
    const conflict = { subject: 'interviewer', eventId: told.id, startsAt: '2026-03-02T09:00:00.000Z' }
    expect(told).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      booked: [201, '2026-03-02T09:00:00.000Z', ['Ada Lovelace', 'Grace Hopper']],
      repeated: ['true', true],
      refused: [
        409,
        'EVENT_OVERLAP',
        [
          expect.objectContaining({ ...conflict, name: 'Ada Lovelace' }),
          expect.objectContaining({ ...conflict, name: 'Grace Hopper' }),
        ],
      ],
      moved: [2, '2026-03-03T09:00:00.000Z'],
      stale: [412, 'VERSION_MISMATCH'],
      list: [told.id],
      history: [
        ['reschedule', 'Another day suits better'],
        ['create', null],
      ],
    })
  })
})
