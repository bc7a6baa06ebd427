/** What the benchmark finds. */

export interface Bar {
  readonly at: 'least' | 'most'
  readonly value: number
}

export interface Figure {
  readonly name: string
  readonly value: number
  /** Processor time of the server for each request. */
  readonly cpuMicroseconds?: number | undefined
}

/** One line of the table: a figure of Panelist, where there is one its baseline, and what is asked for. */
export interface Line {
  readonly row: string
  readonly unit: 'requests/s' | 'µs/request' | 'ms' | 'MiB' | 'KiB' | '%'
  readonly panelist: number
  readonly panelistCpuMicroseconds?: number | undefined
  readonly baseline?: Figure
  readonly ratio?: number | undefined
  /** The same ratio made of processor time, which a busy machine disturbs less. */
  readonly cpuRatio?: number | undefined
  readonly bar?: Bar
  readonly note?: string
}

export type Verdict = 'met' | 'missed' | 'no bar'

export function verdictOf({ panelist, ratio, baseline, bar }: Line): Verdict {
  const figure = baseline ? ratio : panelist
  if (!bar || figure === undefined) return 'no bar'
  return (bar.at === 'least' ? figure >= bar.value : figure <= bar.value) ? 'met' : 'missed'
}
