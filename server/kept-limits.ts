import { LRUCache } from 'lru-cache'
import type { Ask, Share } from '../plugins/processes.ts'

/** Further keys push the oldest out: an attacker with many addresses cannot fill the memory. */
const KEYS_KEPT = 30_000

interface Window {
  taken: number
  readonly endsAt: number
}

/** The limits that several processes share, as the first of them keeps them. */
export class KeptLimits {
  readonly #windows = new LRUCache<string, Window>({ max: KEYS_KEPT })
  /** By key, how many of its places each process has taken. */
  readonly #places = new Map<string, Map<number, number>>()

  /** Gives of a limit what was asked for, or what is left of it. A window begins with the first who asks. */
  take({ key, many, limit, windowMs }: Ask, now = Date.now()): Share {
    let window = this.#windows.get(key)
    if (!window || window.endsAt <= now) {
      window = { taken: 0, endsAt: now + windowMs }
      this.#windows.set(key, window)
    }
    const before = window.taken
    const granted = Math.max(0, Math.min(many, limit - before))
    window.taken += granted
    return { before, granted, endsAt: window.endsAt }
  }

  enter(key: string, places: number, process: number): boolean {
    const taken = this.#places.get(key) ?? new Map<number, number>()
    let sum = 0
    for (const count of taken.values()) sum += count
    if (sum >= places) return false
    this.#places.set(key, taken.set(process, (taken.get(process) ?? 0) + 1))
    return true
  }

  leave(key: string, process: number): void {
    const taken = this.#places.get(key)
    const count = taken?.get(process)
    if (taken === undefined || count === undefined) return
    if (count > 1) taken.set(process, count - 1)
    else taken.delete(process)
    if (taken.size === 0) this.#places.delete(key)
  }

  /** The process is no more, and what it had taken is free. */
  forget(process: number): void {
    for (const [key, taken] of this.#places) if (taken.delete(process) && taken.size === 0) this.#places.delete(key)
  }
}
