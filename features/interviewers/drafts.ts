import { folded } from '../../db/texts.ts'
import { newId } from '../../domain/lists/fields.ts'
import type { Interviewer, InterviewerChanges, NewInterviewer } from './schemas.ts'

const DEFAULTS = {
  title: null,
  department: null,
  skills: [],
  interviewTypes: [],
  timezone: 'UTC',
  status: 'active',
  bufferBeforeMinutes: 0,
  bufferAfterMinutes: 0,
  maxPerDay: null,
  maxPerWeek: null,
  weight: 100,
  userId: null,
} satisfies Partial<Interviewer>

/** The columns that the database fills in. */
const UNSAVED = { version: 1, createdAt: '', updatedAt: '' }

/** A new interviewer, with what was not said about them. */
export function drafted(body: NewInterviewer): Interviewer {
  return { ...UNSAVED, ...DEFAULTS, ...asSets(body), id: newId() }
}

/** The interviewer with the fields that were sent. */
export function changed(before: Interviewer, changes: InterviewerChanges): Interviewer {
  return { ...before, ...asSets(changes) }
}

/** Skills and types are sets: trimmed, and of two that differ only in case the first one stays. */
function asSets<Body extends InterviewerChanges>(body: Body): Body {
  return {
    ...body,
    ...(body.skills && { skills: distinct(body.skills) }),
    ...(body.interviewTypes && { interviewTypes: distinct(body.interviewTypes) }),
  }
}

function distinct<Word extends string>(words: readonly Word[]): string[] {
  const firsts = new Map<string, string>()
  for (const word of words) {
    const trimmed = word.trim()
    if (!firsts.has(folded(trimmed))) firsts.set(folded(trimmed), trimmed)
  }
  return [...firsts.values()]
}
