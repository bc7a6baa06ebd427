import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { splitStatements, type Shell, type ShellResult } from '../db/shell.ts'
import { sentenceOf } from './command-line.ts'

const PROMPT = 'panelist> '
const PROMPT_WITHIN = '     ...> '
const COMMANDS = '.tables   .schema [table]   .help   .quit'

export interface Session {
  readonly shell: Shell
  /** How many rows of a statement are shown. */
  readonly limit: number
  readonly format: (result: ShellResult) => string
  readonly print: (line: string) => void
  readonly complain: (line: string) => void
}

/** Runs a whole text line by line; what fails is reported and the next statement runs. Returns whether all went well. */
export function execute(session: Session, text: string): boolean {
  let failures = 0
  const counting: Session = {
    ...session,
    complain: line => {
      failures += 1
      session.complain(line)
    },
  }
  let begun = ''
  for (const line of text.split('\n')) {
    if (begun === '' && isQuit(line)) return failures === 0
    begun = take(counting, begun, line)
  }
  if (begun.trim() !== '') run(counting, begun)
  return failures === 0
}

/** Talks with somebody at a terminal until `.quit` or the end of what they type. */
export async function converse(session: Session, input: Readable, output: Writable): Promise<void> {
  const terminal = createInterface({ input, output, terminal: true, prompt: PROMPT })
  let begun = ''
  let closed = false
  terminal.once('close', () => (closed = true))
  const next = (pending: string) => {
    begun = pending
    if (closed) return // the input has ended while lines of it still wait; Node.js 24 refuses to ask for more
    terminal.setPrompt(begun === '' ? PROMPT : PROMPT_WITHIN)
    terminal.prompt()
  }
  // Ctrl+C drops what was begun; where nothing was, it ends the shell.
  terminal.on('SIGINT', () => {
    if (begun === '' && terminal.line === '') terminal.close()
    else next('')
  })
  session.print(`Statements end with ";". ${COMMANDS}`)
  next('')
  for await (const line of terminal) {
    if (begun === '' && isQuit(line)) break
    next(take(session, begun, line))
  }
  terminal.close()
}

/** Runs what a line completes. What it begins comes back, to go before the next one. */
function take(session: Session, begun: string, line: string): string {
  if (begun === '' && isCommand(line)) {
    attempt(session, () => command(session, line))
    return ''
  }
  const text = `${begun}${line}\n`
  if (begun !== '' && !line.includes(';')) return text
  const { complete, rest } = splitStatements(text)
  for (const statement of complete) run(session, statement)
  return rest
}

function run({ shell, limit, format, ...session }: Session, statement: string): void {
  attempt(session, () => session.print(format(shell.run(statement, limit))))
}

function attempt({ complain }: Pick<Session, 'complain'>, work: () => void): void {
  try {
    work()
  } catch (error) {
    const sentence = sentenceOf(error)
    complain(`Error: ${sentence}${sentence.includes('readonly database') ? ' (start with --write to change it)' : ''}`)
  }
}

function isCommand(line: string): boolean {
  return line.trimStart().startsWith('.')
}

function isQuit(line: string): boolean {
  return /^\s*\.(quit|exit)\s*$/.test(line)
}

function command({ shell, print }: Session, line: string): void {
  const [name, argument] = line.trim().split(/\s+/)
  if (name === '.tables') print(shell.tables().join('\n'))
  else if (name === '.schema') print(shell.schema(argument).join('\n\n') || `There is no table ${argument ?? ''}`)
  else if (name === '.help') print(COMMANDS)
  else if (!isQuit(line)) throw new Error(`there is no ${name ?? ''}; there are ${COMMANDS}`)
}
