import { LRUCache } from 'lru-cache'

/** What an entry takes besides its bytes and its key: objects, headers, its place in the list. */
const OVERHEAD_BYTES = 400
/** No one answer may push out more than this share of the others. */
const LARGEST_SHARE = 8

/** An answer, ready to be sent. */
export interface ReadyAnswer {
  /** Its JSON. */
  readonly body: string
  readonly contentType: string
  readonly etag: string | undefined
  /** The tables it was read from. */
  readonly tables: readonly string[]
  /** How often they had changed when that was begun. */
  readonly at: number
  /** In ms since 1970. */
  readonly expiresAt: number
}

/** The cache itself has failed: a slow answer, never a wrong one. No client ever sees it. */
export class CacheError extends Error {
  override readonly name = 'CacheError'
  readonly key: string

  constructor(key: string, cause: unknown) {
    super('the cache failed', { cause })
    this.key = key
  }
}

/**
 * Answers by key, bounded by bytes; the least recently used goes first. One is given only while none of its tables has
 * changed since it was read. Methods throw a CacheError when the store fails.
 */
export class AnswerStore {
  readonly #answers: LRUCache<string, ReadyAnswer>
  readonly #countOf: (tables: readonly string[]) => number
  hits = 0
  misses = 0

  constructor(maxBytes: number, countOf: (tables: readonly string[]) => number) {
    this.#countOf = countOf
    this.#answers = new LRUCache({
      maxSize: Math.max(1, maxBytes), // with 0 there would be no bound at all
      maxEntrySize: Math.max(1, Math.floor(maxBytes / LARGEST_SHARE)),
      sizeCalculation: ({ body }, key) => Buffer.byteLength(body) + key.length + OVERHEAD_BYTES,
    })
  }

  /** The answer, when there is one and it is still true at this count of changes of its tables. */
  get(key: string, at: number): ReadyAnswer | undefined {
    return guarded(key, () => {
      const answer = this.#answers.get(key)
      if (answer && isTrue(answer, at)) {
        this.hits += 1
        return answer
      }
      this.misses += 1
      if (answer) this.#answers.delete(key)
      return undefined
    })
  }

  set(key: string, answer: ReadyAnswer): void {
    guarded(key, () => this.#answers.set(key, answer))
  }

  clear(): void {
    guarded('', () => this.#answers.clear())
  }

  /** How many answers there are that are still true, and how many bytes they take. The others are dropped first. */
  size(): { readonly entries: number; readonly bytes: number } {
    return guarded('', () => {
      for (const [key, answer] of this.#answers.entries()) {
        if (!isTrue(answer, this.#countOf(answer.tables))) this.#answers.delete(key)
      }
      return { entries: this.#answers.size, bytes: this.#answers.calculatedSize }
    })
  }
}

function isTrue({ at, expiresAt }: ReadyAnswer, now: number): boolean {
  return at === now && expiresAt > Date.now()
}

function guarded<Result>(key: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw new CacheError(key, error)
  }
}
