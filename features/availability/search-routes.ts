import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer, refused } from '../../domain/lists/answers.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import { PanelQuery, PanelSlots, SlotQuery, Slots } from './search-schemas.ts'
import { searchService } from './search-service.ts'

const tags = ['availability']

export const searchRoutes: FastifyPluginAsyncTypebox = async app => {
  for (const schema of [Slots, PanelSlots]) app.addSchema(schema)
  const search = searchService({ sql: app.db, rules: app.calendars, memory: app.calendarMemory })
  const staff = [app.authorize(['admin', 'talent'])]

  app.get('/interviewers/:id/slots', { schema: SLOTS }, request =>
    search.slots(request.principal, request.params.id, request.query),
  )

  app.post('/availability/search', { onRequest: staff, config: { reads: true }, schema: SEARCH }, request =>
    search.panels(request.body),
  )
}

const SLOTS = {
  tags,
  operationId: 'listSlots',
  summary: 'List when an interviewer is free',
  description:
    'For admin and talent, and for an interviewer the own. Free is who gives these hours, has no day off, sits in no ' +
    'interview, buffers counted, and has not reached a limit of the day or week. Who is paused or inactive has no slots.',
  params: OnlyId,
  querystring: SlotQuery,
  response: { 200: answer(Slots, 'The slots'), ...refused(404) },
}

const SEARCH = {
  tags,
  operationId: 'searchPanels',
  summary: 'Find when a whole panel can meet',
  description:
    'For admin and talent. Every seat is taken, each by another person who meets all that is asked of it; a panel ' +
    'that exists is found. Suggested is the fairest: of those who can, who is furthest below their share of the last ' +
    '28 days. `explain` says for each interviewer which rule takes how many minutes, and what would bring the most ' +
    'slots. What is offered can be booked: send the `panel` of a slot to `POST /api/events`.',
  body: PanelQuery,
  response: { 200: answer(PanelSlots, 'The slots'), ...refused(403) },
}
