import { lineOf } from '../../plugins/validation/texts.ts'
import { addressIn } from './addresses.ts'
import { responseIn, type Response } from './responses.ts'
import { calendarsIn, propertiesOf, shown, textOf, wordOf, type Component, type Property } from './tree.ts'
import { reading, UnreadableCalendar } from './unreadable.ts'
import { wallOf } from './wall-times.ts'

export { UnreadableCalendar } from './unreadable.ts'

/** An answer to an invitation. */
export interface Reply {
  /** The UID of the event: `<event id>@<host>`. */
  readonly uid: string
  /** The SEQUENCE of the invitation that is answered. */
  readonly sequence: number
  /** The time of the answer, in ms since 1970. */
  readonly dtstamp: number
  /** The address of the person who answers, for comparing. */
  readonly attendee: string
  readonly response: Response
  readonly comment?: string
}

/** Reads the iTIP REPLY (RFC 5546 §3.2.3) of one attendee. Throws UnreadableCalendar for anything else. */
export function replyFrom(text: string): Reply {
  return reading(() => {
    const [calendar, another] = calendarsIn(text)
    if (!calendar || another || wordOf(calendar, 'method') !== 'REPLY') {
      throw new UnreadableCalendar('This is not a reply to an invitation, which has METHOD:REPLY.')
    }
    const event = onlyOne(calendar.components, ({ name }) => name === 'vevent', 'event')
    const attendee = onlyOne(event.properties, ({ name }) => name === 'attendee', 'attendee')
    const comment = lineOf(textOf(event, 'comment') ?? '')
    return {
      uid: wanted(event, 'uid'),
      sequence: sequenceOf(event),
      dtstamp: wallOf(wanted(event, 'dtstamp')).wall,
      attendee: addressOf(attendee),
      response: responseOf(attendee),
      ...(comment === '' ? {} : { comment }),
    }
  })
}

function onlyOne<Part>(parts: readonly Part[], isWanted: (part: Part) => boolean, name: string): Part {
  const [first, second] = parts.filter(isWanted)
  if (!first || second) throw new UnreadableCalendar(`A reply needs exactly one ${name}.`)
  return first
}

function wanted(event: Component, name: 'uid' | 'dtstamp'): string {
  const value = textOf(event, name)
  if (value === undefined || value === '') throw new UnreadableCalendar(`The reply has no ${name.toUpperCase()}.`)
  return value
}

/** An invitation without SEQUENCE has 0 (RFC 5545 §3.8.7.4). */
function sequenceOf(event: Component): number {
  const [property] = propertiesOf(event, 'sequence')
  const sequence = property?.values[0] ?? 0
  if (typeof sequence !== 'number' || !Number.isSafeInteger(sequence) || sequence < 0) {
    throw new UnreadableCalendar('The SEQUENCE of the reply is not a number.')
  }
  return sequence
}

function addressOf({ values }: Property): string {
  const [uri] = values
  const address = typeof uri === 'string' ? addressIn(uri) : undefined
  if (address === undefined) throw new UnreadableCalendar('The attendee of the reply has no mail address.')
  return address
}

function responseOf({ parameters }: Property): Response {
  const partstat = parameters.get('partstat') ?? 'NEEDS-ACTION'
  const word = typeof partstat === 'string' ? partstat : ''
  const response = responseIn(word)
  if (!response) throw new UnreadableCalendar(`“${shown(word)}” is not an answer to an invitation.`)
  return response
}
