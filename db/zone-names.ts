import { IANA_ALIAS_MAP } from 'windows-iana'

const MOST_NAMES_KEPT = 1000
/** By the names as somebody wrote them; asking the runtime is slow. */
const kept = new Map<string, string>()
let spellings: ReadonlyMap<string, string> | undefined

/**
 * The name of a time zone as IANA spells it, whatever its case; undefined for what is none, as a bare offset like
 * `+02:00`. Of several names of one zone each stays what it is: Asia/Calcutta does not become Asia/Kolkata.
 */
export function zoneName(written: string): string | undefined {
  const known = kept.get(written)
  if (known !== undefined) return known
  if (!isZone(written)) return undefined
  spellings ??= knownSpellings()
  const name = spellings.get(written.toLowerCase()) ?? spelled(written)
  if (kept.size < MOST_NAMES_KEPT) kept.set(written, name)
  return name
}

function isZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).format() !== ''
  } catch {
    return false
  }
}

function knownSpellings(): ReadonlyMap<string, string> {
  const names = [...IANA_ALIAS_MAP.flatMap(({ alias }) => alias), ...Intl.supportedValuesOf('timeZone')]
  return new Map(names.map(name => [name.toLowerCase(), name]))
}

/** By the rule that the names in no list follow: abbreviations in capitals, places with a capital for each word. */
function spelled(name: string): string {
  if (!name.includes('/')) return name.toUpperCase()
  return name.toLowerCase().replaceAll(/(?<![a-z])[a-z]/g, letter => letter.toUpperCase())
}
