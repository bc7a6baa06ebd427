import { busyTimes, UnreadableCalendar, type Owner } from '../../domain/icalendar/reading.ts'

export interface Question extends Owner {
  readonly text: string
}
/** Pairs of instants as JSON, which are copied at once, or a sentence on why the calendar cannot be read. */
export type Found = { readonly busy: string } | { readonly problem: string }

/** When a calendar says that its owner is busy: a task for a thread. */
export function run({ text, ...owner }: Question): Found {
  try {
    const pairs = busyTimes(text, owner).map(({ start, end }) => [instant(start), instant(end)])
    return { busy: JSON.stringify(pairs) }
  } catch (error) {
    if (error instanceof UnreadableCalendar) return { problem: error.reason }
    throw error
  }
}

function instant(at: number): string {
  return new Date(at).toISOString()
}
