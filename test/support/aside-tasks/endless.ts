/** Never ends by itself; tells that it has begun. */
export function run(begun: SharedArrayBuffer): never {
  Atomics.store(new Int32Array(begun), 0, 1)
  for (;;);
}
