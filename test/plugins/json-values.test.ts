// A body of JSON that is made of nothing but values is refused before it is read.
import { describe, expect, it } from 'vitest'
import { hasTooManyValues, MOST_VALUES } from '../../plugins/http/json-values.ts'
import { refusal } from '../support/answers.ts'
import { testApp } from '../support/app.ts'

const tooMany = (text: string) => hasTooManyValues(Buffer.from(text))

describe('the values of a body', () => {
  it.each([
    ['lists in lists', '['.repeat(MOST_VALUES + 1)],
    ['objects in objects', '{"a":'.repeat(MOST_VALUES + 1)],
    ['a list', `[${'0,'.repeat(MOST_VALUES)}0]`],
    ['after a text with a quote', `["\\\\\\"",${'0,'.repeat(MOST_VALUES)}0]`],
  ])('are too many: %s', (_name, text) => {
    expect(tooMany(text)).toBe(true)
  })

  it.each([
    ['a list of the most', `[${'0,'.repeat(MOST_VALUES - 1)}0]`],
    ['a text of commas', `"${',[{'.repeat(MOST_VALUES)}"`],
    ['a text of commas after a quote', `"\\"${',[{'.repeat(MOST_VALUES)}"`],
    ['nothing that is JSON', '"'],
  ])('are not too many: %s', (_name, text) => {
    expect(tooMany(text)).toBe(false)
  })

  it('are counted before a body is read, whoever sends it', async () => {
    const t = await testApp()
    const headers = { 'content-type': 'application/json' }
    const payload = '['.repeat(MOST_VALUES + 1)
    const answer = await t.call({ method: 'POST', url: '/api/auth/login', payload, headers })
    const deep = `{"email":${'['.repeat(20_000)}"\\ud800"${']'.repeat(20_000)}}`
    const broken = await t.call({ method: 'POST', url: '/api/auth/login', payload: deep, headers })
    await t.close()
    expect(broken).toMatchObject(refusal(400, 'VALIDATION'))
    expect(answer).toMatchObject(refusal(400, 'VALIDATION'))
    expect(answer.body.message).toContain('25,000 values')
  })
})
