import { write, writeSync } from 'node:fs'

/** Lines are gathered up to this size, or for a second, before they are written. */
const GATHERED_BYTES = 12_288
const GATHERED_MS = 1000
const WRITE_BYTES = 16_384
/** So much is kept of what cannot be written; further lines are dropped. */
const KEPT_BYTES = 1024 * 1024
/** When to try again: a reader that stalls is back at any moment, room on a disk or a reader that is gone is not. */
const STALLED_MS = 10
const FAILED_MS = 1000
/** How long the end of the process waits for a reader that stalls. */
const PATIENCE_AT_END_MS = 250

interface Options {
  /** Where to write; standard output by default. */
  readonly descriptor?: number
  readonly gatheredBytes?: number
  /** The most that is written at once. Lines are never cut by it. */
  readonly writeBytes?: number
}

/**
 * Writes the lines of a log to standard output, and never harms the program by it: a disk that is full or a reader that
 * stalls costs lines, which are counted, and neither memory without bound nor the end of the process.
 */
export class StandardOutput {
  /** How many lines were dropped since the process began. */
  dropped = 0
  /** Hears how many lines were dropped once all that was kept is written again. */
  onRecovered: (dropped: number) => void = () => undefined
  readonly #descriptor: number
  readonly #gatheredBytes: number
  readonly #writeBytes: number
  readonly #chunks: { text: string; bytes: number }[] = []
  /** What is left of the chunk that is being written. */
  #current: Buffer | undefined
  #kept = 0
  #told = 0
  /** Whether a thread writes it at this moment. */
  #writing = false
  #busy = false
  #flushing = false

  constructor({ descriptor = 1, gatheredBytes = GATHERED_BYTES, writeBytes = WRITE_BYTES }: Options = {}) {
    this.#descriptor = descriptor
    this.#gatheredBytes = gatheredBytes
    this.#writeBytes = writeBytes
    // Node.js makes a pipe or a socket non-blocking when process.stdout is first used. A write that blocks would hold
    // its thread for good, and with it the end of the process.
    if (descriptor === 1) process.stdout.on('error', () => undefined)
    setInterval(() => this.flush(), GATHERED_MS).unref()
    process.once('exit', () => this.#writeAtEnd())
  }

  write(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (this.#kept + bytes > KEPT_BYTES) {
      this.dropped += 1
      return
    }
    const last = this.#chunks.at(-1)
    if (last === undefined || last.bytes + bytes > this.#writeBytes) this.#chunks.push({ text: line, bytes })
    else {
      last.text += line
      last.bytes += bytes
    }
    this.#kept += bytes
    if (this.#kept >= this.#gatheredBytes) this.#write()
  }

  /** Begins to write all there is. */
  flush(): void {
    this.#flushing = true
    this.#write()
  }

  #write(): void {
    if (this.#busy) return
    const chunk = this.#next()
    if (chunk === undefined) {
      this.#flushing = false
      return
    }
    this.#busy = this.#writing = true
    write(this.#descriptor, chunk, (error, written) => {
      this.#writing = false
      if (error) {
        setTimeout(() => this.#again(), error.code === 'EAGAIN' ? STALLED_MS : FAILED_MS).unref()
        return
      }
      this.#wrote(written)
      this.#again()
    })
  }

  #again(): void {
    this.#busy = false
    if (this.#flushing || this.#current !== undefined || this.#kept >= this.#gatheredBytes) this.#write()
  }

  #next(): Buffer | undefined {
    const chunk = this.#current === undefined ? this.#chunks.shift() : undefined
    if (chunk !== undefined) this.#current = Buffer.from(chunk.text)
    return this.#current
  }

  #wrote(bytes: number): void {
    this.#kept -= bytes
    const rest = this.#current?.subarray(bytes)
    this.#current = rest?.length === 0 ? undefined : rest
    if (this.#kept > 0 || this.dropped === this.#told) return
    const dropped = this.dropped - this.#told
    this.#told = this.dropped
    this.onRecovered(dropped)
  }

  /** Writes what is left, unless that fails or the reader stalls for too long. */
  #writeAtEnd(): void {
    const deadline = performance.now() + PATIENCE_AT_END_MS
    const pause = new Int32Array(new SharedArrayBuffer(4))
    if (this.#writing) this.#current = undefined // the thread that writes it is waited for
    let chunk: Buffer | undefined
    while ((chunk = this.#next()) !== undefined && performance.now() < deadline) {
      try {
        this.#wrote(writeSync(this.#descriptor, chunk))
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) return
        Atomics.wait(pause, 0, 0, STALLED_MS)
      }
    }
  }
}
