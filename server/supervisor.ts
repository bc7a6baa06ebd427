import cluster, { type Worker } from 'node:cluster'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import type { Config } from '../plugins/config.ts'
import { KeptPlaces } from '../plugins/processes/kept-places.ts'
import { KeptLimits } from '../plugins/rate-limit/kept-limits.ts'
import type { Answer, FromWorker, Question, ToWorker } from './messages.ts'
import { cutWhatItCannotTake } from './passed-connections.ts'
import { Reports } from './reports.ts'

const MOST_DEATHS = 5
const DEATHS_WINDOW_MS = 60_000
/** The pause before the second one is replaced; it doubles each time. The first is replaced at once. */
const BACK_OFF_MS = 100

interface Options {
  readonly config: Config
  readonly logger: Logger
  /** Called once, when workers end as often as they are started. */
  readonly onFailure: (error: Error) => void
}

/** Starts the workers, starts another for each that dies, and ends them. */
export class Supervisor {
  readonly #options: Options
  readonly #workers = new Set<Worker>()
  readonly #listening = new Set<Worker>()
  readonly #limits = new KeptLimits()
  readonly #places = new KeptPlaces()
  readonly #reports = new Reports()
  #deaths: number[] = []
  #ending = false
  #endedBadly = false

  constructor(options: Options) {
    this.#options = options
  }

  /** Resolves with the address once all of them listen there. Rejects with what the first said who cannot. */
  async start(): Promise<AddressInfo | null> {
    let address: AddressInfo | null = null
    cluster.once('listening', (_worker, { address: host, port, addressType }) => {
      address = { address: host, port, family: addressType === 6 ? 'IPv6' : 'IPv4' }
    })
    try {
      await Promise.all(Array.from({ length: this.#options.config.WORKERS }, () => this.#startOne()))
      return address
    } catch (error) {
      await this.end().catch(() => undefined) // that is no news
      throw error
    }
  }

  /** Lets each finish its requests; resolves when all have ended. Throws when one has not ended in order. */
  async end(): Promise<void> {
    this.#ending = true
    const ends = [...this.#workers].map(async worker => {
      tell(worker, { type: 'end' })
      await once(worker, 'exit')
    })
    await Promise.all(ends)
    if (this.#endedBadly) throw new Error('a worker has not ended in order')
  }

  /** Ends them at once, whatever they are doing. */
  kill(): void {
    for (const { process } of this.#workers) process.kill('SIGKILL')
  }

  async #startOne(): Promise<void> {
    const worker = cluster.fork()
    cutWhatItCannotTake(worker.process)
    this.#workers.add(worker)
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'refused') reject(new Error(message.reason))
        if (message.type === 'listening') {
          this.#listening.add(worker)
          resolve()
        }
        this.#answer(worker, message)
      })
      worker.once('exit', (code, signal) => {
        const listened = this.#listening.has(worker)
        this.#forget(worker)
        reject(new Error(`a worker has ended with ${signal || code} before it listened`))
        if (this.#ending) this.#endedBadly ||= code !== 0
        else if (listened) this.#replace({ worker: worker.process.pid, code, signal })
      })
    })
  }

  #forget(worker: Worker): void {
    this.#workers.delete(worker)
    this.#listening.delete(worker)
    this.#places.forget(worker.id)
  }

  #answer(worker: Worker, message: FromWorker): void {
    if (!this.#workers.has(worker)) return // its last words came after its end, and nobody would give back what they take
    // One that was still loading when all were asked to end has not heard it.
    if (message.type === 'ready')
      tell(worker, this.#ending ? { type: 'end' } : { type: 'start', config: this.#options.config })
    if (message.type === 'leave') this.#places.leave(message.key, worker.id)
    if (message.type === 'reported') this.#reports.arrived(message.id, message.report)
    if (message.type !== 'ask') return
    const { id } = message
    const answer = this.#answerTo(message, worker)
    if (answer instanceof Promise) void answer.then(late => tell(worker, { type: 'answer', id, answer: late }))
    else tell(worker, { type: 'answer', id, answer })
  }

  #answerTo(question: Question, asker: Worker): Answer | Promise<Answer> {
    if (question.what === 'take') return this.#limits.take(question.ask)
    if (question.what === 'enter') return this.#places.enter(question.key, question.places, asker.id)
    return this.#reports
      .from(this.#listening, (worker, id) => tell(worker, { type: 'report', id }))
      .then(reports => ({ reports }))
  }

  /** Replaces at once, and later when that happens again and again; after too many in a minute there is no point in it. */
  #replace(died: object): void {
    const { logger, onFailure } = this.#options
    const now = performance.now()
    this.#deaths = [...this.#deaths.filter(at => at > now - DEATHS_WINDOW_MS), now]
    const deaths = this.#deaths.length
    if (deaths >= MOST_DEATHS) {
      onFailure(new Error(`${MOST_DEATHS} workers have ended within a minute`))
      return
    }
    logger.error(died, 'a worker has ended; another takes its place')
    const startAnother = () => {
      if (this.#ending) return
      this.#startOne().catch((error: unknown) => {
        if (!this.#ending) this.#replace({ err: error })
      })
    }
    setTimeout(startAnother, deaths === 1 ? 0 : BACK_OFF_MS * 2 ** (deaths - 2))
  }
}

/** Who is gone meanwhile needs no telling. */
function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => undefined)
}
