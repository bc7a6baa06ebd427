// `npm run client`: a typed client in TypeScript, written from the document.
import { Command } from 'commander'
import { runProgram } from './command-line.ts'
import { documentFrom } from './clients/document.ts'
import { writeClient } from './clients/typescript/write.ts'

interface Options {
  readonly out: string
  readonly url?: string
}

const program = new Command('client')
  .description('Writes a typed TypeScript client of the API, from the document that this program would serve.')
  .option('--out <folder>', 'the folder to write to; files of the same name are overwritten', 'generated/client')
  .option('--url <address>', 'take the document of a running server: http://127.0.0.1:3000/docs/json')
  .addHelpText('after', '\nThe README.md in the folder says how to use it.')
  .action(async ({ out, url }: Options) => {
    await writeClient(await documentFrom(url), out)
    process.stdout.write(`The client is in ${out}: index.ts, and README.md says how to use it.\n`)
  })

await runProgram(program)
