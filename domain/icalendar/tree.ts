import ICAL from 'ical.js'
import { isList } from '../lists/fields.ts'
import { UnreadableCalendar } from './unreadable.ts'

const MOST_BYTES = 5 * 1024 * 1024
const MOST_COMPONENTS = 20_000
const MOST_LINES = 300_000
const MOST_CHARACTERS_OF_A_LINE = 64 * 1024
/** A calendar, an event, its alarm; no standard nests deeper. */
const DEEPEST = 5
/** The most marks that may separate values and parameters. */
const MOST_MARKS = 400_000
/** For each mark of a line ical.js may look through the whole of it. */
const MOST_LOOKED_THROUGH = 500_000_000

const [COMMA, SEMICOLON] = [0x2c, 0x3b]
/** Events that are parts of something else would not be seen, and so seem free. */
const AT_THE_TOP = ['vevent', 'vfreebusy', 'vtimezone']

/** A component of a calendar, out of the jCal of ical.js (RFC 7265). Names are in lower case. */
export interface Component {
  readonly name: string
  readonly properties: readonly Property[]
  readonly components: readonly Component[]
}

export interface Property {
  readonly name: string
  readonly parameters: ReadonlyMap<string, unknown>
  /** The type, as in VALUE, in lower case. */
  readonly type: string
  readonly values: readonly unknown[]
  /** The form that ical.js takes back. */
  readonly jCal: readonly unknown[]
}

/** The calendars of a file. Throws UnreadableCalendar for what is none, or is larger than a calendar can be. */
export function calendarsIn(text: string): Component[] {
  if (text.length > MOST_BYTES || Buffer.byteLength(text) > MOST_BYTES) {
    throw new UnreadableCalendar('The calendar is larger than 5 MiB.')
  }
  const lines = linesOf(text)
  if (!/^BEGIN:VCALENDAR\s*$/i.test(lines[0] ?? '')) throw new UnreadableCalendar('This is not an iCalendar file.')
  checkSize(lines)
  checkNesting(lines)
  const parsed: unknown = ICAL.parse(lines.join('\n'))
  const roots = isList(parsed) && isList(parsed[0]) ? parsed : [parsed]
  return roots.map(componentOf)
}

/** The value of a property that there is once, as text; undefined when there is none. */
export function textOf(component: Component, name: string): string | undefined {
  const value = propertiesOf(component, name)[0]?.values[0]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** The same in upper case, for words that a standard defines. */
export function wordOf(component: Component, name: string): string | undefined {
  return textOf(component, name)?.trim().toUpperCase()
}

export function propertiesOf(component: Component, name: string): Property[] {
  return component.properties.filter(property => property.name === name)
}

/** Unfolded (RFC 5545 §3.1), without empty ones. */
function linesOf(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)
    .filter(line => line.trim() !== '')
}

function checkSize(lines: readonly string[]): void {
  if (lines.length > MOST_LINES) throw new UnreadableCalendar('The calendar has more than 300,000 lines.')
  let [marks, lookedThrough] = [0, 0]
  for (const line of lines) {
    if (line.length > MOST_CHARACTERS_OF_A_LINE) {
      throw new UnreadableCalendar('A line of the calendar is longer than 64 KiB.')
    }
    const found = marksIn(line)
    marks += found
    lookedThrough += found * line.length
  }
  if (marks > MOST_MARKS || lookedThrough > MOST_LOOKED_THROUGH) {
    throw new UnreadableCalendar('The calendar holds more values than are allowed.')
  }
}

function marksIn(line: string): number {
  let marks = 0
  for (let at = 0; at < line.length; at += 1) {
    const code = line.charCodeAt(at)
    if (code === COMMA || code === SEMICOLON) marks += 1
  }
  return marks
}

/** ical.js closes whatever is open, and leaves out what a cut file has lost. */
function checkNesting(lines: readonly string[]): void {
  const open: string[] = []
  let components = 0
  for (const line of lines) {
    const [, edge, word] = /^(BEGIN|END):(.*)$/i.exec(line) ?? []
    if (edge === undefined || word === undefined) {
      if (open.length === 0) throw new UnreadableCalendar('The calendar is broken: there is text outside it.')
      continue
    }
    const name = word.trim().toLowerCase()
    if (edge.toUpperCase() === 'END') {
      if (open.pop() !== name) throw new UnreadableCalendar(`The calendar is broken: END:${shown(word)} has no BEGIN.`)
      continue
    }
    components += 1
    if (components > MOST_COMPONENTS) throw new UnreadableCalendar('The calendar has more than 20,000 components.')
    open.push(name)
    checkPlace(open)
  }
  const cut = open.at(-1)
  if (cut !== undefined) throw new UnreadableCalendar(`The calendar is cut off: ${shown(cut)} has no end.`)
}

function checkPlace(open: readonly string[]): void {
  if (open.length > DEEPEST) throw new UnreadableCalendar('The components of the calendar are nested too deeply.')
  const name = open.at(-1) ?? ''
  const [here, wanted] = [open.length, name === 'vcalendar' ? 1 : AT_THE_TOP.includes(name) ? 2 : undefined]
  const isLost = wanted === undefined ? here === 1 : here !== wanted
  if (isLost)
    throw new UnreadableCalendar(`The calendar is broken: ${shown(name)} is in a place where it is not allowed.`)
}

/** What somebody else wrote, short enough for a sentence. */
export function shown(text: string): string {
  const plain = text.replace(/\p{C}/gu, ' ').trim()
  return plain.length > 60 ? `${plain.slice(0, 60)}…` : plain
}

function componentOf(jCal: unknown): Component {
  const [name, properties, components] = isList(jCal) ? jCal : []
  if (typeof name !== 'string' || !isList(properties) || !isList(components)) {
    throw new TypeError('ical.js gave something that is no component')
  }
  return { name, properties: properties.map(propertyOf), components: components.map(componentOf) }
}

function propertyOf(jCal: unknown): Property {
  const [name, parameters, type, ...values] = isList(jCal) ? jCal : []
  if (typeof name !== 'string' || typeof parameters !== 'object' || parameters === null || !isList(jCal)) {
    throw new TypeError('ical.js gave something that is no property')
  }
  const named = new Map<string, unknown>(Object.entries(parameters))
  return { name, parameters: named, type: typeof type === 'string' ? type : '', values, jCal }
}
