// `npm run postman`: the API as a Postman collection, made of the document.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Command } from 'commander'
import { runProgram } from './command-line.ts'
import { documentFrom } from './clients/document.ts'
import { collectionOf, FOLDER } from './clients/postman/collection.ts'

interface Options {
  readonly out: string
  readonly url?: string
}

const program = new Command('postman')
  .description('Writes a Postman collection (2.1) of the API, from the document that this program would serve.')
  .option('--out <file>', 'where to; a file that is there is replaced', 'generated/panelist.postman_collection.json')
  .option('--url <address>', 'take the document of a running server: http://127.0.0.1:3000/docs/json')
  .addHelpText(
    'after',
    `
Its first folder runs from signing in to the journal, in Postman or with newman:

  npx newman run generated/panelist.postman_collection.json --folder '${FOLDER}' \\
    --env-var baseUrl=http://127.0.0.1:3000 --env-var email=… --env-var password=…`,
  )
  .action(async ({ out, url }: Options) => {
    const collection = await collectionOf(await documentFrom(url))
    mkdirSync(dirname(out), { recursive: true })
    writeFileSync(out, `${JSON.stringify(collection, undefined, 2)}\n`)
    const requests = collection.item.reduce((sum, { item }) => sum + item.length, 0)
    process.stdout.write(`The collection is in ${out}: ${requests} requests; the folder '${FOLDER}' can be run.\n`)
  })

await runProgram(program)
