/** A process that has not reported by then is left out. */
const PATIENCE_MS = 2_000

/** Collects what all workers report for one of them that has asked. */
export class Reports {
  readonly #expected = new Map<number, (report: object) => void>()
  #asked = 0

  /** `ask` gets the number a worker has to give with its report. Resolves with those that came in time. */
  async from<Who>(workers: Iterable<Who>, ask: (worker: Who, id: number) => void): Promise<object[]> {
    const reports = [...workers].map(async worker => {
      const id = (this.#asked += 1)
      const report = await this.#report(id, () => ask(worker, id))
      this.#expected.delete(id)
      return report ?? []
    })
    return (await Promise.all(reports)).flat()
  }

  arrived(id: number, report: object): void {
    this.#expected.get(id)?.(report)
  }

  #report(id: number, ask: () => void): Promise<[object] | undefined> {
    return new Promise(resolve => {
      const late = setTimeout(() => resolve(undefined), PATIENCE_MS)
      this.#expected.set(id, report => {
        clearTimeout(late)
        resolve([report])
      })
      ask()
    })
  }
}
