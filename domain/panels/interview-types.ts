import { OneOf } from '../lists/fields.ts'

/** The kinds of interview: what an event is and what an interviewer does. */
export const InterviewType = OneOf([
  'phone_screen',
  'technical',
  'system_design',
  'coding',
  'behavioral',
  'hiring_manager',
  'panel',
  'onsite',
  'other',
])
