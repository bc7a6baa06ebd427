import { Ajv, type AnySchema, type ErrorObject, type Options, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import type { FastifyServerOptions } from 'fastify'

/** A schema is not checked itself: preparing for that takes 40 ms of a start, and a test has looked at every one. */
export const UNCHECKED = { meta: false, validateSchema: false } as const

type SchemaController = NonNullable<FastifyServerOptions['schemaController']>
type ValidatorFactory = NonNullable<NonNullable<SchemaController['compilersFactory']>['buildValidator']>

const OPTIONS: Options = { removeAdditional: false, useDefaults: true, allErrors: false, strict: false, ...UNCHECKED }
const RFC3339 = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?:[Zz]|[+-]\d\d:\d\d)$/
const PARTIAL_DATE = /^\d{4}-\d\d(?:-\d\d)?$/
const FIRST_DAY = '1970-01-01'
const LAST_DAY = '9990-12-31'
const MOST_ZONES_KEPT = 1000

/**
 * Makes the compiler for what comes in. Bodies are taken as they are: `"5"` is no 5, `null` is no `""`, an unknown
 * field is refused. What comes in an address or a header is text by nature and is read as the type its schema asks for.
 */
export function validatorFactory(): ValidatorFactory {
  const strict = withFormats(new Ajv({ ...OPTIONS, coerceTypes: false }))
  const coercing = withFormats(new Ajv({ ...OPTIONS, coerceTypes: 'array' }))
  return () => (part: unknown) => {
    if (!isRoutePart(part)) throw new TypeError('a schema is compiled as a part of a route')
    return withFirstUse(() => (part.httpPart === 'body' ? strict : coercing).compile(part.schema))
  }
}

interface Validate {
  (part: unknown): boolean
  errors?: ErrorObject[] | null
}

/** Compiled when its route is first asked: to compile those of all routes would take most of a start. */
function withFirstUse(compile: () => ValidateFunction): ValidateFunction {
  let compiled: ValidateFunction | undefined
  const validate: Validate = part => {
    compiled ??= compile()
    const valid = compiled(part)
    validate.errors = compiled.errors ?? null
    return valid
  }
  // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- Fastify calls it and reads its errors, no more
  return validate as ValidateFunction
}

/** What Fastify hands a validator compiler, whatever its types say. */
function isRoutePart(part: unknown): part is { schema: AnySchema; httpPart: string } {
  return typeof part === 'object' && part !== null && 'schema' in part && 'httpPart' in part
}

function withFormats(ajv: Ajv): Ajv {
  addFormats.default(ajv)
  ajv.addFormat('date-time', isInstant)
  ajv.addFormat('time-zone', timeZones())
  ajv.addFormat('partial-date', isPartialDate)
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

/** An IANA name that the runtime knows; a bare offset like `+02:00` is none. Remembers names, as asking is slow. */
function timeZones(): (name: string) => boolean {
  const known = new Set<string>()
  return name => {
    if (known.has(name)) return true
    try {
      if (!/^[A-Za-z]/.test(name)) return false
      new Intl.DateTimeFormat('en', { timeZone: name }).format()
      if (known.size < MOST_ZONES_KEPT) known.add(name)
      return true
    } catch {
      return false
    }
  }
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
    compiled ??= withFormats(new Ajv({ ...OPTIONS, coerceTypes: false, allErrors: true })).compile<Body>(schema)
    return compiled(given) ? { body: given } : { problems: (compiled.errors ?? []).map(problemOf) }
  }
}

function problemOf({ instancePath, params, message = 'is not valid' }: ErrorObject): Problem {
  const { missingProperty, allowedValues }: Readonly<Record<string, unknown>> = params
  const field = typeof missingProperty === 'string' ? missingProperty : (instancePath.split('/')[1] ?? '')
  return { field, message: Array.isArray(allowedValues) ? `must be one of ${allowedValues.join(', ')}` : message }
}

/** For what comes from the command line instead of a request: throws a sentence where a body would be a 400. */
export function assertBody(schema: AnySchema, body: unknown): void {
  const validate = withFormats(new Ajv({ ...OPTIONS, coerceTypes: false })).compile(schema)
  if (validate(body)) return
  const { instancePath = '', message = 'is not valid' } = validate.errors?.[0] ?? {}
  throw new Error(`${instancePath.replace('/', '') || 'what was given'} ${message}`)
}
