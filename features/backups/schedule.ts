import { Cron } from 'croner'
import type { FastifyBaseLogger } from 'fastify'
import { BackupInProgress } from './failures.ts'
import type { MadeBackup } from './schemas.ts'
import type { Backups } from './service.ts'

const IN_UTC = { utcOffset: 0, mode: '5-part', unref: true, protect: true } as const

/** Makes a backup when its time has come. Of many processes on one file one makes it, and the others find it there. */
export class BackupSchedule {
  readonly #schedule: string
  readonly #backups: Pick<Backups, 'createScheduled' | 'createMissed'>
  readonly #log: FastifyBaseLogger
  #times: Cron | undefined

  constructor(schedule: string, backups: Pick<Backups, 'createScheduled' | 'createMissed'>, log: FastifyBaseLogger) {
    this.#schedule = schedule
    this.#backups = backups
    this.#log = log
  }

  /** Makes up for the last one if it was missed while the program did not run, and waits for the next. */
  start(): void {
    this.#times = new Cron(this.#schedule, IN_UTC, () => this.run(new Date()))
    void this.makeUp(new Date())
  }

  /** Begins no more; what has begun is ended by the service. */
  stop(): void {
    this.#times?.stop()
  }

  /** Makes the one that was due last at `now`, unless it is there. */
  run(now: Date): Promise<void> {
    return this.#make(this.#backups.createScheduled(this.#dueAt(now)))
  }

  /** The same at a start: a database that is younger than that has missed none. */
  makeUp(now: Date): Promise<void> {
    return this.#make(this.#backups.createMissed(this.#dueAt(now)))
  }

  async #make(making: Promise<MadeBackup | undefined>): Promise<void> {
    try {
      const backup = await making
      if (backup) this.#log.info({ backup }, 'the scheduled backup was made')
    } catch (error) {
      if (error instanceof BackupInProgress) this.#log.info('the scheduled backup is being made by another process')
      else this.#log.error({ err: error }, 'the scheduled backup was not made')
    }
  }

  #dueAt(now: Date): string {
    const next = new Date(now.getTime() + 1000) // what is due in this very second does not count as before it
    const [due = now] = new Cron(this.#schedule, { ...IN_UTC, paused: true }).previousRuns(1, next)
    return due.toISOString()
  }
}
