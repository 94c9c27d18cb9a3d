import { siftDown, siftUp } from "./heap";
import { claimSlot, releaseSlot } from "./slot";
import { dot, sumLanes } from "./vector";

/** Laid out word for word by src/kernels/top-items.ts. */
@unmanaged
class TopArguments {
  userCount: u32;
  itemCount: u32;
  bytes: u32;
  p: usize;
  q: usize;
  bi: usize;
  seenStarts: usize;
  seenItems: usize;
  n: u32;
  items: usize;
  scores: usize;
  tasks: u32;
  slots: usize;
  scratch: usize;
  scratchBytes: u32;
}

/** b_i + p · q_i of every item, for one user. Four items at once: each vector of p is read once for all of them. */
function scoreAll(itemCount: u32, bytes: usize, p: usize, q: usize, bi: usize, scores: usize): void {
  let item: u32 = 0;
  for (; item + 4 <= itemCount; item += 4) {
    const q0 = q + item * bytes, q1 = q0 + bytes, q2 = q1 + bytes, q3 = q2 + bytes;
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
    for (let o: usize = 0; o < bytes; o += 16) {
      const vp = v128.load(p + o);
      s0 = f32x4.add(s0, f32x4.mul(vp, v128.load(q0 + o)));
      s1 = f32x4.add(s1, f32x4.mul(vp, v128.load(q1 + o)));
      s2 = f32x4.add(s2, f32x4.mul(vp, v128.load(q2 + o)));
      s3 = f32x4.add(s3, f32x4.mul(vp, v128.load(q3 + o)));
    }
    const at = item << 2;
    store<f32>(scores + at, load<f32>(bi + at) + sumLanes(s0));
    store<f32>(scores + at, load<f32>(bi + at, 4) + sumLanes(s1), 4);
    store<f32>(scores + at, load<f32>(bi + at, 8) + sumLanes(s2), 8);
    store<f32>(scores + at, load<f32>(bi + at, 12) + sumLanes(s3), 12);
  }
  for (; item < itemCount; item++) {
    store<f32>(scores + (item << 2), load<f32>(bi + (item << 2)) + dot(p, q + item * bytes, bytes));
  }
}

/** The n items of highest b_i + p · q_i for a slice of users, seen ones left out, equal ones by number. */
export function topItems(args: usize, phase: u32, task: u32): void {
  const a = changetype<TopArguments>(args);
  const slot = claimSlot(a.slots);
  const all = a.scratch + slot * a.scratchBytes;
  const heap = all + ((a.itemCount << 2) + 15 & ~15);
  const from = <u32>((<u64>a.userCount * task) / a.tasks), to = <u32>((<u64>a.userCount * (task + 1)) / a.tasks);
  for (let user = from; user < to; user++) {
    scoreAll(a.itemCount, a.bytes, a.p + user * a.bytes, a.q, a.bi, all);
    const last = load<u32>(a.seenStarts + (user << 2), 4);
    for (let at = load<u32>(a.seenStarts + (user << 2)); at < last; at++) {
      store<f32>(all + (load<u32>(a.seenItems + (at << 2)) << 2), NaN);
    }
    select(a, user, all, heap);
  }
  releaseSlot(a.slots, slot);
}

function select(a: TopArguments, user: u32, all: usize, heap: usize): void {
  let size: u32 = 0;
  let weakest: f64 = -Infinity;
  for (let item: u32 = 0; item < a.itemCount; item++) {
    const score = <f64>load<f32>(all + (item << 2));
    if (!(score > weakest)) continue;
    if (size < a.n) siftUp(heap, size++, score, item);
    else siftDown(heap, size, score, item);
    if (size == a.n) weakest = load<f64>(heap);
  }
  const start = user * a.n;
  for (let rank = a.n; rank > size; rank--) put(a, start + rank - 1, <u32>-1, NaN);
  // The weakest leaves first and takes the last rank; the heap's own last entry takes its place.
  for (let rank = size; rank > 0; rank--) {
    put(a, start + rank - 1, load<u32>(heap, 8), <f32>load<f64>(heap));
    const end = heap + ((rank - 1) << 4);
    siftDown(heap, rank - 1, load<f64>(end), load<u32>(end, 8));
  }
}

function put(a: TopArguments, at: u32, item: u32, score: f32): void {
  store<u32>(a.items + (at << 2), item);
  store<f32>(a.scores + (at << 2), score);
}
