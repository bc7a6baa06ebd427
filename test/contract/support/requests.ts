// Requests made of the served document: mostly such as it asks for, some a little broken, some hostile.
import fc from 'fast-check'
import type { Operation, Parameter, Schema } from './document.ts'
import { HOSTILE, HOSTILE_BODIES, HOSTILE_HEADERS } from './hostile.ts'

/** Who sends it. */
export const SENDERS = ['admin', 'talent', 'interviewer', 'stranger'] as const
export type Sender = (typeof SENDERS)[number]

export interface Shot {
  readonly operation: string
  readonly as: Sender
  readonly params: Readonly<Record<string, string>>
  readonly query: readonly (readonly [string, string])[]
  readonly headers: Readonly<Record<string, string>>
  /** Its text and its type; the text is sent as UTF-8 by default. */
  readonly body: readonly [string, string, BufferEncoding?] | undefined
  /** What it offers to speak instead of HTTP/1.1. */
  readonly upgrade: Upgrade | undefined
  /** Whether a GET is followed by a HEAD of the same. */
  readonly head: boolean
}

/** Offers of another protocol, as browsers and common HTTP clients make them. */
export const UPGRADES = {
  websocket: {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  },
  h2c: {
    connection: 'Upgrade, HTTP2-Settings',
    upgrade: 'h2c',
    'http2-settings': 'AAMAAABkAAQCAAAAAAIAAAAA',
  },
} as const
type Upgrade = keyof typeof UPGRADES

/**
 * Stands for something that exists when the request is sent: «events:3» is the fourth event, counted round.
 * A tampered cursor is one that was given out, with one of its parts replaced.
 */
export const PLACEHOLDER = /«(\w+):(\d+)»/g
const placeholder = (kind: string) => fc.nat(63).map(index => `«${kind}:${index}»`)

/** A request for one of the operations; `weightOf` says how often. */
export function shots(operations: readonly Operation[], weightOf: (operation: Operation) => number) {
  return fc.oneof(...operations.map(operation => ({ weight: weightOf(operation), arbitrary: shotAt(operation) })))
}

function shotAt(operation: Operation): fc.Arbitrary<Shot> {
  const of = (place: Parameter['in']) => operation.parameters.filter(parameter => parameter.in === place)
  const things = /^\/api\/([\w-]+)/.exec(operation.path)?.[1]?.replace('-', '') ?? ''
  return fc.record({
    operation: fc.constant(operation.operationId),
    as: fc.constantFrom<Sender>(
      'admin',
      'admin',
      'admin',
      'talent',
      'talent',
      'interviewer',
      'interviewer',
      'stranger',
    ),
    params: fc.record(Object.fromEntries(of('path').map(param => [param.name, pathValue(param, things)]))),
    query: queryOf(of('query')),
    headers: headersOf(of('header')),
    body: bodyOf(operation),
    upgrade: fc.oneof(
      { weight: 40, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom<Upgrade>('websocket', 'h2c') },
    ),
    head: operation.method === 'GET' ? fc.nat(3).map(chance => chance === 0) : fc.constant(false),
  })
}

function pathValue({ name, schema }: Parameter, things: string): fc.Arbitrary<string> {
  const fitting = name === 'id' ? placeholder(things) : valueOf(schema, name).map(String)
  const hostile = text.filter(value => !['', '.', '..'].includes(value))
  return fc.oneof({ weight: 8, arbitrary: fitting }, { weight: 1, arbitrary: hostile })
}

