import { Type, type Static } from '@sinclair/typebox'
import { HttpUrl, Id, Instant, Line, Lines, Nullable, Version } from '../../domain/lists/fields.ts'
import {
  EDUCATION,
  EXPERIENCE,
  INTERVIEWER_ID,
  InterviewerId,
  MOST_ENTRIES,
  PROJECT,
  SKILL,
  STAMPS,
  type Entry,
  type Shapes,
} from './entry-schemas.ts'

const strict = { additionalProperties: false }

/** What a portfolio may say of somebody besides their entries. */
const ABOUT = {
  headline: Nullable(Line(160)),
  summary: Nullable(Lines(5000)),
  location: Nullable(Line(160)),
  pronouns: Nullable(Line(40)),
  languages: Type.Array(Line(60), { maxItems: 20 }),
  links: Type.Array(Type.Object({ label: Line(80), url: HttpUrl }, strict), { maxItems: 20 }),
}
const ABOUT_EXAMPLE = {
  headline: 'Compilers, and the people who write them',
  summary: null,
  location: 'London',
  pronouns: 'she/her',
  languages: ['English', 'French'],
  links: [{ label: 'Notes', url: 'https://ada.example.com/notes' }],
}
const BIODATA = {
  interviewerId: InterviewerId,
  ...ABOUT,
  version: Version,
  createdAt: Instant,
  updatedAt: Instant,
}
const BIODATA_EXAMPLE = { interviewerId: INTERVIEWER_ID, ...ABOUT_EXAMPLE, ...STAMPS }

export const Biodata = Type.Object(BIODATA, {
  $id: 'Biodata',
  description: 'How an interviewer is introduced',
  examples: [BIODATA_EXAMPLE],
})
export type Biodata = Static<typeof Biodata>

export const BiodataChanges = Type.Partial(Type.Object(ABOUT), {
  ...strict,
  minProperties: 1,
  examples: [ABOUT_EXAMPLE],
})
export type BiodataChanges = Static<typeof BiodataChanges>

export const OnlyInterviewerId = Type.Object({ interviewerId: Id }, strict)

const entriesOf = ({ entry }: Shapes) =>
  Type.Array(Type.Unsafe<Entry>({ $ref: `${entry.$id ?? ''}#` }), { maxItems: MOST_ENTRIES })

export const Portfolio = Type.Object(
  {
    interviewerId: InterviewerId,
    biodata: Nullable(Type.Object(BIODATA)),
    experience: entriesOf(EXPERIENCE),
    education: entriesOf(EDUCATION),
    skills: entriesOf(SKILL),
    projects: entriesOf(PROJECT),
  },
  {
    $id: 'Portfolio',
    description: 'What a candidate is shown of an interviewer',
    examples: [
      {
        interviewerId: INTERVIEWER_ID,
        biodata: BIODATA_EXAMPLE,
        ...Object.fromEntries(
          Object.entries({ experience: EXPERIENCE, education: EDUCATION, skills: SKILL, projects: PROJECT }).map(
            ([name, { entry }]) => [name, entry.examples],
          ),
        ),
      },
    ],
  },
)
export type Portfolio = Static<typeof Portfolio>
