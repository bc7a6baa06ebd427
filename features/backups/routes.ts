import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { isKnown } from '../../plugins/conditional.ts'
import { answer, gone, refused } from '../../domain/lists/answers.ts'
import { Backup, BackupFile, BackupList, MadeBackup, OnlyName } from './schemas.ts'
import type { Backups } from './service.ts'

const tags = ['backups']

export const backupsRoutes: FastifyPluginAsyncTypebox<{ backups: Backups }> = async (app, { backups }) => {
  for (const schema of [Backup, MadeBackup, BackupList, BackupFile]) app.addSchema(schema)
  const onRequest = [app.authorize(['admin'])]

  app.get('/', { onRequest, schema: LIST }, async () => ({ data: await backups.list() }))

  app.post('/', { onRequest, schema: CREATE }, async (request, reply) => {
    const made = await backups.create(request.principal)
    reply.code(201).header('location', `/api/backups/${made.name}`)
    return made
  })

  app.get('/:name', { onRequest, schema: GET }, async request => backups.find(request.params.name))

  // A HEAD request would be in the journal as somebody who took everything.
  const download = { onRequest, exposeHeadRoute: false, config: { versioned: true }, schema: DOWNLOAD }
  app.get('/:name/download', download, async (request, reply) => {
    const backup = await backups.find(request.params.name)
    if (backup.sha256 !== null) {
      const etag = `"${backup.sha256}"`
      reply.header('etag', etag)
      if (isKnown(request, etag)) return reply.code(304).send(null)
    }
    const file = await backups.download(request.principal, backup)
    reply.header('content-disposition', `attachment; filename="${backup.name}"`)
    reply.header('content-length', backup.bytes)
    return reply.type('application/gzip').send(file.createReadStream())
  })
}

const ELSEWHERE = 'On PostgreSQL 409 `BACKUPS_BY_POSTGRESQL`: there `pg_dump` makes them.'

const LIST = {
  tags,
  operationId: 'listBackups',
  summary: 'List the backups',
  description: `For admin. Lists all that are kept: of those the schedule has made the newest of each of the last 7 days, 4 weeks and 6 months, and the last 30 made by hand. ${ELSEWHERE}`,
  response: { 200: answer(BackupList, 'The backups'), ...refused(403, 409) },
}

const CREATE = {
  tags,
  operationId: 'createBackup',
  summary: 'Make a backup',
  description:
    'For admin. It holds everything that was answered before, and has been verified and is on the disk when the answer ' +
    'comes. A failure is 503 `BACKUP_FAILED` and leaves the other backups alone. While one is being made, another is ' +
    `409 \`BACKUP_IN_PROGRESS\`. ${ELSEWHERE}`,
  response: { 201: answer(MadeBackup, 'The backup'), ...refused(403, 409) },
}

const GET = {
  tags,
  operationId: 'getBackup',
  summary: 'Get a backup',
  description: `For admin. ${ELSEWHERE}`,
  params: OnlyName,
  response: { 200: answer(Backup, 'The backup'), ...refused(403, 404, 409) },
}

const DOWNLOAD = {
  tags,
  operationId: 'downloadBackup',
  summary: 'Download a backup',
  description:
    'For admin. The file holds every secret the database has, so the journal records who took it: encrypt it ' +
    `before it leaves your hands. Its ETag is its SHA-256. ${ELSEWHERE}`,
  params: OnlyName,
  response: {
    200: {
      description: 'The file',
      content: { 'application/gzip': { schema: answer(BackupFile, 'The file') } },
    },
    304: gone('You already have this file'),
    ...refused(403, 404, 409),
  },
}
