// Reads what strace has seen. The order of the lines is the order of events: a call that another thread's line
// interrupts has one line where it begins (`<unfinished ...>`) and one where it ends (`<... resumed>`).
import { readFileSync } from 'node:fs'
import { start, type Finished } from '../../support/programs.ts'
import { compiledProgram } from './compiled.ts'

export interface Call {
  readonly thread: number
  readonly name: string
  /** The path behind its descriptor. */
  readonly file: string
  /** What it wrote. */
  readonly bytes: Buffer
  readonly succeeded: boolean
  readonly injected: boolean
  /** Line numbers in the trace. */
  readonly began: number
  readonly ended: number
}

/** Runs a program of the tests under strace, sends it a line once it is `ready`, and waits for its end. */
export async function traced(options: readonly string[], program: string, ...args: string[]): Promise<Finished> {
  const [command, own] = await compiledProgram(program, ...args)
  const child = start('strace', ['-f', '-y', '-xx', ...options, command, ...own])
  await child.lines.next()
  child.process.stdin.write('go\n')
  return child.finished
}

/** The calls of a trace in the order in which they began. */
export function callsIn(trace: string): Call[] {
  const calls: Call[] = []
  const open = new Map<number, { text: string; began: number }>()
  for (const [line, text] of readFileSync(trace, 'latin1').split('\n').entries()) {
    const [, thread = '', event = ''] = /^(\d+) +(.*)$/.exec(text) ?? []
    const tid = Number(thread)
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(event)
    if (event.endsWith('<unfinished ...>')) {
      open.set(tid, { text: event.slice(0, -'<unfinished ...>'.length), began: line })
    } else if (resumed) {
      const { text: beginning, began } = open.get(tid) ?? { text: '', began: line }
      calls.push(...callOf(tid, beginning + (resumed[1] ?? ''), began, line))
    } else {
      calls.push(...callOf(tid, event, line, line))
    }
  }
  return calls.sort((one, other) => one.began - other.began)
}

/** Of a call that writes several pieces at once, `writev` or `sendmsg`, the first. */
const CALL = /^(\w+)\(\d+<([^>]*)>(?:, (?:[^"]*iov_base=)?"((?:\\x[0-9a-f]{2})*)")?.*\) += (\S+)(.*)$/

export function isSync({ name }: Call): boolean {
  return name === 'fdatasync' || name === 'fsync'
}

export function isLog({ file }: Call): boolean {
  return file.endsWith('-wal')
}

/**
 * Commits in the log, by what SQLite wrote there: for each page a header of 24 bytes, whose second word is not zero in
 * the last page of a commit, then the page (sqlite.org/fileformat2.html#the_write_ahead_log).
 */
export function commitsIn(calls: readonly Call[]): { pages: Buffer[]; written: number }[] {
  const commits: { pages: Buffer[]; written: number }[] = []
  let pages: Buffer[] = []
  let isLast = false
  for (const { bytes, ended } of calls.filter(call => call.name === 'pwrite64' && isLog(call))) {
    if (bytes.length === 24) isLast = bytes.readUInt32BE(4) !== 0
    if (bytes.length <= 32) continue
    pages.push(bytes)
    if (!isLast) continue
    commits.push({ pages, written: ended })
    pages = []
  }
  return commits
}

function callOf(thread: number, text: string, began: number, ended: number): Call[] {
  const [, name, file = '', hex = '', result = '', rest = ''] = CALL.exec(text) ?? []
  if (name === undefined) return []
  const plainFile = file.startsWith('\\x') ? unescaped(file).toString() : file
  const injected = rest.includes('INJECTED')
  return [{ thread, name, file: plainFile, bytes: unescaped(hex), succeeded: result !== '-1', injected, began, ended }]
}

function unescaped(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex')
}
