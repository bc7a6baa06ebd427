import { TransactionMisuse } from '../database.ts'

/**
 * Finds the unit of work that waits for anything but its transaction. The methods of a tx are done when they return, so
 * work that awaits nothing else ends within the microtasks, and process.nextTick comes right after them: a unit it finds
 * unfinished would hold up everybody's writes. One tick watches all units of one turn.
 */
export class TurnWatch {
  #watching = false
  #interrupt: (refusal: TransactionMisuse) => void = () => undefined

  /** Rejects as soon as the unit that runs now has outlasted its turn. */
  overstayed(): Promise<never> {
    if (!this.#watching) {
      this.#watching = true
      process.nextTick(() => {
        this.#watching = false
        this.#interrupt(
          new TransactionMisuse('inside a transaction await nothing but its tx: no file, no network, no timer'),
        )
      })
    }
    return new Promise((_resolve, reject) => {
      this.#interrupt = reject
    })
  }
}
