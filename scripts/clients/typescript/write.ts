// Writes the client: the types of the document, the code that uses them, and how to use that.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import openapiTypes, { astToString, COMMENT_HEADER, type OpenAPI3 } from 'openapi-typescript'

/** Writes the client of an OpenAPI document into a folder, which is made where it is missing. */
export async function writeClient(document: OpenAPI3, folder: string): Promise<void> {
  const schema = astToString(await openapiTypes(document))
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'schema.d.ts'), `${COMMENT_HEADER}${schema}`)
  copyFileSync(join(import.meta.dirname, 'client.ts'), join(folder, 'client.ts'))
  writeFileSync(join(folder, 'index.ts'), INDEX)
  writeFileSync(join(folder, 'README.md'), README)
}

const INDEX = `// Written by "npm run client" of Panelist. Do not edit: the next run overwrites it.
import { clientOf, type PanelistClient, type PanelistOptions } from './client.js'
import type { components, paths } from './schema.js'

export { PanelistError, type PanelistOptions } from './client.js'

/** The shapes of the API by their names in the document: \`Schemas['Interviewer']\`. */
export type Schemas = components['schemas']
export type Panelist = PanelistClient<paths>

export function createPanelistClient(options: PanelistOptions): Panelist {
  return clientOf<paths>(options)
}
`

const README = `# A client of Panelist

Written by \`npm run client\`. It needs one package, \`npm install openapi-fetch\`, and a runtime with \`fetch\`: Node.js 20 or
newer, or a browser. Copy the folder into your program; do not edit it, the next run overwrites it.

\`\`\`ts
import { createPanelistClient, PanelistError, type Schemas } from './client/index.js'

const panelist = createPanelistClient({ baseUrl: 'http://127.0.0.1:3000', token: 'pnl_…' })

const { data: interviewers } = await panelist.GET('/api/interviewers', { params: { query: { skill: 'typescript' } } })
try {
  const event: Schemas['BookedEvent'] = await panelist.POST('/api/events', {
    params: { header: { 'idempotency-key': crypto.randomUUID() } },
    body: {
      title: 'Technical interview',
      type: 'technical',
      startsAt: '2030-03-05T10:00:00+01:00',
      durationMinutes: 60,
      panel: interviewers.slice(0, 2).map(({ id }) => ({ interviewerId: id })),
    },
  })
  console.log('booked', event.id)
} catch (error) {
  if (!(error instanceof PanelistError)) throw error
  console.error(error.code, error.message, error.details) // EVENT_OVERLAP, and everybody who is busy
}
\`\`\`

- A method answers what the server sent, and throws a \`PanelistError\` for a refusal: \`status\`, \`code\`, \`message\`,
  \`details\`, \`requestId\`, and \`retryAfter\` in seconds where the server says when to try again.
- \`panelist.raw\` is the same without throwing: \`{ data, error, response }\`, for who needs a header or a status.
- To change a version that you know, give it back: \`params: { header: { 'if-match': \`"\${event.version}"\` } }\`.
- What is no JSON is asked for as text: \`panelist.GET('/api/events/{id}/ics', { params, parseAs: 'text' })\`.
- \`token\` may also be a function, for access tokens that have to be renewed.
`
