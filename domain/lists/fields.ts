import { Type, type Static, type StringOptions, type TSchema } from '@sinclair/typebox'
import { v7 } from 'uuid'
import { LONGEST_ADDRESS } from '../../plugins/validation/addresses.ts'
import { ADDRESS, HTTP_URL, LINE, LINES } from '../../plugins/validation/texts.ts'

/** The field types that resources share: one definition each, for validation, for types and for the document. */

const UUID = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
/** A year, a month and perhaps a day; whether that month has the day is asked by the format. */
const PARTIAL_DATE = '^[1-9]\\d{3}-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\\d|3[01]))?$'

export const Line = (maxLength: number, options: StringOptions = {}) =>
  Type.String({ minLength: 1, maxLength, pattern: LINE, ...options })
export const Lines = (maxLength: number, options: StringOptions = {}) =>
  Type.String({ maxLength, pattern: LINES, ...options })

export const Id = Type.String({
  format: 'uuid',
  pattern: UUID,
  description: 'UUID version 7',
  examples: ['0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10'],
})
/** A new UUID version 7 (RFC 9562 §5.7): ids sort by creation. */
export const newId = (): string => v7()

export const Email = Type.String({
  format: 'idn-email',
  maxLength: LONGEST_ADDRESS,
  pattern: ADDRESS,
  examples: ['ada@example.com'],
})
export const HttpUrl = Type.String({ maxLength: 2000, pattern: HTTP_URL, examples: ['https://meet.example.com/abc'] })
export const Instant = Type.String({
  format: 'date-time',
  description: 'RFC 3339 with any offset; answered in UTC',
  examples: ['2026-03-02T09:00:00.000Z'],
})
export const PartialDate = Type.String({
  format: 'partial-date',
  maxLength: 10,
  pattern: PARTIAL_DATE,
  description: 'YYYY-MM or YYYY-MM-DD',
  examples: ['2026-03', '2026-03-02'],
})
export const TimeZone = Type.String({
  format: 'time-zone',
  maxLength: 64,
  description: 'IANA name',
  examples: ['Europe/Berlin'],
})
export const Version = Type.Integer({ minimum: 1, description: 'Grows by one with every change; also the ETag' })

/** One of these words. */
export const OneOf = <const Words extends readonly string[]>(words: Words, description?: string) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: words, ...(description === undefined ? {} : { description }) })

/** The same, or null. A list of types instead of `anyOf`, because the serializer is several times faster with it. */
export function Nullable<Field extends TSchema>(field: Field) {
  const { type: kind, enum: words }: Readonly<Record<string, unknown>> = field
  return Type.Unsafe<Static<Field> | null>({
    ...field,
    type: [kind, 'null'],
    ...(isList(words) ? { enum: [...words, null] } : {}),
  })
}

/** A shared schema as a part of another. */
export function part<Shape extends TSchema>(shape: Shape) {
  return Type.Unsafe<Static<Shape>>({ $ref: `${shape.$id ?? ''}#` })
}

/** An array, without the `any` that Array.isArray makes of its elements. */
export function isList(value: unknown): value is unknown[] {
  return Array.isArray(value)
}

export const OnlyId = Type.Object({ id: Id }, { additionalProperties: false })
export const Reason = Line(500, {
  description: 'Why; kept in the journal',
  examples: ['The candidate asked for another day'],
})
