import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { answer, refused } from '../../domain/lists/answers.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import { staffAlike } from '../../domain/accounts/visibility.ts'
import { Availability, AvailabilityChanges } from './schemas.ts'
import { availabilityService } from './service.ts'

const tags = ['availability']
/** Of the interviewers come the zone, and the account that decides who sees it. */
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
    'For admin and talent, and for an interviewer the own. All in local wall time. Who has said nothing yet gives ' +
    'Monday to Friday, 09:00 to 17:00.',
  params: OnlyId,
  response: { 200: answer(Availability, 'The hours'), ...refused(404) },
}

const UPDATE = {
  tags,
  operationId: 'updateAvailability',
  summary: 'Change the hours an interviewer gives',
  description:
    'For admin and talent, and for an interviewer the own. Changes the lists that are sent, each as a whole; answers ' +
    'them in order. Interviews that are booked stay as they are.',
  params: OnlyId,
  body: AvailabilityChanges,
  response: { 200: answer(Availability, 'The hours'), ...refused(404) },
}
