import { Ajv, type AnySchema, type ErrorObject, type Options, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { FastifyServerOptions } from 'fastify'
import { zoneName } from '../db/zone-names.ts'
import { isInternetAddress, storedAddress } from './validation/addresses.ts'
import { composeTexts, SENTENCES } from './validation/texts.ts'

/** A schema is not checked itself: preparing for that takes 40 ms of a start, and a test has looked at every one. */
export const UNCHECKED = { meta: false, validateSchema: false } as const

type SchemaController = NonNullable<FastifyServerOptions['schemaController']>
type ValidatorFactory = NonNullable<NonNullable<SchemaController['compilersFactory']>['buildValidator']>

const OPTIONS: Options = { removeAdditional: false, useDefaults: true, allErrors: false, strict: false, ...UNCHECKED }
const RFC3339 = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?:[Zz]|[+-]\d\d:\d\d)$/
const PARTIAL_DATE = /^\d{4}-\d\d(?:-\d\d)?$/
const FIRST_DAY = '1970-01-01'
const LAST_DAY = '9990-12-31'
/** What stands in the place of a format, to those who are refused by it. */
const FORMAT_SENTENCES: ReadonlyMap<unknown, string> = new Map([
  ['idn-email', 'must be one mail address'],
  ['time-zone', 'must be the IANA name of a time zone, like Europe/Berlin'],
])
/** Identifiers are taken however they are written, and are from then on in the one form in which they are stored. */
const STORED_FORMS: Readonly<Record<string, (text: string) => string>> = {
  uuid: text => text.toLowerCase(),
  'idn-email': storedAddress,
  'time-zone': text => zoneName(text) ?? text,
}

/**
 * Makes the compiler for what comes in. Bodies are taken as they are: `"5"` is no 5, `null` is no `""`, an unknown
 * field is refused. What comes in an address or a header is text by nature and is read as the type its schema asks for.
 */
export function validatorFactory(): ValidatorFactory {
  const strict = withFormats(new Ajv({ ...OPTIONS, coerceTypes: false }))
  const coercing = withFormats(new Ajv({ ...OPTIONS, coerceTypes: 'array' }))
  return () => (part: unknown) => {
    if (!isRoutePart(part)) throw new TypeError('a schema is compiled as a part of a route')
    return withFirstUse(() => compiledBy(part.httpPart === 'body' ? strict : coercing, part.schema))
  }
}

type DataCxt = Parameters<ValidateFunction>[1]

interface Validate {
  (part: unknown): boolean
  errors?: ErrorObject[] | null
}

/** Compiled when its route is first asked: to compile those of all routes would take most of a start. */
function withFirstUse(compile: () => ValidateFunction): ValidateFunction {
  let compiled: ValidateFunction | undefined
  const validate: Validate = part => {
    compiled ??= compile()
    const valid = passes(compiled, part)
    validate.errors = compiled.errors ?? null
    return valid
  }
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- Fastify calls it and reads its errors, no more
  return validate as ValidateFunction
}

/** All that comes in passes here: brings every text into its one form, and leaves in `errors` what is wrong then. */
function passes<Body>(compiled: ValidateFunction<Body>, part: unknown): part is Body {
  const noText = composeTexts(part)
  if (!noText && compiled(part)) return true
  const { path = '', message = '' } = noText ?? {}
  const error = { keyword: 'text', instancePath: path, schemaPath: '#/text', params: {}, message }
  compiled.errors = noText ? [error] : (compiled.errors ?? []).map(inWords)
  return false
}

/** Patterns and formats say nothing to people. */
function inWords(error: ErrorObject): ErrorObject {
  const { pattern, format }: Readonly<Record<string, unknown>> = error.params
  const message = SENTENCES.get(pattern) ?? FORMAT_SENTENCES.get(format)
  return message === undefined ? error : { ...error, message }
}

