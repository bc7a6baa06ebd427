import { v7 } from 'uuid'

/** A new UUID version 7 (RFC 9562 §5.7): ids sort by creation. */
export const newId = (): string => v7()
