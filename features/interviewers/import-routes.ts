import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { textOfBody } from '../../plugins/bodies.ts'
import { endOf } from '../../plugins/http/ending.ts'
import { answer, refused } from '../../domain/lists/answers.ts'
import { STAFF } from '../../domain/accounts/visibility.ts'
import { ImportFile, ImportQuery, ImportReport, LARGEST_IMPORT } from './import-schemas.ts'
import { importService } from './import-service.ts'

/** Interviewers out of a file, which is the one body that is taken here. */
export const importRoutes: FastifyPluginAsyncTypebox = async app => {
  app.addSchema(ImportReport)
  const imports = importService(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'text/csv',
    { parseAs: 'buffer', bodyLimit: LARGEST_IMPORT },
    async (request: FastifyRequest, body: Buffer) => textOfBody(request, body),
  )

  app.post(
    '/import',
    {
      onRequest: [app.authorize(STAFF)],
      bodyLimit: LARGEST_IMPORT,
      config: { creates: true },
      schema: IMPORT,
    },
    (request, reply) => {
      const { principal, body = '', query } = request
      return imports.importFile(principal, body, query, endOf(request, reply))
    },
  )
}

const IMPORT = {
  tags: ['interviewers'],
  operationId: 'importInterviewers',
  summary: 'Import interviewers',
  description:
    'For admin and talent. The first row names the columns, like those of an export; `name` and `email` are needed. ' +
    'A row with a known address updates that interviewer where it differs; any other row adds one. Several ' +
    'skills or types in one cell are separated by `|` or `;`. An empty cell clears a title, department, limit, the skills ' +
    'or the types, and leaves everything else as it is. `id`, `userId`, `version`, `createdAt` and `updatedAt` are ' +
    'ignored, and so is the apostrophe that an export puts before `=`, `+`, `-` or `@`. Unless `mode` is `valid`, ' +
    'one wrong row refuses the whole file (`IMPORT_REFUSED`, with the rows in `details`).',
  querystring: ImportQuery,
  body: ImportFile,
  response: { 200: answer(ImportReport, 'What happened to each row'), ...refused(403) },
}