function queryOf(parameters: readonly Parameter[]): fc.Arbitrary<[string, string][]> {
  const pairOf = ({ name, schema }: Parameter) => {
    const value = fc.oneof({ weight: 6, arbitrary: valueOf(schema, name).map(String) }, { weight: 1, arbitrary: text })
    return value.map((value): [string, string] => [name, value])
  }
  const pairs = parameters.filter(({ required }) => !required).map(pairOf)
  const needed = fc.tuple(...parameters.filter(({ required }) => required).map(pairOf))
  const unknown = fc.tuple(fc.constantFrom('', '__proto__', 'limit[]', 'x', 'q', 'sort', 'constructor'), text)
  const known =
    pairs.length === 0 ? fc.constant<[string, string][]>([]) : fc.array(fc.oneof(...pairs), { maxLength: 3 })
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(needed, known).map(([all, some]) => [...all, ...some]) },
    { weight: 1, arbitrary: known },
    { weight: 1, arbitrary: fc.array<[string, string]>(unknown, { minLength: 1, maxLength: 2 }) },
  )
}

function headersOf(parameters: readonly Parameter[]): fc.Arbitrary<Record<string, string>> {
  const value = ({ name }: Parameter) =>
    name === 'idempotency-key'
      ? fc.oneof(fc.constantFrom('key-1', 'key-2'), fc.constantFrom(...HOSTILE_HEADERS))
      : fc.oneof(fc.constantFrom('"1"', '"2"', '*', 'W/"1"', '"7", W/"1"'), fc.constantFrom(...HOSTILE_HEADERS))
  const own = Object.fromEntries(parameters.map(parameter => [parameter.name, value(parameter)]))
  const any = { 'x-request-id': fc.constantFrom(...HOSTILE_HEADERS), 'user-agent': fc.constantFrom(...HOSTILE_HEADERS) }
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.record({ ...own, ...any }, { requiredKeys: [] }) },
  )
}

function bodyOf({ method, body }: Operation): fc.Arbitrary<Shot['body']> {
  const asJson = (value: unknown): Shot['body'] => [JSON.stringify(value), 'application/json']
  const hostile = fc.constantFrom(...HOSTILE_BODIES)
  const none = fc.constant(undefined)
  if (!body)
    return method === 'GET' ? none : fc.oneof({ weight: 9, arbitrary: none }, { weight: 1, arbitrary: hostile })
  const fitting = valueOf(body.schema, '')
  return fc.oneof(
    { weight: 10, arbitrary: fitting.map(asJson) },
    { weight: 5, arbitrary: fitting.chain(broken).map(asJson) },
    { weight: 1, arbitrary: fc.constantFrom(...HOSTILE).map(asJson) },
    { weight: 1, arbitrary: hostile },
    { weight: 1, arbitrary: none },
  )
}

/** A value with one field, at any depth, replaced, taken away or added. */
function broken(value: unknown): fc.Arbitrary<unknown> {
  const hostile = fc.constantFrom(...HOSTILE)
  if (typeof value !== 'object' || value === null) return hostile
  if (Array.isArray(value)) {
    const inner = value.length === 0 ? hostile : broken(value[0]).map(item => [item, ...value.slice(1)])
    return fc.oneof(inner, hostile, fc.constant(Array.from({ length: 60 }, () => value[0] as unknown)))
  }
  const fields = Object.entries(value)
  const replaced = fields.map(([name, of]) =>
    fc.oneof(hostile, broken(of)).map(bad => Object.fromEntries([...fields, [name, bad]])),
  )
  const fewer = fields.map(([name]) => fc.constant(Object.fromEntries(fields.filter(([other]) => other !== name))))
  const added = fc
    .tuple(fc.constantFrom('id', 'version', 'role', '__proto__', 'constructor', 'nmae', ''), hostile)
    .map(([name, bad]) => Object.fromEntries([...fields, [name, bad]]))
  return fc.oneof(...replaced, ...fewer, added)
}

/** A value that a schema asks for. */
function valueOf(schema: Schema, name: string): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const kinds = [schema.type ?? 'null'].flat()
  const values = kinds.map(kind => ({
    weight: kind === 'null' ? 1 : 4,
    arbitrary: valueOfKind(kind, schema, name),
  }))
  return fc.oneof(...values)
}

