import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { answer, refused } from '../../../domain/lists/answers.ts'
import { LARGEST_REPLY_BYTES, ReplyResult, ReplyText } from './schemas.ts'
import { repliesService } from './service.ts'

/** Answers out of calendar programs, as they are. */
export const replyRoutes: FastifyPluginAsyncTypebox = async app => {
  app.addSchema(ReplyResult)
  const replies = repliesService(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'text/calendar',
    { parseAs: 'string', bodyLimit: LARGEST_REPLY_BYTES },
    (_request: FastifyRequest, body: string, done: (error: Error | null, body: string) => void) => done(null, body),
  )

  app.post(
    '/calendar/replies',
    { onRequest: [app.authorize(['admin', 'talent'])], bodyLimit: LARGEST_REPLY_BYTES, schema: REPLY },
    request => replies.take(request.principal, request.body),
  )
}

const REPLY = {
  tags: ['calendar'],
  operationId: 'takeCalendarReply',
  summary: 'Take an answer out of a calendar program',
  description:
    'For admin and talent, and for the token of a mail gateway: an iTIP `METHOD:REPLY`. Sets the response of that ' +
    'interviewer. One that is older than what is known is ignored, one of somebody who is not invited a 403.',
  consumes: ['text/calendar'],
  body: ReplyText,
  response: { 200: answer(ReplyResult, 'What became of it'), ...refused(403, 404) },
}
