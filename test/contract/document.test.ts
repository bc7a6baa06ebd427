import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Ajv } from 'ajv'
import { checkSync } from 'recheck'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApp, type TestApp } from '../support/app.ts'
import { drivers } from '../support/databases.ts'
import {
  checker,
  everythingIn,
  operationsOf,
  resolved,
  servedDocument,
  type Check,
  type Document,
  type Operation,
  type Schema,
} from './support/document.ts'

const ROOT = join(import.meta.dirname, '../..')

describe('the document', () => {
  let t: TestApp
  let document: Document
  let yaml: string
  let operations: Operation[]
  let checkOf: (schema: Schema) => Check

  beforeAll(async () => {
    t = await testApp()
    document = await servedDocument(t.app)
    yaml = (await t.app.inject('/docs/yaml')).body
    operations = operationsOf(document)
    checkOf = checker(document)
  })
  afterAll(() => t.close())

  describe('every operation', () => {
    test('has a name, a sentence, a description and one of the known tags', () => {
      const tags = document.tags.map(({ name }) => name)
      for (const operation of operations) {
        expect(operation, `${operation.method} ${operation.path}`).toMatchObject({
          operationId: expect.stringMatching(/^[a-z]+[A-Za-z]*$/),
          summary: expect.stringMatching(/^[A-Z].*[^.]$/),
          description: expect.stringMatching(/^[A-Z][^]*\.$/),
        })
        expect(operation.tags).toHaveLength(1)
        expect(tags).toContain(operation.tags[0])
      }
      expect(operations.length).toBeGreaterThan(30)
    })

    test('asks and answers with schemas that are JSON Schema, which nothing looks at when the server starts', () => {
      const ajv = new Ajv()
      const named = Object.entries(document.components.schemas)
      const own = operations.flatMap(({ operationId, parameters, body, responses }): (readonly [string, Schema])[] => [
        ...parameters.map(({ name, schema }) => [`${operationId} ${name}`, schema] as const),
        ...[body, ...Object.values(responses).flatMap(({ content = {} }) => Object.values(content))].flatMap(media =>
          media ? [[operationId, media.schema] as const] : [],
        ),
      ])
      const wrong = [...named, ...own].filter(([, schema]) => ajv.validateSchema(schema) !== true).map(([name]) => name)
      expect(wrong).toEqual([])
      expect(ajv.validateSchema({ type: 'text' })).toBe(false)
    })

    test('has an operationId of its own, and every tag is used', () => {
      const ids = operations.map(({ operationId }) => operationId)
      expect(ids).toEqual([...new Set(ids)])
      const used = new Set(operations.flatMap(({ tags }) => tags))
      expect([...used].sort()).toEqual(document.tags.map(({ name }) => name).sort())
    })

    test('documents every status it can answer', () => {
      for (const { operationId, method, open, parameters, body, responses } of operations) {
        const names = parameters.map(({ name }) => name)
        const expected = [
          '429',
          '500',
          '503',
          ...(open ? [] : ['401']),
          ...(parameters.length > 0 || method !== 'GET' ? ['400'] : []),
          ...(method === 'GET' ? [] : ['413', '415']),
          ...(names.includes('if-match') ? ['412', '404'] : []),
          ...(names.includes('if-none-match') ? ['304', '404'] : []),
          ...(names.includes('idempotency-key') ? ['409', '422'] : []),
        ]
        expect(Object.keys(responses), operationId).toEqual(expect.arrayContaining(expected))
        expect(
          Object.keys(responses).filter(status => status.startsWith('2') || status === '302'),
          operationId,
        ).toHaveLength(1)
        // The metrics have a token of their own, and only where the program is given one.
        const credentials = body !== undefined || names.includes('code') || operationId === 'getMetrics'
        if (open) expect(responses['401'] === undefined || credentials, operationId).toBe(true)
      }
    })

    test('that changes one thing takes If-Match, that gets one If-None-Match, that creates an Idempotency-Key', () => {
      const without = (header: string, of: (operation: Operation) => boolean) =>
        operations
          .filter(operation => of(operation) && !operation.parameters.some(({ name }) => name === header))
          .map(({ operationId }) => operationId)
      // What is made below one thing has no version yet.
      const onOne = ({ path, responses }: Operation) => path.includes('{id}') && !('201' in responses)
      // A session, an API token and a row of the journal have no version.
      expect(without('if-match', one => onOne(one) && ['PUT', 'POST', 'DELETE'].includes(one.method))).toEqual([
        'endSession',
        'deleteApiToken',
      ])
      expect(without('if-none-match', one => one.method === 'GET' && one.path.endsWith('/{id}'))).toEqual([
        'getAuditLog',
      ])
      expect(without('idempotency-key', ({ responses }) => '201' in responses)).toEqual([])
    })

    test('with a body shows one, and every answer with a body shows one', () => {
      for (const { operationId, body, responses } of operations) {
        if (body) expect(body.example, operationId).toBeDefined()
        for (const [status, { description, content }] of Object.entries(responses)) {
          expect(description, `${operationId} ${status}`).not.toBe('Default Response')
          for (const { schema, example, examples } of Object.values(content ?? {})) {
            const shown = example ?? examples ?? resolved(document, schema).examples
            expect(shown, `${operationId} ${status}`).toBeDefined()
          }
        }
      }
    })

    test('asks for nothing that has a default, and fills nothing in that nobody asked for', () => {
      for (const { operationId, parameters } of operations) {
        for (const { name, required, schema, example } of parameters) {
          if ('default' in schema) expect(required, `${operationId} ${name}`).toBe(false)
          if (!required) expect(example, `${operationId} ${name}`).toBeUndefined()
        }
      }
    })
  })

  describe('the document as a whole', () => {
    test('has no error and no warning for redocly', async () => {
      const file = join(t.folder, 'openapi.json')
      await writeFile(file, JSON.stringify(document))
      const cli = join(ROOT, 'node_modules/@redocly/cli/bin/cli.js')
      const args = [cli, 'lint', file, '--config', join(ROOT, 'redocly.yaml'), '--format', 'json']
      const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_COLOR: '1' }
      const run = promisify(execFile)(process.execPath, args, { env }).catch((error: unknown) => error)
      const { stdout } = (await run) as { stdout: string }
      const { totals, problems } = JSON.parse(stdout.slice(stdout.indexOf('{')))
      expect(problems).toEqual([])
      expect(totals).toMatchObject({ errors: 0, warnings: 0, ignored: 0 })
    })

    test('has no reference that leads nowhere, and no component that nothing refers to', () => {
      const used = new Set<string>()
      for (const [, value] of everythingIn(document)) {
        if (typeof value !== 'object' || value === null || !('$ref' in value)) continue
        expect(resolved(document, value as { $ref: string })).toBeDefined()
        used.add(String(value.$ref))
      }
      const components = Object.entries(document.components)
        .filter(([kind]) => kind !== 'securitySchemes')
        .flatMap(([kind, all]) => Object.keys(all).map(name => `#/components/${kind}/${name}`))
      expect([...used].sort()).toEqual(components.sort())
      expect(Object.keys(document.components.schemas)).not.toContainEqual(expect.stringMatching(/^def-/))
    })

    test('has no pattern that a hostile text could slow down', () => {
      const patterns = new Set<string>()
      for (const [, value] of everythingIn(document)) {
        if (isSchema(value) && typeof value.pattern === 'string') patterns.add(value.pattern)
      }
      expect(patterns.size).toBeGreaterThan(5)
      for (const pattern of patterns) {
        expect(checkSync(pattern, 'u'), pattern).toMatchObject({ status: 'safe' })
      }
    })

    test('bounds every text and every list that a request may carry', () => {
      const unbounded: string[] = []
      for (const { operationId, parameters, body } of operations) {
        const roots = [...parameters.map(({ schema }) => schema), body?.schema ?? {}]
        for (const [pointer, value] of everythingIn(roots)) {
          if (!isSchema(value)) continue
          const types = [value.type].flat()
          const boundedText = value.maxLength !== undefined || value.enum !== undefined || isFixed(value)
          if (types.includes('string') && !boundedText) unbounded.push(`${operationId} ${pointer}`)
          if (types.includes('array') && value.maxItems === undefined) unbounded.push(`${operationId} ${pointer}`)
          if (types.includes('integer') && (value.minimum === undefined || value.maximum === undefined)) {
            unbounded.push(`${operationId} ${pointer}`)
          }
          if (types.includes('object') && value.additionalProperties !== false) {
            unbounded.push(`${operationId} ${pointer}`)
          }
        }
      }
      expect(unbounded).toEqual([])
    })

    test('has no example that its own schema refuses', () => {
      let examples = 0
      const fits = (schema: Schema, example: unknown, where: string) => {
        expect(checkOf(schema)(example), where).toBeUndefined()
        examples += 1
      }
      for (const [pointer, value] of everythingIn(document)) {
        if (!isSchema(value)) continue
        if (Array.isArray(value.examples)) {
          for (const example of value.examples) fits(value, example, pointer)
        }
        if (!('schema' in value)) continue
        const { schema, example, examples: cases } = value as unknown as Media
        if (example !== undefined) fits(schema, example, pointer)
        for (const one of Object.values(cases ?? {})) fits(schema, one.value, pointer)
      }
      expect(examples).toBeGreaterThan(60)
    })

    test('shows each refusal under its own status', () => {
      for (const { responses, operationId } of operations) {
        for (const [status, { content }] of Object.entries(responses)) {
          if (!content || Number(status) < 400) continue
          for (const { value } of Object.values(content['application/json']?.examples ?? {})) {
            expect(value, `${operationId} ${status}`).toMatchObject({ statusCode: Number(status) })
          }
        }
      }
    })

    test('is the same as YAML', () => {
      for (const { operationId } of operations) expect(yaml).toContain(`operationId: ${operationId}\n`)
    })
  })
})

test('the document is the same on every driver', async () => {
  const documents = []
  for (const driver of drivers) {
    const { app, close } = await testApp({}, driver)
    documents.push(await servedDocument(app))
    await close()
  }
  expect(documents[1]).toEqual(documents[0])
})

interface Media {
  readonly schema: Schema
  readonly example?: unknown
  readonly examples?: Record<string, { value: unknown }>
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A pattern or a format that lets no more than a few dozen characters pass. */
function isFixed({ pattern = '', format }: Schema): boolean {
  return format === 'date-time' || /^\^(?:[^*+]|\\[*+])*\$$/.test(pattern)
}