function valueOfKind(kind: string, schema: Schema, name: string): fc.Arbitrary<unknown> {
  switch (kind) {
    case 'string':
      return textOf(schema, name)
    case 'integer': {
      const { minimum = 0, maximum = 1000 } = schema
      return fc.oneof(fc.integer({ min: minimum, max: Math.min(maximum, 1000) }), fc.constantFrom(minimum, maximum))
    }
    case 'array':
      return fc.array(valueOf(schema.items ?? {}, name), { minLength: schema.minItems ?? 0, maxLength: 3 })
    case 'object':
      return objectOf(schema)
    default:
      return fc.constant(null)
  }
}

/**
 * An interview has its end or its length, and its panel or its seats: most of the objects with both lose one. Seats are
 * asked for so seldom that nobody would be found for all that is asked of them.
 */
function objectOf({
  properties: { seats, ...others } = {},
  required = [],
  minProperties,
}: Schema): fc.Arbitrary<unknown> {
  const properties = 'panel' in others || seats === undefined ? others : { ...others, seats }
  const fields = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valueOf(schema, name)]))
  const requiredKeys = [...required, ...(minProperties === undefined ? [] : Object.keys(fields).slice(0, 1))]
  const some = fc.record(fields, { requiredKeys })
  if (!('durationMinutes' in fields)) return some
  return fc.oneof(
    { weight: 1, arbitrary: some },
    {
      weight: 2,
      arbitrary: fc.tuple(some, fc.integer({ min: 5, max: 120 })).map(([{ endsAt: _, ...rest }, durationMinutes]) => ({
        ...rest,
        durationMinutes,
      })),
    },
  )
}

/** Any code point but half a surrogate pair, which the unit `binary` of fast-check takes seconds to prepare for. */
const codePoint = fc
  .nat(0x10ffff - 0x800)
  .map(number => String.fromCodePoint(number < 0xd800 ? number : number + 0x800))
const text = fc.oneof(
  fc.constantFrom(...HOSTILE.filter(value => typeof value === 'string')),
  fc.string({ unit: codePoint }),
)

const EXISTING: Readonly<Record<string, string>> = {
  interviewerId: 'interviewers',
  withInterviewerId: 'interviewers',
  userId: 'users',
  actorId: 'users',
  entityId: 'events',
  token: 'tokens',
  refreshToken: 'tokens',
}

/** Of what is asked about: the days on which interviews are booked. */
const span = (...days: string[]) => fc.constantFrom(...days)
const SPAN: Readonly<Record<string, fc.Arbitrary<string>>> = {
  from: span('2028-02-01T00:00:00Z', '2028-02-07T00:00:00+02:00'),
  to: span('2028-02-09T00:00:00Z', '2028-02-20T12:00:00-05:00'),
}

function textOf({ pattern, format, maxLength = 200, minLength = 0 }: Schema, name: string): fc.Arbitrary<string> {
  const existing = EXISTING[name]
  if (existing !== undefined) return fc.oneof({ weight: 12, arbitrary: placeholder(existing) }, fc.uuid())
  if (name === 'cursor') return fc.oneof(placeholder('cursors'), placeholder('tampered'), text)
  if (name === 'password') return fc.constantFrom('violet harbor anchors 42', 'violet harbor anchors 42', 'password12')
  if (format === 'idn-email')
    return fc.oneof(
      placeholder('emails'),
      fc.uuid().map(id => `${id.slice(0, 12)}@example.com`),
    )
  if (format === 'time-zone') return fc.constantFrom('UTC', 'Europe/Berlin', 'asia/kolkata', 'Pacific/Apia', 'EST5EDT')
  if (SPAN[name]) return SPAN[name]
  if (format === 'date-time') return instants
  if (pattern === undefined) return fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 60) })
  return fc.stringMatching(new RegExp(pattern, 'u'), { maxLength: Math.min(maxLength, 60), size: 'small' })
}

const offsets = fc.constantFrom('Z', 'z', '+01:00', '-05:30', '+14:00', '-12:00')
const instants = fc
  .tuple(fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true }), offsets)
  .map(([date, offset]) => date.toISOString().slice(0, 19) + offset)
