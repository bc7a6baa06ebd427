// The entry of each of several processes behind one port. It is started by the first one, told its settings, and ends
// when that one says so or is gone. The signals of a terminal or a supervisor may reach both: they end it only once.
import cluster, { type Worker } from 'node:cluster'
import closeWithGrace from 'close-with-grace'
import type { Config } from '../plugins/config.ts'
import { createWorkerLogger } from '../plugins/logging.ts'
import { OtherProcesses } from './other-processes.ts'
import { startInstance } from './instance.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { END_MS } from './times.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

class InstanceProcess {
  readonly #self: Worker
  #others: OtherProcesses | undefined
  #close: (() => void) | undefined
  #ending = false

  constructor(self: Worker) {
    this.#self = self
    self.on('message', (message: ToWorker) => this.#heard(message))
    self.on('disconnect', () => {
      self.exitedAfterDisconnect = true // otherwise Node.js would end this process in the middle of its requests
      if (!this.#close) process.exit(1) // it cannot listen any more
      this.#others?.end()
      this.#end()
    })
    for (const signal of SIGNALS) process.on(signal, () => this.#end())
    this.#say({ type: 'ready' })
  }

  #heard(message: ToWorker): void {
    if (message.type === 'start') void this.#start(message.config)
    else if (message.type === 'answer') this.#others?.answered(message.id, message.answer)
    else if (message.type === 'report') void this.#others?.report(message.id)
    else if (this.#others) this.#end()
    else process.exit(0) // it has not been asked to start
  }

  async #start(config: Config): Promise<void> {
    const logger = await createWorkerLogger(config)
    const others = new OtherProcesses(config.WORKERS, message => this.#say(message))
    this.#others = others
    try {
      const instance = await startInstance(config, logger, others)
      const { close } = closeWithGrace({ delay: END_MS, logger, skip: [...SIGNALS] }, async ({ err }) => {
        if (err) logger.error({ err }, 'closing after an error')
        await instance.end()
      })
      this.#close = close
      if (this.#ending) this.#close()
      else this.#say({ type: 'listening' })
    } catch (error) {
      this.#say({ type: 'refused', reason: error instanceof Error ? error.message : String(error) }, () =>
        process.exit(1),
      )
    }
  }

  /** Once it has started, if it has not yet. */
  #end(): void {
    if (this.#ending) return
    this.#ending = true
    this.#close?.()
  }

  #say(message: FromWorker, said: () => void = () => undefined): void {
    if (this.#self.isConnected()) this.#self.send(message, said)
    else said()
  }
}

if (!cluster.worker) throw new Error('This is started by server.ts, when WORKERS is more than 1')
new InstanceProcess(cluster.worker)
