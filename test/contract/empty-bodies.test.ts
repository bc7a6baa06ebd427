import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testApp, type TestApp } from '../support/app.ts'
import { addressOf, operationsOf, servedDocument, type Operation } from './support/document.ts'

const UNKNOWN = '01980000-0000-7000-8000-000000000000'

/** Many clients name JSON as the type of every request, also of one without a body (RFC 9110 §8.3 forbids it nowhere). */
describe('a request that names JSON and has no body', () => {
  let t: TestApp
  let writes: Operation[]

  beforeAll(async () => {
    t = await testApp()
    await t.app.ready()
    const document = await servedDocument(t.app)
    const otherTypes = Object.values(document.paths)
      .flatMap(methods => Object.values(methods))
      .filter(({ requestBody }) => requestBody && !requestBody.content['application/json'])
      .map(({ operationId }) => operationId)
    writes = operationsOf(document).filter(
      ({ method, operationId }) => method !== 'GET' && !otherTypes.includes(operationId),
    )
  })
  afterAll(() => t.close())

  /** Each as an admin of its own, as some of them end the session. */
  async function send({ method, path, parameters }: Operation, headers: Record<string, string>) {
    const params = Object.fromEntries(parameters.map(({ name }) => [name, UNKNOWN]))
    const admin = await t.signedIn('admin')
    const { status, body } = await t.call({ method, url: addressOf(path, params), headers, as: admin })
    return { status, code: body?.code, message: body?.message }
  }

  it('F22 is answered as without the type, wherever none is needed', async () => {
    const bodiless = writes.filter(({ body }) => body === undefined)
    expect(bodiless.map(({ operationId }) => operationId)).toEqual(
      expect.arrayContaining(['logout', 'createBackup', 'recalculateUserCount', 'clearCache', 'deleteInterviewer']),
    )
    for (const operation of bodiless) {
      const [plain, typed] = [await send(operation, {}), await send(operation, { 'content-type': 'application/json' })]
      expect(typed, operation.operationId).toEqual(plain)
    }
  })

  it('F22 is refused with the field that is missing, wherever one is', async () => {
    for (const operation of writes.filter(({ body }) => body !== undefined)) {
      const answer = await send(operation, { 'content-type': 'application/json' })
      expect(answer, operation.operationId).toMatchObject({ status: 400, code: 'VALIDATION' })
    }
  })
})
