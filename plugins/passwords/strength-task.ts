import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import * as common from '@zxcvbn-ts/language-common'
import * as english from '@zxcvbn-ts/language-en'

export interface Guess {
  readonly password: string
  readonly words: readonly string[]
}

export interface Strength {
  /** 0 to 4; from 3 on a password is not guessed in 10^8 attempts. */
  readonly score: number
  readonly warning: string | null
  readonly suggestions: readonly string[]
}

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary },
  graphs: common.adjacencyGraphs,
  translations: english.translations,
  // Both bound the time: what follows 64 characters can only make a password harder to guess.
  maxLength: 64,
  l33tMaxSubstitutions: 64,
})

/** How hard a password is to guess: a task for a thread. */
export function run({ password, words }: Guess): Strength {
  const { score, feedback } = zxcvbn.check(password, [...words])
  return { score, warning: feedback.warning ?? null, suggestions: feedback.suggestions }
}
