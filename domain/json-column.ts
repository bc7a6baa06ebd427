/** What a column of JSON text holds. The text was written from such a value, or passed the column's own CHECK. */
export function fromJson<Value>(text: string): Value {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-return -- a column has the type its writer gave it
  return JSON.parse(text)
}
