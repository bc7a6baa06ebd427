/** Work waits in it for its turn: of each owner one piece is done at a time, and a few of all of them. */
export class Line {
  readonly #places: number
  readonly #busy = new Set<string>()
  #waiting: { readonly owner: string; readonly begin: () => void }[] = []

  constructor(places: number) {
    this.#places = places
  }

  /** Does a piece of work when its turn has come, and returns what it returned. */
  async run<Result>(owner: string, work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>(begin => {
      this.#waiting.push({ owner, begin })
      this.#next()
    })
    try {
      return await work()
    } finally {
      this.#busy.delete(owner)
      this.#next()
    }
  }

  /** Begins with the first whose owner has nothing under way. */
  #next(): void {
    if (this.#busy.size >= this.#places) return
    const first = this.#waiting.find(({ owner }) => !this.#busy.has(owner))
    if (!first) return
    this.#waiting = this.#waiting.filter(one => one !== first)
    this.#busy.add(first.owner)
    first.begin()
  }
}
