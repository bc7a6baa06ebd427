import { Type } from '@sinclair/typebox'

/** A run of letters and digits, with the marks that are not yet one with their letter. */
const WORD = /[\p{L}\p{Nd}][\p{L}\p{Nd}\u0300-\u036f]*/gu

/** The `q` of a list whose words are searched in these fields. */
export const Search = (fields: string) =>
  Type.Optional(
    Type.String({
      maxLength: 200,
      description:
        `Words of ${fields}, or their beginnings, in any order; without regard to case, accents and punctuation. ` +
        'The best match comes first, unless there is a sort. A text without letters and digits matches nothing',
      examples: ['ada love'],
    }),
  )

/**
 * The words of what somebody typed; undefined when nothing was. Any text is a search: what is neither a letter nor a
 * digit only parts words, and a text without any word has none, which matches nothing.
 */
export function wordsOf(typed = ''): string[] | undefined {
  if (typed.trim() === '') return undefined
  return [...new Set(typed.normalize('NFC').match(WORD) ?? [])]
}
