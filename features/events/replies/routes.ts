import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { textOfBody } from '../../../plugins/bodies.ts'
import { answer, refused } from '../../../domain/lists/answers.ts'
import { endOf } from '../../../plugins/http/ending.ts'
import { STAFF } from '../../../domain/accounts/visibility.ts'
import { LARGEST_REPLY_BYTES, ReplyResult, ReplyText } from './schemas.ts'
import { repliesService } from './service.ts'

/** Replies from calendar programs, as they were sent. */
export const replyRoutes: FastifyPluginAsyncTypebox = async app => {
  app.addSchema(ReplyResult)
  const replies = repliesService(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'text/calendar',
    { parseAs: 'buffer', bodyLimit: LARGEST_REPLY_BYTES },
    async (request: FastifyRequest, body: Buffer) => textOfBody(request, body),
  )

  app.post(
    '/calendar/replies',
    { onRequest: [app.authorize(STAFF)], bodyLimit: LARGEST_REPLY_BYTES, schema: REPLY },
    (request, reply) => replies.take(request.principal, request.body, endOf(request, reply)),
  )
}

const REPLY = {
  tags: ['calendar'],
  operationId: 'takeCalendarReply',
  summary: 'Process a reply from a calendar program',
  description:
    'For admin and talent, and for the token of a mail gateway. Takes an iTIP `METHOD:REPLY` and sets the response of ' +
    'the interviewer who sent it. A reply that is older than the last one known is ignored. When the sender is not ' +
    'invited, the answer is 403 `NOT_INVITED`.',
  consumes: ['text/calendar'],
  body: ReplyText,
  response: { 200: answer(ReplyResult, 'The result of the reply'), ...refused(403, 404) },
}
