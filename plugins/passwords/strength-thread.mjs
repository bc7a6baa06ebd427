// Plain JavaScript: a thread starts without the loader that reads TypeScript.
import { parentPort } from 'node:worker_threads'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import * as common from '@zxcvbn-ts/language-common'
import * as english from '@zxcvbn-ts/language-en'

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary },
  graphs: common.adjacencyGraphs,
  translations: english.translations,
  // Both bound the time: what follows 64 characters can only make a password harder to guess.
  maxLength: 64,
  l33tMaxSubstitutions: 64,
})

parentPort.on('message', ({ password, words }) => {
  const { score, feedback } = zxcvbn.check(password, words)
  parentPort.postMessage({ score, warning: feedback.warning ?? null, suggestions: feedback.suggestions })
})
