import { replyFrom, type Reply } from '../../../domain/icalendar/replies.ts'
import { UnreadableCalendar } from '../../../domain/icalendar/unreadable.ts'

export type Read = { readonly reply: Reply } | { readonly problem: string }

/** The reply in a text, or a sentence on why there is none: a task for a thread. */
export function run(text: string): Read {
  try {
    return { reply: replyFrom(text) }
  } catch (error) {
    if (error instanceof UnreadableCalendar) return { problem: error.reason }
    throw error
  }
}
