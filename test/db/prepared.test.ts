import { expect, it } from 'vitest'
import { keptStatements } from '../../db/prepared.ts'
import { numbering } from '../../db/postgres/parameters.ts'

it('F06 long texts make room for each other by their length', () => {
  const kept = keptStatements<object>()
  for (let n = 0; n < 400; n += 1) kept.set(`${n}`.padEnd(20_480), {})
  expect(kept.size).toBeLessThan(60)
  kept.set('x'.repeat(2 * 1024 * 1024), {})
  expect(kept.has('x'.repeat(2 * 1024 * 1024))).toBe(false)
})

it('F06 PostgreSQL is told to keep no more than a megabyte of texts', () => {
  const numberedOf = numbering()
  const texts = Array.from({ length: 400 }, (_, n) => `SELECT ${n}`.padEnd(20_480))
  const named = texts.filter(text => numberedOf(text).name !== undefined)
  expect(named.length).toBeGreaterThan(10)
  expect(named.length).toBeLessThan(60)
  expect(numberedOf(texts[0] ?? '').name).toBe('panelist_0')
})
