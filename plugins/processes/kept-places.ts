/** Places as one process keeps them, for itself or for several. */
export class KeptPlaces {
  /** How many places of each key each process has taken. */
  readonly #taken = new Map<string, Map<number, number>>()

  /** Takes one of so many places, unless all are taken. */
  enter(key: string, places: number, process: number): boolean {
    const taken = this.#taken.get(key) ?? new Map<number, number>()
    let sum = 0
    for (const count of taken.values()) sum += count
    if (sum >= places) return false
    this.#taken.set(key, taken.set(process, (taken.get(process) ?? 0) + 1))
    return true
  }

  leave(key: string, process: number): void {
    const taken = this.#taken.get(key)
    const count = taken?.get(process)
    if (taken === undefined || count === undefined) return
    if (count > 1) taken.set(process, count - 1)
    else taken.delete(process)
    if (taken.size === 0) this.#taken.delete(key)
  }

  /** The process is no more, and what it had taken is free. */
  forget(process: number): void {
    for (const [key, taken] of this.#taken) if (taken.delete(process) && taken.size === 0) this.#taken.delete(key)
  }
}