/** The schema with a keyword that Ajv looks at before all others, wherever an identifier is. */
function takingForms(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(takingForms)
  if (typeof schema !== 'object' || schema === null) return schema
  const parts = Object.entries(schema).map(([keyword, part]) => [keyword, takingForms(part)] as const)
  const format = 'format' in schema ? String(schema.format) : ''
  return Object.fromEntries(format in STORED_FORMS ? [...parts, ['storedForm', format]] : parts)
}

/** Compiles a schema, which takes identifiers in every form. */
function compiledBy<Body>(ajv: Ajv, schema: AnySchema): ValidateFunction<Body> {
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- it is the schema, with a keyword more
  return ajv.compile<Body>(takingForms(schema) as AnySchema)
}

/** What Fastify hands a validator compiler, whatever its types say. */
function isRoutePart(part: unknown): part is { schema: AnySchema; httpPart: string } {
  return typeof part === 'object' && part !== null && 'schema' in part && 'httpPart' in part
}

function withFormats(ajv: Ajv): Ajv {
  addFormats.default(ajv)
  ajv.addFormat('date-time', isInstant)
  ajv.addFormat('time-zone', name => zoneName(name) !== undefined)
  ajv.addFormat('idn-email', isInternetAddress)
  ajv.addFormat('partial-date', isPartialDate)
  ajv.addKeyword({
    keyword: 'storedForm',
    type: 'string',
    before: 'maxLength',
    modifying: true,
    errors: false,
    validate: (format: string, text: string, _schema: unknown, place?: DataCxt) => {
      const form = STORED_FORMS[format]
      const holder: Record<string, unknown> | undefined = place?.parentData
      if (form && holder) holder[String(place?.parentDataProperty)] = form(text)
      return true
    },
  })
  return ajv
}

/** RFC 3339 with an offset, a real date, and a year that every database and calendar can hold. */
function isInstant(text: string): boolean {
  const [, day = '', time = ''] = RFC3339.exec(text) ?? []
  if (day < FIRST_DAY || day > LAST_DAY || Number.isNaN(Date.parse(text))) return false
  const asWritten = new Date(`${day}T${time}Z`)
  // 2026-02-30 and 24:00:00 are none: Date would quietly read them as a later day.
  return !Number.isNaN(asWritten.getTime()) && asWritten.toISOString().startsWith(day)
}

/** A month of some year, or a real day of it. */
function isPartialDate(text: string): boolean {
  if (!PARTIAL_DATE.test(text)) return false
  const day = text.length === 'YYYY-MM'.length ? `${text}-01` : text
  const asWritten = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(asWritten.getTime()) && asWritten.toISOString().startsWith(day)
}

/** What is wrong with one field of something. */
export interface Problem {
  readonly field: string
  readonly message: string
}

/**
 * For what comes in another form than JSON, by the very rules of a body: that body, or everything that is wrong with it.
 */
export function bodyCheck<Body>(schema: AnySchema): (given: unknown) => { body: Body } | { problems: Problem[] } {
  let compiled: ValidateFunction<Body> | undefined
  return given => {
    compiled ??= compiledBy<Body>(withFormats(new Ajv({ ...OPTIONS, coerceTypes: false, allErrors: true })), schema)
    return passes(compiled, given) ? { body: given } : { problems: (compiled.errors ?? []).map(problemOf) }
  }
}

function problemOf({ instancePath, params, message = 'is not valid' }: ErrorObject): Problem {
  const { missingProperty, allowedValues }: Readonly<Record<string, unknown>> = params
  const field = typeof missingProperty === 'string' ? missingProperty : (instancePath.split('/')[1] ?? '')
  return { field, message: Array.isArray(allowedValues) ? `must be one of ${allowedValues.join(', ')}` : message }
}

/** For what comes from the command line instead of a request: throws a sentence where a body would be a 400. */
export function assertBody(schema: AnySchema, body: unknown): void {
  const validate = compiledBy(withFormats(new Ajv({ ...OPTIONS, coerceTypes: false })), schema)
  if (passes(validate, body)) return
  const { instancePath = '', message = 'is not valid' } = validate.errors?.[0] ?? {}
  throw new Error(`${instancePath.replace('/', '') || 'what was given'} ${message}`)
}
