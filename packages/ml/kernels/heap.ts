/**
 * A heap of (score: f64, place: u32), 16 bytes each, weakest first: lowest score, then latest place. Entries must
 * come in order of place, so that among equals the first to come stays.
 */

/** Adds an entry to a heap of `start`. An equal one that comes later is the weaker. */
export function siftUp(heap: usize, start: u32, score: f64, place: u32): void {
  let at = start;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (load<f64>(heap + (parent << 4)) < score) break;
    move(heap, at, parent);
    at = parent;
  }
  put(heap, at, score, place);
}

/** Replaces the weakest of `size` entries. */
export function siftDown(heap: usize, size: u32, score: f64, place: u32): void {
  let at: u32 = 0;
  for (;;) {
    let child: u32 = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && weaker(heap, child + 1, child)) child++;
    const weakest = load<f64>(heap + (child << 4));
    if (score < weakest || (score == weakest && place > load<u32>(heap + (child << 4), 8))) break;
    move(heap, at, child);
    at = child;
  }
  put(heap, at, score, place);
}

function weaker(heap: usize, a: u32, b: u32): bool {
  const left = load<f64>(heap + (a << 4)), right = load<f64>(heap + (b << 4));
  return left < right || (left == right && load<u32>(heap + (a << 4), 8) > load<u32>(heap + (b << 4), 8));
}

function move(heap: usize, to: u32, from: u32): void {
  v128.store(heap + (to << 4), v128.load(heap + (from << 4)));
}

function put(heap: usize, at: u32, score: f64, place: u32): void {
  store<f64>(heap + (at << 4), score);
  store<u32>(heap + (at << 4), place, 8);
}
