import { expect, it } from 'vitest'
import { aside } from '../../plugins/aside.ts'
import { concurrencyLimit } from '../../plugins/concurrency-limit.ts'
import { eventually } from '../support/eventually.ts'

const endless = aside<SharedArrayBuffer, never>(import.meta.url, '../support/aside-tasks/endless')
const echo = aside<string, string>(import.meta.url, '../support/aside-tasks/echo')

it('F03 work on a thread leaves the loop free, and ends with its signal', async () => {
  const begun = new SharedArrayBuffer(4)
  const client = new AbortController()
  const working = endless(begun, { signal: client.signal })
  await eventually(() => expect(Atomics.load(new Int32Array(begun), 0)).toBe(1)) // only a loop that turns comes here
  client.abort(new Error('the client has left'))
  await expect(working).rejects.toThrow('the client has left')
  expect(await Promise.all(['one', 'other', 'third'].map(input => echo(input)))).toEqual(['one', 'other', 'third'])
})

it('F03 a task that throws rejects with its error, and the next one runs', async () => {
  await expect(echo('fail')).rejects.toThrow('as it was told')
  expect(await echo('well')).toBe('well')
})

it('F05 of one person one piece of work at a time, others pass by, whoever leaves the line is out of it', async () => {
  const limited = concurrencyLimit({ of: 'searches are running', atOnce: 2, waiting: 2 })
  const order: string[] = []
  const open: (() => void)[] = []
  const work = (name: string) => () => {
    order.push(name)
    return new Promise<void>(resolve => open.push(resolve))
  }
  const client = new AbortController()
  const first = limited(work('ada 1'), { key: 'ada' })
  const second = limited(work('ada 2'), { key: 'ada' })
  const third = limited(work('bob 1'), { key: 'bob' })
  const left = limited(work('never'), { key: 'bob', signal: client.signal })
  await expect(limited(work('too many'), { key: 'eve' })).rejects.toMatchObject({ statusCode: 503 })
  client.abort(new Error('left'))
  await expect(left).rejects.toThrow('left')
  expect(order).toEqual(['ada 1', 'bob 1'])
  open[1]?.()
  await third
  open[0]?.()
  await first
  await eventually(() => expect(order).toEqual(['ada 1', 'bob 1', 'ada 2']))
  open[2]?.()
  await second
})
