// The document as a Postman collection: every operation in the folder of its tag and, before them, a folder that runs.
import { convertV2 } from 'openapi-to-postmanv2'
import type { OpenAPI3 } from 'openapi-typescript'
import { WALKTHROUGH, type Step } from './walkthrough.ts'

/** The folder that runs from its first request to its last: `newman run --folder`. */
export const FOLDER = 'Book a panel'

/** What is read and written here of the format: https://schema.postman.com/json/collection/v2.1.0/docs/ */
export interface Collection {
  readonly info: object
  readonly item: readonly Folder[]
  readonly variable: readonly Variable[]
  readonly auth?: Auth
}
export interface Folder {
  readonly name: string
  readonly item: readonly Item[]
  readonly description?: string
}
export interface Item {
  readonly name: string
  readonly request: ItemRequest
  readonly response: readonly object[]
  readonly event?: readonly object[]
}
export interface ItemRequest {
  readonly method: string
  readonly url: {
    readonly path: readonly string[]
    readonly query: readonly Setting[]
    readonly variable: readonly Setting[]
  }
  readonly header: readonly Setting[]
  readonly body?: { readonly mode: string; readonly raw?: string }
  readonly auth?: Auth | null
}
interface Variable {
  readonly key: string
  readonly value: string
}
interface Setting extends Variable {
  readonly disabled?: boolean
}
interface Auth {
  readonly type: 'bearer' | 'noauth'
  readonly bearer?: readonly object[]
}

const BEARER: Auth = { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] }
const NOBODY: Auth = { type: 'noauth' }

const VARIABLES: readonly Variable[] = [
  { key: 'baseUrl', value: 'http://127.0.0.1:3000' },
  { key: 'email', value: 'talent@demo.example' },
  { key: 'password', value: '' },
  { key: 'token', value: '' },
]

/** Headers that a request may carry, switched off: what to send when they are switched on. */
const OPTIONAL_HEADERS: Readonly<Record<string, string>> = {
  'idempotency-key': '{{$guid}}',
  'if-match': '"1"',
  'if-none-match': '"1"',
}

/** Makes a collection of the document, in the format 2.1. Throws when a step of the walkthrough is no operation of it. */
export async function collectionOf(document: OpenAPI3): Promise<Collection> {
  const operations = operationsOf(document)
  const keys = new Map(operations.map(({ operationId, key }) => [operationId, key]))
  const missing = WALKTHROUGH.find(({ operationId }) => !keys.has(operationId))
  if (missing) throw new Error(`The document has no operation ${missing.operationId}`)
  const converted = await convert(document)
  const open = new Set(operations.flatMap(({ key, open }) => (open ? [key] : [])))
  const folders = converted.item.map(folder => ({ ...folder, item: folder.item.map(item => finished(item, open)) }))
  return {
    info: converted.info,
    auth: BEARER,
    variable: [...VARIABLES, ...keptVariables()],
    item: [walkthrough(keys, folders), ...folders],
  }
}

async function convert(document: OpenAPI3): Promise<Collection> {
  const data = await new Promise<unknown>((resolve, reject) => {
    const options = {
      folderStrategy: 'Tags',
      parametersResolution: 'Example',
      enableOptionalParameters: false,
    } as const
    convertV2({ type: 'json', data: document }, options, (error, made) => {
      if (made?.result === true) resolve(made.output?.[0]?.data)
      else
        reject(
          new Error(`The document cannot be made a collection: ${error?.message ?? made?.reason ?? 'no reason given'}`),
        )
    })
  })
  if (isCollection(data)) return data
  throw new Error('The document was made something that is no collection')
}

function isCollection(value: unknown): value is Collection {
  return typeof value === 'object' && value !== null && 'info' in value && 'item' in value
}

interface Operation {
  readonly operationId: string
  /** What an item of the collection is known by, too. */
  readonly key: string
  /** Answers strangers. */
  readonly open: boolean
}

function operationsOf({ paths = {} }: OpenAPI3): Operation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, security }]: [string, Described]) => ({
      operationId,
      key: `${method.toUpperCase()} ${path.slice(1).replaceAll(/\{(\w+)\}/g, ':$1')}`,
      open: security.length === 0,
    })),
  )
}
interface Described {
  readonly operationId: string
  readonly security: readonly object[]
}

const keyOf = ({ request: { method, url } }: Item) => `${method} ${url.path.join('/')}`

function finished(item: Item, open: ReadonlySet<string>): Item {
  const { auth: _, ...request } = item.request
  const header = request.header.map(one => ({ ...one, value: OPTIONAL_HEADERS[one.key] ?? one.value }))
  return { ...item, request: { ...request, header, ...(open.has(keyOf(item)) && { auth: NOBODY }) } }
}

/** Variables that the steps give to those after them: empty until then. */
function keptVariables(): Variable[] {
  const keys = new Set(['run', 'from', 'to', ...WALKTHROUGH.flatMap(({ keep = {} }) => Object.keys(keep))])
  return [...keys].filter(key => key !== 'token').map(key => ({ key, value: '' }))
}

/** The steps, each made of the item of its operation, which is known by its key. */
function walkthrough(keys: ReadonlyMap<string, string>, folders: readonly Folder[]): Folder {
  const items = new Map(folders.flatMap(({ item }) => item).map(item => [keyOf(item), item]))
  const item = WALKTHROUGH.map(step => {
    const found = items.get(keys.get(step.operationId) ?? '')
    if (found === undefined) throw new Error(`The collection has no request for ${step.operationId}`)
    return taken(step, found)
  })
  return { name: FOLDER, description: 'From signing in to the journal, to be run in this order.', item }
}

/** An item as a step wants it. */
function taken(step: Step, { request }: Item): Item {
  const { path = {}, query = {}, headers = {}, body, name } = step
  const asked = Object.entries(query).map(([key, value]) => ({ key, value }))
  const variable = request.url.variable.map(one => ({ ...one, value: path[one.key] ?? one.value }))
  const others = request.header.filter(({ key, disabled }) => disabled !== true && !(key.toLowerCase() in headers))
  const header = [...others, ...Object.entries(headers).map(([key, value]) => ({ key, value }))]
  return {
    name,
    request: {
      ...request,
      url: { ...request.url, query: asked, variable },
      header,
      ...(request.body && body !== undefined && { body: { ...request.body, raw: JSON.stringify(body, undefined, 2) } }),
    },
    response: [],
    event: [...(step.before ? [script('prerequest', step.before)] : []), script('test', checksOf(step))],
  }
}

function script(listen: 'prerequest' | 'test', exec: readonly string[]): object {
  return { listen, script: { type: 'text/javascript', exec } }
}

/** What Postman runs on the answer; its sandbox brings lodash and chai. */
function checksOf({ status, answer, keep = {} }: Step): string[] {
  const said = JSON.stringify(answer)
  return [
    `pm.test('the status is ${status}', () => pm.response.to.have.status(${status}))`,
    ...(answer === undefined
      ? []
      : [
          `const said = JSON.parse(pm.variables.replaceIn(${JSON.stringify(said)}))`,
          `pm.test('the answer is what was expected', () => pm.expect(pm.response.json()).to.nested.include(said))`,
        ]),
    ...Object.entries(keep).map(
      ([key, path]) => `pm.collectionVariables.set('${key}', require('lodash').get(pm.response.json(), '${path}'))`,
    ),
  ]
}
