import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** Asks for a line on the terminal without showing what is typed. */
export async function hiddenPrompt(question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  process.stderr.write(question)
  try {
    return await lines.question('', { signal: interrupted(lines) })
  } finally {
    lines.close()
    process.stderr.write('\n')
  }
}

/** The terminal sends no SIGINT by itself in raw mode. */
function interrupted(lines: ReturnType<typeof createInterface>): AbortSignal {
  const controller = new AbortController()
  lines.once('SIGINT', () => controller.abort(new Error('Interrupted; nothing was changed')))
  lines.once('close', () => controller.abort(new Error('No password was given')))
  return controller.signal
}
