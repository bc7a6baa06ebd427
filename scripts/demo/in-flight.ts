/** Units of work under way at a time: enough for a commit to be shared by many. */
const IN_FLIGHT = 200

/** Works on all items, on many at a time, each begun in their order. */
export async function inFlight<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values()
  const worker = async () => {
    for (const item of waiting) await work(item)
  }
  await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, items.length) }, worker))
}
