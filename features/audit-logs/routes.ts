import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import type { Declarations } from '../../plugins/feature.ts'
import { answer, refused } from '../../domain/lists/answers.ts'
import { exportOf } from '../../domain/lists/export.ts'
import { OnlyId } from '../../domain/lists/fields.ts'
import { STAFF } from '../../domain/accounts/visibility.ts'
import { AuditLog, AuditLogExportQuery, AuditLogId, AuditLogPage, AuditLogQuery, HistoryQuery } from './schemas.ts'
import { auditLogsService } from './service.ts'

const tags = ['audit']
const READERS =
  'For admin and talent; what happened to accounts, their sessions and tokens, mails and backups is for admin alone.'

export const auditLogsRoutes: FastifyPluginAsyncTypebox = async app => {
  const journalOf = ({ principal }: FastifyRequest) => auditLogsService(app, principal)
  const onRequest = [app.authorize(STAFF)]

  app.get('/audit-logs', { onRequest, schema: LIST }, request => journalOf(request).list(request.query))

  app.get('/audit-logs/export', { exposeHeadRoute: false, onRequest, schema: EXPORT }, (request, reply) =>
    reply.sendList(journalOf(request).exported(request.query)),
  )

  app.get('/audit-logs/:id', { config: { versioned: false }, onRequest, schema: GET }, request =>
    journalOf(request).find(request.params.id),
  )
}

/** The history of one resource of each kind that has one. */
export const historyRoutes: FastifyPluginAsyncTypebox<Pick<Declarations, 'histories'>> = async (app, { histories }) => {
  for (const { entityType, path, roles } of histories) {
    const schema = {
      tags,
      operationId: `get${entityType.replace(/^./, first => first.toUpperCase())}History`,
      summary: `Read the history of one ${entityType}`,
      description: `For ${roles.join(' and ')}. The latest change comes first; the history of something that was deleted stays.`,
      params: OnlyId,
      querystring: HistoryQuery,
      response: { 200: answer(AuditLogPage, 'A page of its history'), ...refused(403) },
    }
    app.get(`${path}/:id/history`, { onRequest: [app.authorize(roles)], schema }, request =>
      auditLogsService(app, request.principal).history(entityType, request.params.id, request.query),
    )
  }
}

const LIST = {
  tags,
  operationId: 'listAuditLogs',
  summary: 'Read the journal',
  description: `${READERS} Lists every change there ever was, the latest first. Page with \`cursor\`.`,
  querystring: AuditLogQuery,
  response: { 200: answer(AuditLogPage, 'A page of the journal'), ...refused(403) },
}

const EXPORT = exportOf({
  tags,
  operationId: 'exportAuditLogs',
  what: 'the journal',
  readers: READERS,
  query: AuditLogExportQuery,
  example: 'id,occurredAt,actorName,action\r\n42,2026-03-01T08:00:00.000Z,Tess Talent,cancel\r\n',
})

const GET = {
  tags,
  operationId: 'getAuditLog',
  summary: 'Read one row of the journal',
  description: READERS,
  params: AuditLogId,
  response: { 200: answer(AuditLog, 'The row'), ...refused(403, 404) },
}
