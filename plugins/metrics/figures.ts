import { AggregatorRegistry, Counter, Gauge, Registry, type Aggregator } from 'prom-client'

/** A figure that is kept elsewhere and read when somebody asks for it. */
export interface Figure {
  readonly type: 'gauge' | 'counter'
  readonly help: string
  /** The label that distinguishes its values, when there are several. */
  readonly label?: string
  /** How one figure is made of those of several processes; they are added up by default. */
  readonly across?: Aggregator
}

/** One value, or one for each value of the label. */
export type Reading = number | Readonly<Record<string, number>>
export type Readings<Name extends string> = Partial<Readonly<Record<Name, Reading | undefined>>>

/**
 * The figures of one instance. Each group of them is read at every scrape and by no timer; a group that cannot be read
 * is left out of that scrape, and the others are reported all the same.
 */
export class Figures {
  readonly registry = new Registry()
  readonly #groups: (() => Promise<void>)[] = []
  readonly #failed: (error: unknown) => void

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed
  }

  /** Figures by their names; `read` gives their values at this moment, without those that there are not. */
  add<Name extends string>(
    figures: Readonly<Record<Name, Figure>>,
    read: () => Readings<Name> | Promise<Readings<Name>>,
  ): void {
    const shown = Object.entries<Figure>(figures).map(([name, figure]) => ({ name, show: shower(this, name, figure) }))
    this.#groups.push(async () => {
      const readings = new Map<string, Reading | undefined>(Object.entries(await this.#read(read)))
      for (const { name, show } of shown) show(readings.get(name))
    })
  }

  /** All of them in Prometheus' text format. */
  async text(): Promise<string> {
    await Promise.all(this.#groups.map(show => show()))
    return this.registry.metrics()
  }

  /** All of them for `textOf`, which may be in another process. */
  async report(): Promise<object> {
    await Promise.all(this.#groups.map(show => show()))
    return this.registry.getMetricsAsJSON()
  }

  async #read<Name extends string>(read: () => Readings<Name> | Promise<Readings<Name>>): Promise<Readings<Name>> {
    try {
      return await read()
    } catch (error) {
      this.#failed(error)
      return {}
    }
  }
}

/** The figures of several processes as those of one, in Prometheus' text format. */
export function textOf(reports: readonly object[]): Promise<string> {
  return AggregatorRegistry.aggregate([...reports]).metrics()
}

function shower(
  { registry }: Figures,
  name: string,
  { type, help, label, across = 'sum' }: Figure,
): (reading?: Reading) => void {
  const options = {
    name,
    help,
    labelNames: label === undefined ? [] : [label],
    registers: [registry],
    aggregator: across,
  }
  const metric = type === 'counter' ? new Counter(options) : new Gauge(options)
  return reading => {
    metric.reset()
    if (typeof reading === 'number') metric.inc(reading)
    else if (label === undefined)
      metric.remove() // without a value it is not 0
    else for (const [value, count] of Object.entries(reading ?? {})) metric.inc({ [label]: value }, count)
  }
}
