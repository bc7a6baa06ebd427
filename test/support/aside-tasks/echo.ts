/** Gives back what it is given; fails where it is told to. */
export function run(input: string): string {
  if (input === 'fail') throw new RangeError('as it was told')
  return input
}
