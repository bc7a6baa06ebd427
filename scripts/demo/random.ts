/** Draws the next number in [0, 1). */
export type Random = () => number

/** The same draws for the same text, on every machine: mulberry32 on the FNV-1a hash of the text. */
export function randomOf(text: string): Random {
  let state = hashOf(text)
  // mulberry32 by Tommy Ettinger, public domain: gist.github.com/tommyettinger/46a874533244883189143505d203312c
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A whole number from `least` to `most`, both included. */
export function whole(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1))
}

/** One of a list that is not empty. */
export function pick<First, Others>(random: Random, items: readonly [First, ...Others[]]): First | Others {
  return items[Math.floor(random() * items.length)] ?? items[0]
}

/** So many of a list, in an order of their own; all of them when there are fewer. */
export function some<Item>(random: Random, items: readonly Item[], count: number): Item[] {
  const left = [...items]
  const taken: Item[] = []
  while (taken.length < count && left.length > 0) taken.push(...left.splice(Math.floor(random() * left.length), 1))
  return taken
}

/** 1 to `count`. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

/** FNV-1a, 32 bit (draft-eastlake-fnv). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash
}
