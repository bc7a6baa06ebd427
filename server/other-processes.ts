import type { Ask, Processes, Share } from '../plugins/processes.ts'
import type { Answer, FromWorker, Question } from './messages.ts'

interface Waiting {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

/** The processes behind one port, as a worker knows them: by what it asks the first process. */
export class OtherProcesses implements Processes {
  readonly count: number
  readonly #send: (message: FromWorker) => void
  readonly #waiting = new Map<number, Waiting>()
  #answer: () => Promise<object> = async () => ({})
  #asked = 0
  #alone = false

  constructor(count: number, send: (message: FromWorker) => void) {
    this.count = count
    this.#send = send
  }

  async take(ask: Ask): Promise<Share> {
    const share = await this.#ask({ what: 'take', ask })
    if (typeof share !== 'object' || !('granted' in share)) throw new Error('this is no share of a limit')
    return share
  }

  async enter(key: string, places: number): Promise<boolean> {
    return (await this.#ask({ what: 'enter', key, places })) === true
  }

  leave(key: string): void {
    if (!this.#alone) this.#send({ type: 'leave', key })
  }

  onAsked(answer: () => Promise<object>): void {
    this.#answer = answer
  }

  async askAll(): Promise<object[]> {
    const answer = await this.#ask({ what: 'reports' })
    return typeof answer === 'object' && 'reports' in answer ? answer.reports : []
  }

  /** The first process has answered a question. */
  answered(id: number, answer: Answer): void {
    this.#waiting.get(id)?.resolve(answer)
    this.#waiting.delete(id)
  }

  /** The first process asks, for one of them that asks all. */
  async report(id: number): Promise<void> {
    this.#send({ type: 'reported', id, report: await this.#answer() })
  }

  /** There is nobody to ask any more. */
  end(): void {
    this.#alone = true
    for (const { reject } of this.#waiting.values()) reject(new Error('the first process has ended'))
    this.#waiting.clear()
  }

  #ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#alone) {
        reject(new Error('the first process has ended'))
        return
      }
      const id = (this.#asked += 1)
      this.#waiting.set(id, { resolve, reject })
      this.#send({ type: 'ask', id, ...question })
    })
  }
}
