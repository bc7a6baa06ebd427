import ICAL from 'ical.js'
import { mailtoFor } from './addresses.ts'
import { parameterFor, textFor, uriFor } from './text.ts'

const PRODUCT = '-//Panelist//Panelist//EN'

export interface Person {
  readonly name: string
  /** One mail address. */
  readonly address: string
}

/** A calendar with nothing in it yet. */
export function calendarOf(method: 'REQUEST' | 'CANCEL' | 'PUBLISH'): ICAL.Component {
  const calendar = new ICAL.Component('vcalendar')
  calendar.addPropertyWithValue('prodid', PRODUCT)
  calendar.addPropertyWithValue('version', '2.0')
  calendar.addPropertyWithValue('calscale', 'GREGORIAN')
  calendar.addPropertyWithValue('method', method)
  return calendar
}

/** The text of a calendar, in lines that end in CRLF and have at most 75 octets. */
export function written(calendar: ICAL.Component): string {
  return `${calendar.toString()}\r\n`
}

/** Declares the property as text, as ical.js escapes nothing in properties that it does not know. */
export function addText(component: ICAL.Component, name: string, text: string | null): void {
  if (text === null || text === '') return
  const property = new ICAL.Property(name)
  property.resetType('text')
  property.setValue(textFor(text))
  component.addProperty(property)
}

export function addUri(component: ICAL.Component, name: string, uri: string | null): void {
  if (uri !== null && uri !== '') component.addPropertyWithValue(name, uriFor(uri))
}

/** Adds an instant in UTC, to the second. */
export function addInstant(component: ICAL.Component, name: string, at: number): void {
  component.addPropertyWithValue(name, instantOf(at))
}

export function addPerson(
  component: ICAL.Component,
  name: 'organizer' | 'attendee',
  person: Person,
  parameters: Readonly<Record<string, string>> = {},
): void {
  const property = component.addPropertyWithValue(name, mailtoFor(person.address))
  const cn = parameterFor(person.name)
  if (cn !== '') property.setParameter('cn', cn)
  for (const [parameter, value] of Object.entries(parameters)) property.setParameter(parameter, value)
}

export function instantOf(at: number): ICAL.Time {
  return ICAL.Time.fromJSDate(new Date(at), true)
}
