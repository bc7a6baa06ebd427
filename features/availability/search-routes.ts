import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { endOf } from '../../plugins/http/ending.ts'
import { answer, refused } from '../../domain/lists/answers.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import { STAFF } from '../../domain/accounts/visibility.ts'
import { PanelQuery, PanelSlots, SlotQuery, Slots } from './search-schemas.ts'
import { searchService } from './search-service.ts'

const tags = ['availability']

export const searchRoutes: FastifyPluginAsyncTypebox = async app => {
  for (const schema of [Slots, PanelSlots]) app.addSchema(schema)
  const search = searchService({ sql: app.db, rules: app.calendars, memory: app.calendarMemory })
  const staff = [app.authorize(STAFF)]

  app.get('/interviewers/:id/slots', { schema: SLOTS }, request =>
    search.slots(request.principal, request.params.id, request.query),
  )

  app.post('/availability/search', { onRequest: staff, config: { reads: true }, schema: SEARCH }, (request, reply) =>
    search.panels(request.principal, request.body, endOf(request, reply)),
  )
}

const SLOTS = {
  tags,
  operationId: 'listSlots',
  summary: 'List when an interviewer is free',
  description:
    'Admin and talent ask for anyone, an interviewer asks only for themselves. Free means inside their hours, not on ' +
    'time off, in no interview (buffers counted) and below their load limits. Nobody paused or inactive has slots.',
  params: OnlyId,
  querystring: SlotQuery,
  response: { 200: answer(Slots, 'The slots'), ...refused(404) },
}

const SEARCH = {
  tags,
  operationId: 'searchPanels',
  summary: 'Find when a whole panel can meet',
  description:
    'For admin and talent. Every seat gets a different person who meets all its requirements; if a panel exists, it is ' +
    'found. The suggested panel is the fairest: it prefers those furthest below their share of the last 28 days. ' +
    '`explain` says for each interviewer how many minutes each rule takes away, and which change would bring the ' +
    'most slots. To book an offered slot, send the `panel` of a slot to `POST /api/events`.',
  body: PanelQuery,
  response: { 200: answer(PanelSlots, 'The slots'), ...refused(403) },
}
