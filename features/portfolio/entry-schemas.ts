import { Type, type Static, type TProperties, type TSchema } from '@sinclair/typebox'
import { HttpUrl, Id, Instant, Line, Lines, Nullable, PartialDate, Version } from '../../domain/lists/fields.ts'
import { PageOf, PageQuery } from '../../domain/lists/page.ts'

/** How many entries of one kind a portfolio holds. */
export const MOST_ENTRIES = 100

const strict = { additionalProperties: false }
const ID = '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d14'
export const INTERVIEWER_ID = '0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d10'
export const STAMPS = { version: 1, createdAt: '2026-03-01T08:00:00.000Z', updatedAt: '2026-03-01T08:00:00.000Z' }

export const InterviewerId = Type.String({ ...Id, description: 'Whose portfolio it is' })
const Position = Type.Integer({
  minimum: 0,
  maximum: 1_000_000, // the expression that lists are sorted by counts on it
  description: 'The lowest comes first; the newest of equal ones',
})
const StartDate = Nullable(PartialDate)
const EndDate = Nullable(Type.String({ ...PartialDate, description: 'null: still there' }))

type Value = string | number | null | readonly string[]

/**
 * An entry of any kind: what all have in common, and the fields of its own kind. The types of those fields are given up
 * here, as one service serves all kinds; the schema of the kind checks them in each request.
 */
export interface Entry {
  readonly id: string
  readonly interviewerId: string
  readonly position: number
  readonly version: number
  readonly createdAt: string
  readonly updatedAt: string
  readonly [field: string]: Value
}
export type EntryChanges = Readonly<Record<string, Value>>
export type NewEntry = EntryChanges & { readonly interviewerId: string }

/** What sets one kind of entries apart: its fields, those that have to be given, and one of it as a client sends it. */
interface Nature {
  readonly title: string
  readonly description: string
  readonly fields: TProperties
  readonly required: readonly string[]
  readonly example: Readonly<Record<string, Value>>
}

/** The schemas of a kind, and how its fields are kept: all from the fields. */
function shapesOf({ title, description, fields, required, example }: Nature) {
  const whole = { id: Id, interviewerId: InterviewerId, ...fields, position: Position }
  const shown = { id: ID, interviewerId: INTERVIEWER_ID, ...example, position: 0, ...STAMPS }
  const sent = Object.entries(fields).map(([name, field]): [string, TSchema] => [
    name,
    required.includes(name) ? field : Type.Optional(field),
  ])
  const entry = Type.Unsafe<Entry>(
    Type.Object(
      { ...whole, version: Version, createdAt: Instant, updatedAt: Instant },
      { $id: title, description, examples: [shown] },
    ),
  )
  const lists = Object.keys(fields).filter(name => fields[name]?.['type'] === 'array')
  const optional = Object.keys(fields).filter(name => !required.includes(name))
  return {
    fields: Object.keys(fields),
    /** Those that are lists; they are kept as JSON. */
    lists,
    defaults: Object.fromEntries(optional.map((name): [string, Value] => [name, lists.includes(name) ? [] : null])),
    entry,
    page: PageOf(entry, `${title}Page`),
    created: Type.Unsafe<NewEntry>(
      Type.Object(
        { interviewerId: InterviewerId, ...Object.fromEntries(sent), position: Type.Optional(Position) },
        { ...strict, examples: [{ interviewerId: INTERVIEWER_ID, ...example }] },
      ),
    ),
    changes: Type.Unsafe<EntryChanges>(
      Type.Partial(Type.Object({ ...fields, position: Position }), {
        ...strict,
        minProperties: 1,
        examples: [{ position: 1 }],
      }),
    ),
  }
}
export type Shapes = ReturnType<typeof shapesOf>

export const EXPERIENCE = shapesOf({
  title: 'Experience',
  description: 'A place where an interviewer has worked',
  fields: {
    company: Line(160),
    role: Line(160),
    location: Nullable(Line(160)),
    startDate: StartDate,
    endDate: EndDate,
    description: Nullable(Lines(5000)),
    highlights: Type.Array(Line(300), { maxItems: 20 }),
  },
  required: ['company', 'role'],
  example: {
    company: 'Analytical Engines',
    role: 'Staff Engineer',
    location: 'London',
    startDate: '2019-04',
    endDate: null,
    description: 'Leads the compiler team.',
    highlights: ['Wrote the first published program'],
  },
})

export const EDUCATION = shapesOf({
  title: 'Education',
  description: 'A place where an interviewer has learned',
  fields: {
    institution: Line(160),
    degree: Nullable(Line(160)),
    field: Nullable(Line(160)),
    startDate: StartDate,
    endDate: EndDate,
    description: Nullable(Lines(5000)),
  },
  required: ['institution'],
  example: {
    institution: 'University of London',
    degree: 'BSc',
    field: 'Mathematics',
    startDate: '2009-10',
    endDate: '2012-06-30',
    description: null,
  },
})

export const SKILL = shapesOf({
  title: 'Skill',
  description: 'Something an interviewer can do',
  fields: {
    name: Line(80, { description: 'Once for each interviewer, without regard to case' }),
    category: Nullable(Line(80)),
    level: Nullable(Type.Integer({ minimum: 1, maximum: 5, description: '1: a beginner; 5: an expert' })),
    years: Nullable(
      Type.Number({ minimum: 0, maximum: 80, multipleOf: 0.5, description: 'Years of practice, in half years' }),
    ),
  },
  required: ['name'],
  example: { name: 'TypeScript', category: 'Languages', level: 5, years: 7.5 },
})

export const PROJECT = shapesOf({
  title: 'Project',
  description: 'Something an interviewer has made',
  fields: {
    name: Line(160),
    description: Nullable(Lines(5000)),
    url: Nullable(HttpUrl),
    repositoryUrl: Nullable(HttpUrl),
    technologies: Type.Array(Line(60), { maxItems: 50 }),
    startDate: StartDate,
    endDate: EndDate,
  },
  required: ['name'],
  example: {
    name: 'Bernoulli',
    description: 'Computes numbers.',
    url: 'https://bernoulli.example.com',
    repositoryUrl: 'https://git.example.com/bernoulli',
    technologies: ['TypeScript', 'SQL'],
    startDate: '2024-01-15',
    endDate: '2024-06',
  },
})

/** `position`, the order of a portfolio, is the default. */
export const EntryQuery = PageQuery(['position', 'createdAt'], { interviewerId: Type.Optional(Id) })
export type EntryQuery = Static<typeof EntryQuery>
