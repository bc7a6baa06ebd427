import { LRUCache } from 'lru-cache'
import type { Ask, Share } from '../processes.ts'

/** Further keys push the oldest out: an attacker with many addresses cannot fill the memory. */
const KEYS_KEPT = 30_000

interface Window {
  taken: number
  /** By the clock of this process that never jumps. */
  readonly endsAt: number
}

/** The limits of a process that is alone, or those that several share, as the first of them keeps them. */
export class KeptLimits {
  readonly #windows = new LRUCache<string, Window>({ max: KEYS_KEPT })

  /** Gives of a limit what was asked for, or what is left of it. A window begins with the first who asks. */
  take({ key, many, limit, windowMs }: Ask, now = performance.now()): Share {
    let window = this.#windows.get(key)
    if (!window || window.endsAt <= now) {
      window = { taken: 0, endsAt: now + windowMs }
      this.#windows.set(key, window)
    }
    const before = window.taken
    const granted = Math.max(0, Math.min(many, limit - before))
    window.taken += granted
    return { before, granted, leftMs: window.endsAt - now }
  }
}
