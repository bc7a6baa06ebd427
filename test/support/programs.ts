// Other programs that tests start: each is ended by the test that started it.
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { on, once } from 'node:events'
import { join } from 'node:path'
import { connect, createServer } from 'node:net'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { expect } from 'vitest'

export interface Finished {
  /** The exit code, or the signal that ended it. */
  readonly end: number | string | null
  readonly stdout: string
  readonly stderr: string
}

export interface Program {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>
  /** Lines of its standard output, as they come. */
  readonly lines: AsyncIterableIterator<string>
  readonly finished: Promise<Finished>
  /** What has come of its standard output. */
  said(): string
}

/** Starts a program, to be spoken to line by line. */
export function start(command: string, args: readonly string[], env: Record<string, string> = {}): Program {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  child.stdin.on('error', () => undefined) // it may be gone before it has read all
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const finished = once(child, 'close').then(([code, signal]) => ({ end: code ?? signal, stdout, stderr }))
  return { process: child, lines: linesOf(child.stdout), finished, said: () => stdout }
}

/** Kept until they are read: readline's own iterator stops the stream after a while, and with it a program that prints. */
function linesOf(stream: Readable): AsyncGenerator<string> {
  const lines = on(createInterface({ input: stream }), 'line', { close: ['close'] })
  return (async function* () {
    for await (const [line] of lines) yield String(line)
  })()
}

/** Runs a program to its end, giving it `input` to read. */
export function run(command: string, args: readonly string[], input = ''): Promise<Finished> {
  const program = start(command, args)
  program.process.stdin.end(input)
  return program.finished
}

/** Command and arguments that run a TypeScript program of the tests, by its path from `test/`. */
export function typescript(program: string, ...args: readonly string[]): [string, string[]] {
  return [process.execPath, ['--import', 'tsx', join(import.meta.dirname, '..', program), ...args]]
}

/** Holds the write lock of a database file, as another program may, until it is told to let go. */
export async function lockHolder(path: string): Promise<Program & { letGo(): Promise<Finished> }> {
  const holder = start(process.execPath, [join(import.meta.dirname, 'lock-holder.mjs'), path])
  expect((await holder.lines.next()).value).toBe('locked')
  const letGo = () => {
    holder.process.stdin.write('let go\n')
    return holder.finished
  }
  return { ...holder, letGo }
}

/** Runs a program with the number of a port where another one listens, and expects that it says so and ends. */
export async function expectPortTaken(program: (PORT: string) => Promise<Finished>): Promise<void> {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' ? String(address?.port) : ''
  const { end, stderr } = await program(port)
  other.close()
  const sentence = `Cannot listen on port ${port} of 127.0.0.1: another program listens there; set PORT to another number\n`
  expect({ end, stderr }).toEqual({ end: 1, stderr: sentence })
}

/** Whether something listens on a port of this machine. */
export async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
