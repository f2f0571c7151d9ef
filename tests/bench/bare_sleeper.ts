/**
 * Does nothing but sleep until each due time and note how late it wakes, in a process of its own:
 * what the machine leaves to whoever wants to be punctual. Arguments: due times a second, seconds.
 * Prints the lateness of each in ms.
 */
const [perSecond, seconds] = Deno.args.map(Number) as [number, number];
const cell = new Int32Array(new SharedArrayBuffer(4));
const startMs = performance.now() + 20;
const latenessMs = Array.from({ length: perSecond * seconds }, (_, i) => {
  const dueMs = startMs + i * 1000 / perSecond;
  let leftMs = dueMs - performance.now();
  for (; leftMs > 0; leftMs = dueMs - performance.now()) Atomics.wait(cell, 0, 0, leftMs);
  return -leftMs;
});
console.log(JSON.stringify(latenessMs));
