import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer, refused } from '../../domain/lists/answers.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import { staffAlike } from '../../domain/accounts/visibility.ts'
import { Availability, AvailabilityChanges } from './schemas.ts'
import { availabilityService } from './service.ts'

const tags = ['availability']
/** The interviewers' table gives the zone, and the account that decides who sees it. */
const config = { cache: { tables: ['availability', 'interviewers'], seenBy: staffAlike } }

export const availabilityRoutes: FastifyPluginAsyncTypebox = async app => {
  app.addSchema(Availability)
  const availability = availabilityService(app)

  app.get('/interviewers/:id/availability', { config, schema: GET }, async (request, reply) =>
    reply.versioned(await availability.find(request.principal, request.params.id)),
  )

  app.put('/interviewers/:id/availability', { schema: UPDATE }, async (request, reply) =>
    reply.versioned(await availability.update(request.principal, request.params.id, request.body, request.ifMatch)),
  )
}

const GET = {
  tags,
  operationId: 'getAvailability',
  summary: 'Get the hours an interviewer gives',
  description:
    'Admin and talent see everyone’s hours, an interviewer sees only their own. All times are local wall time. ' +
    'The default is Monday to Friday, 09:00 to 17:00.',
  params: OnlyId,
  response: { 200: answer(Availability, 'The hours'), ...refused(404) },
}

const UPDATE = {
  tags,
  operationId: 'updateAvailability',
  summary: 'Change the hours an interviewer gives',
  description:
    'Admin and talent change everyone’s hours, an interviewer changes only their own. Replaces each list that is ' +
    'sent as a whole and returns the lists in order. Booked interviews stay as they are.',
  params: OnlyId,
  body: AvailabilityChanges,
  response: { 200: answer(Availability, 'The hours'), ...refused(404) },
}
