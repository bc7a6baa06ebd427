// Where the log goes takes nothing any more: a file stands for a full disk, a pipe for a reader that stalls.
import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StandardOutput } from '../../plugins/logging/standard-output.ts'

const LINE = `${'x'.repeat(1023)}\n`
const LINES = 2_000

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'panelist-output-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('F07 standard output', () => {
  it('whose reader stalls keeps a mebibyte of lines, counts those it drops, and says so when they are read again', async () => {
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    const writer = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK)
    const output = new StandardOutput({ descriptor: writer })
    const recovered = new Promise<number>(resolve => (output.onRecovered = resolve))
    for (let line = 0; line < LINES; line += 1) output.write(LINE)
    expect(output.dropped).toBe(LINES - 1024)
    output.flush()
    const read = reading(reader)
    expect(await recovered).toBe(output.dropped)
    expect(await read).toBe(LINE.repeat(1024))
    for (const descriptor of [reader, writer]) closeSync(descriptor)
  })

  it('on a full disk drops and counts what it cannot keep, and goes on', () => {
    const full = openSync('/dev/full', 'w')
    const output = new StandardOutput({ descriptor: full })
    for (let line = 0; line < LINES; line += 1) output.write(LINE)
    expect(output.dropped).toBe(LINES - 1024)
    closeSync(full)
  })
})

/** Reads what a mebibyte of lines is. */
async function reading(descriptor: number): Promise<string> {
  const buffer = Buffer.alloc(LINE.length * 1024)
  for (let bytes = 0; bytes < buffer.length;) {
    try {
      bytes += readSync(descriptor, buffer, bytes, buffer.length - bytes, null)
    } catch {
      await new Promise(setImmediate) // nothing is there to be read yet
    }
  }
  return buffer.toString()
}
