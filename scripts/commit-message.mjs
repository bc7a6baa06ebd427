// Checks the message git is about to record (called by .husky/commit-msg with the file it stands in).
// The rule is Conventional Commits 1.0.0 for the subject, in at most 72 characters.
import { readFileSync } from 'node:fs'

const MAX_LENGTH = 72
const TYPES = ['feat', 'fix', 'perf', 'refactor', 'docs', 'test', 'build', 'ci', 'chore', 'style', 'revert']
const SUBJECT = new RegExp(`^(${TYPES.join('|')})(\\([a-z0-9][a-z0-9/-]*\\))?!?: \\S`)
const WRITTEN_BY_GIT = /^(Merge |Revert "|fixup! |squash! |amend! )/

const lines = readFileSync(process.argv[2], 'utf8').split(/\r?\n/)
const subject = lines.find(line => line.trim() !== '' && !line.startsWith('#')) ?? ''
const mistakes = []
if (!SUBJECT.test(subject)) mistakes.push(`begin with one of ${TYPES.join(', ')}, as in "fix(events): keep the buffer"`)
if ([...subject].length > MAX_LENGTH)
  mistakes.push(`be at most ${MAX_LENGTH} characters (it is ${[...subject].length})`)

if (mistakes.length > 0 && !WRITTEN_BY_GIT.test(subject)) {
  console.error(`The subject of the commit must ${mistakes.join(', and ')}:\n\n    ${subject}\n`)
  process.exitCode = 1
}
