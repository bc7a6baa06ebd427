import { Event } from '../../domain/interviews/schemas.ts'
import { answer, gone, refused } from '../../domain/lists/answers.ts'
import { exportOf } from '../../domain/lists/export.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import {
  BookedEvent,
  Cancel,
  EventChanges,
  EventExportQuery,
  EventPage,
  EventQuery,
  InterviewerEventQuery,
  NewEvent,
  NoShow,
  Replace,
  Reschedule,
  Respond,
} from './schemas.ts'

/** What the document says of each route, and what goes in and out of it. */

const tags = ['events']
const STAFF = 'For admin and talent.'

export const LIST = {
  tags,
  operationId: 'listEvents',
  summary: 'List interviews',
  description: 'Staff see every interview, an interviewer those they sit in.',
  querystring: EventQuery,
  response: { 200: answer(EventPage, 'A page of interviews') },
}

export const EXPORT = exportOf({
  tags,
  operationId: 'exportEvents',
  what: 'interviews',
  readers: 'Staff get every interview, an interviewer those they sit in.',
  query: EventExportQuery,
  example: 'id,title,type\r\n0198c7a2-5b1e-7c3f-8a44-2f6f1f0b9d11,Technical interview,technical\r\n',
})

export const LIST_OF_INTERVIEWER = {
  tags,
  operationId: 'listInterviewerEvents',
  summary: 'List the interviews of one interviewer',
  description: 'Staff see all of them, an interviewer those they sit in themselves.',
  params: OnlyId,
  querystring: InterviewerEventQuery,
  response: { 200: answer(EventPage, 'A page of interviews') },
}

export const GET = {
  tags,
  operationId: 'getEvent',
  summary: 'Get an interview',
  description: 'Staff see every interview, an interviewer those they sit in.',
  params: OnlyId,
  response: { 200: answer(Event, 'The interview'), ...refused(404) },
}

export const CREATE = {
  tags,
  operationId: 'createEvent',
  summary: 'Book an interview',
  description:
    `${STAFF} Books the whole panel and the candidate, or nobody. When somebody is busy the answer is 409 ` +
    '`EVENT_OVERLAP`, and `details` names everybody who is, with the interview that holds them. A day off is ' +
    '`TIME_OFF` and a limit that is reached `LOAD_LIMIT`: both give way to an `override`. With `seats` in place of ' +
    '`panel` the fairest panel that is free then is booked; `NO_PANEL_AVAILABLE` says where everybody’s time goes.',
  body: NewEvent,
  response: { 201: answer(BookedEvent, 'The interview'), ...refused(403, 409) },
}

export const UPDATE = {
  tags,
  operationId: 'updateEvent',
  summary: 'Change the details or the panel of an interview',
  description: `${STAFF} Changes the fields that are sent; null clears one. A new panel is booked whole or not at all.`,
  params: OnlyId,
  body: EventChanges,
  response: { 200: answer(BookedEvent, 'The interview'), ...refused(403, 404, 409) },
}

export const DELETE = {
  tags,
  operationId: 'deleteEvent',
  summary: 'Delete an interview',
  description: 'For admin. Cancelling tells people; deleting does not. The journal keeps what it was.',
  params: OnlyId,
  response: { 204: gone('Deleted'), ...refused(403, 404) },
}

export const RESCHEDULE = {
  tags,
  operationId: 'rescheduleEvent',
  summary: 'Move an interview',
  description: `${STAFF} A refused move leaves everything as it was. Everybody is asked anew whether they come.`,
  params: OnlyId,
  body: Reschedule,
  response: { 200: answer(BookedEvent, 'The interview'), ...refused(403, 404, 409) },
}

export const CANCEL = {
  tags,
  operationId: 'cancelEvent',
  summary: 'Cancel an interview',
  description: `${STAFF} Everybody's time is free again at once.`,
  params: OnlyId,
  body: Cancel,
  response: { 200: answer(Event, 'The interview'), ...refused(403, 404, 409) },
}

export const COMPLETE = {
  tags,
  operationId: 'completeEvent',
  summary: 'Say that an interview took place',
  description: `${STAFF} It keeps its time.`,
  params: OnlyId,
  response: { 200: answer(Event, 'The interview'), ...refused(403, 404, 409) },
}

export const NO_SHOW = {
  tags,
  operationId: 'markEventNoShow',
  summary: 'Say that somebody did not come',
  description: `${STAFF} The interview keeps its time.`,
  params: OnlyId,
  body: NoShow,
  response: { 200: answer(Event, 'The interview'), ...refused(403, 404, 409) },
}

export const REOPEN = {
  tags,
  operationId: 'reopenEvent',
  summary: 'Schedule an ended interview again',
  description: 'For admin. It has to win its time again: somebody may have been booked meanwhile.',
  params: OnlyId,
  response: { 200: answer(BookedEvent, 'The interview'), ...refused(403, 404, 409) },
}

export const RESPOND = {
  tags,
  operationId: 'respondToEvent',
  summary: 'Accept, decline or half promise',
  description:
    'For the account that is linked to an interviewer of the panel: their own answer. Staff who decline are told in ' +
    '`replacements` who could come in their place.',
  params: OnlyId,
  body: Respond,
  response: { 200: answer(BookedEvent, 'The interview'), ...refused(403, 404, 409) },
}

export const REPLACE = {
  tags,
  operationId: 'replacePanelMember',
  summary: 'Put one interviewer in the place of another',
  description: `${STAFF} Keeps the seat and its role. Without \`withInterviewerId\` nobody is replaced, and \`replacements\` names who could come, the one whose turn it is first.`,
  params: OnlyId,
  body: Replace,
  response: { 200: answer(BookedEvent, 'The interview'), ...refused(403, 404, 409) },
}
