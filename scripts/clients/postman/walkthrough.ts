import { WEEKDAYS } from '../../../domain/scheduling/availability.ts'
// The requests of the collection that are run one after the other: what of the document they are, and what they change of it.

/** One request. `{{…}}` is a variable of the collection; whatever a step does not say is as the document shows it. */
export interface Step {
  readonly operationId: string
  readonly name: string
  readonly body?: unknown
  readonly path?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly status: number
  /** What the answer says, by the path to it. */
  readonly answer?: Readonly<Record<string, unknown>>
  /** Variables for later steps, by the path to them in the answer. */
  readonly keep?: Readonly<Record<string, string>>
  /** Lines of JavaScript that are run before it is sent. */
  readonly before?: readonly string[]
}

const ONE_MORE = { 'idempotency-key': '{{$guid}}' }
const WORKDAYS = WEEKDAYS.slice(0, 5)

const booking = {
  title: 'Technical interview',
  type: 'technical',
  startsAt: '{{startsAt}}',
  durationMinutes: 60,
  candidateName: 'Alan Turing',
  candidateEmail: 'alan-{{run}}@example.com',
  panel: [{ interviewerId: '{{ada}}', role: 'lead' }, { interviewerId: '{{grace}}' }],
}

/** It creates new people each time, so it can run again against any data. */
export const WALKTHROUGH: readonly Step[] = [
  {
    operationId: 'login',
    name: 'Sign in',
    before: [
      `pm.collectionVariables.set('run', pm.variables.replaceIn('{{$guid}}'))`,
      `pm.collectionVariables.set('from', new Date().toISOString())`,
      `pm.collectionVariables.set('to', require('moment')().add(30, 'days').toISOString())`,
    ],
    body: { email: '{{email}}', password: '{{password}}' },
    status: 200,
    answer: { tokenType: 'Bearer', 'user.email': '{{email}}' },
    keep: { token: 'accessToken' },
  },
  {
    operationId: 'createInterviewer',
    name: 'Add Ada, in Berlin',
    headers: ONE_MORE,
    body: {
      name: 'Ada Lovelace',
      email: 'ada-{{run}}@example.com',
      skills: ['TypeScript'],
      interviewTypes: ['technical'],
      timezone: 'Europe/Berlin',
      bufferAfterMinutes: 15,
    },
    status: 201,
    answer: { name: 'Ada Lovelace', version: 1 },
    keep: { ada: 'id' },
  },
  {
    operationId: 'createInterviewer',
    name: 'Add Grace, in New York',
    headers: ONE_MORE,
    body: { name: 'Grace Hopper', email: 'grace-{{run}}@example.com', timezone: 'America/New_York' },
    status: 201,
    keep: { grace: 'id' },
  },
  {
    operationId: 'listInterviewers',
    name: 'List the newest interviewers',
    query: { sort: '-createdAt', limit: '2' },
    status: 200,
    answer: { 'pagination.limit': 2 },
  },
  {
    operationId: 'getInterviewer',
    name: 'Get Ada',
    path: { id: '{{ada}}' },
    status: 200,
    answer: { email: 'ada-{{run}}@example.com' },
    keep: { version: 'version' },
  },
  {
    operationId: 'updateInterviewer',
    name: 'Give Ada a title',
    path: { id: '{{ada}}' },
    headers: { 'if-match': '"{{version}}"' },
    body: { title: 'Staff Engineer' },
    status: 200,
    answer: { title: 'Staff Engineer', version: 2 },
  },
  {
    operationId: 'updateInterviewer',
    name: 'Overwrite what has changed meanwhile: refused',
    path: { id: '{{ada}}' },
    headers: { 'if-match': '"{{version}}"' },
    body: { title: 'Engineer' },
    status: 412,
    answer: { code: 'VERSION_MISMATCH' },
  },
  {
    operationId: 'updateAvailability',
    name: 'Have Ada give her afternoons',
    path: { id: '{{ada}}' },
    body: { weekly: WORKDAYS.map(weekday => ({ weekday, start: '12:00', end: '20:00' })) },
    status: 200,
    answer: { 'weekly[4].start': '12:00' },
  },
  {
    operationId: 'getAvailability',
    name: 'Get the hours that Ada gives',
    path: { id: '{{ada}}' },
    status: 200,
    answer: { 'weekly[0].weekday': 'monday' },
  },
  {
    operationId: 'searchPanels',
    name: 'Find when both can meet',
    body: {
      from: '{{from}}',
      to: '{{to}}',
      durationMinutes: 60,
      timezone: 'Europe/Berlin',
      seats: [{ count: 2, interviewerIds: ['{{ada}}', '{{grace}}'] }],
      candidateEmail: booking.candidateEmail,
      limit: 10,
    },
    status: 200,
    keep: { startsAt: 'slots[0].startsAt', later: 'slots[1].startsAt' },
  },
  {
    operationId: 'createEvent',
    name: 'Book the panel',
    headers: { 'idempotency-key': 'book-{{run}}' },
    body: booking,
    status: 201,
    answer: { status: 'scheduled', startsAt: '{{startsAt}}', 'panel[0].name': 'Ada Lovelace' },
    keep: { event: 'id' },
  },
  {
    operationId: 'createEvent',
    name: 'Send it again: the same answer',
    headers: { 'idempotency-key': 'book-{{run}}' },
    body: booking,
    status: 201,
    answer: { id: '{{event}}' },
  },
  {
    operationId: 'createEvent',
    name: 'Book them twice: refused',
    headers: ONE_MORE,
    body: booking,
    status: 409,
    answer: { code: 'EVENT_OVERLAP', 'details[0].eventId': '{{event}}', 'details[2].eventId': '{{event}}' },
  },
  {
    operationId: 'rescheduleEvent',
    name: 'Move the interview',
    path: { id: '{{event}}' },
    body: { startsAt: '{{later}}', durationMinutes: 60, reason: 'The candidate asked for it' },
    status: 200,
    answer: { startsAt: '{{later}}', version: 2 },
  },
  {
    operationId: 'cancelEvent',
    name: 'Cancel the interview',
    path: { id: '{{event}}' },
    body: { reason: 'The position was filled' },
    status: 200,
    answer: { status: 'cancelled' },
  },
  {
    operationId: 'getEventHistory',
    name: 'Read what happened to it',
    path: { id: '{{event}}' },
    status: 200,
    answer: { 'data[0].action': 'cancel', 'data[1].action': 'reschedule', 'data[2].action': 'create' },
  },
  {
    operationId: 'listAuditLogs',
    name: 'Find it in the journal',
    query: { entityId: '{{event}}' },
    status: 200,
    answer: { 'pagination.total': 3, 'data[0].reason': 'The position was filled' },
  },
  {
    operationId: 'createTask',
    name: 'Add a task',
    headers: ONE_MORE,
    status: 201,
    answer: { title: 'Send the take-home exercise', status: 'TODO' },
    keep: { task: 'id' },
  },
  {
    operationId: 'updateTask',
    name: 'Finish the task',
    path: { id: '{{task}}' },
    body: { status: 'DONE' },
    status: 200,
    answer: { status: 'DONE' },
  },
  {
    operationId: 'deleteTask',
    name: 'Remove the task',
    path: { id: '{{task}}' },
    status: 204,
  },
  { operationId: 'logout', name: 'Sign out', status: 204 },
  {
    operationId: 'getProfile',
    name: 'Go on with the token: refused',
    status: 401,
    answer: { code: 'UNAUTHORIZED' },
  },
]
