import { mix } from "./normal";
import { sumLanes } from "./vector";

/** Laid out word for word by src/kernels/bpr.ts. */
@unmanaged
class BprArguments {
  /** The user of every observed pair, its item, and where the pairs of a user begin; a user's items increase. */
  users: usize;
  items: usize;
  starts: usize;
  pairs: u32;
  itemCount: u32;
  /** Steps of a round, and room for them twice, three words each: as drawn, and by cell. */
  steps: u32;
  drawn: usize;
  sorted: usize;
  /** Where each cell begins, one row of `cells + 1` per slice. */
  cellStarts: usize;
  w: usize;
  h: usize;
  /** Bytes of the factors of a row; a row of h has its bias behind them, and 16 bytes more. */
  bytes: u32;
  popularity: u32;
  seed: u32;
  rate: f32;
  keep: f32;
}

/** Tasks of a phase: slices that are drawn, or cells that are worked through. src/kernels/bpr.ts has the same numbers. */
const width: u32 = 4;
const itemBlocks: u32 = 2 * width;
const cells: u32 = (itemBlocks - 1) * width * width;
const phasesPerRound: u32 = 1 + (itemBlocks - 1) * width;
/** Draws of an item that the user does not have, before the step is left out. */
const tries: u32 = 100;
const golden: u32 = 0x9e3779b9;

/**
 * One part of stratified BPR. A round has 29 phases: in the first its steps (u, i, j) are drawn, then they are taken,
 * cell by cell, by as many workers as there are.
 *
 * A step moves the rows of a user and of two items. Users are dealt into 4 blocks, items into 8. As in a tournament
 * of 8 teams, 7 days of 4 matches bring each two blocks of items together once; and for each day the blocks of users
 * go round the matches in 4 turns. So the cells of one phase share no row, and every triple has its cell: what is
 * drawn is not bent to the blocks, only the order of the steps in a round is.
 */
export function bprPart(args: usize, phase: u32, task: u32): void {
  const a = changetype<BprArguments>(args);
  const round = phase / phasesPerRound, part = phase % phasesPerRound;
  if (part == 0) drawSlice(a, round, task);
  else {
    const cell = (part - 1) * width + task;
    for (let slice: u32 = 0; slice < width; slice++) takeSteps(a, slice, cell);
  }
}

/** Draws the steps of one slice and sorts them by cell. */
function drawSlice(a: BprArguments, round: u32, slice: u32): void {
  const first = firstOf(a, slice), count = firstOf(a, slice + 1) - first;
  const drawn = a.drawn + first * 12, sorted = a.sorted + first * 12;
  const starts = a.cellStarts + ((slice * (cells + 1)) << 2);
  memory.fill(starts, 0, (cells + 1) << 2);
  let state = mix(a.seed ^ mix(round * width + slice + golden));
  let kept: u32 = 0;
  for (let step: u32 = 0; step < count; step++) {
    state += golden;
    const pair = below(state, a.pairs);
    const user = load<u32>(a.users + (pair << 2)), i = load<u32>(a.items + (pair << 2));
    const from = load<u32>(a.starts + (user << 2)), to = load<u32>(a.starts + (user << 2), 4);
    let j: u32 = 0, tried: u32 = 0;
    for (; tried < tries; tried++) {
      state += golden;
      j = a.popularity ? load<u32>(a.items + (below(state, a.pairs) << 2)) : below(state, a.itemCount);
      if (!contains(a.items, from, to, j)) break;
    }
    if (tried == tries) continue;
    const at = drawn + kept * 12;
    store<u32>(at, user);
    store<u32>(at, i, 4);
    store<u32>(at, j, 8);
    kept++;
    const next = starts + (cellOf(user, i, j) << 2);
    store<u32>(next, load<u32>(next, 4) + 1, 4);
  }
  for (let cell: u32 = 0; cell < cells; cell++) {
    const at = starts + (cell << 2);
    store<u32>(at, load<u32>(at) + load<u32>(at, 4), 4);
  }
  // From the last to the first, so that `starts` shifts from ends to beginnings and the order is kept.
  for (let step = kept; step > 0; step--) {
    const at = drawn + (step - 1) * 12;
    const user = load<u32>(at), i = load<u32>(at, 4), j = load<u32>(at, 8);
    const end = starts + (cellOf(user, i, j) << 2);
    const place = load<u32>(end, 4) - 1;
    store<u32>(end, place, 4);
    store<u32>(sorted + place * 12, user);
    store<u32>(sorted + place * 12, i, 4);
    store<u32>(sorted + place * 12, j, 8);
  }
  // Now entry c + 1 is where cell c begins.
  memory.copy(starts, starts + 4, cells << 2);
  store<u32>(starts + (cells << 2), kept);
}

function firstOf(a: BprArguments, slice: u32): u32 {
  return <u32>((<u64>a.steps * slice) / width);
}

/** A number below `bound` from a state of SplitMix32: the bias is at most bound / 2^32. */
// @inline
function below(state: u32, bound: u32): u32 {
  return <u32>((<u64>mix(state) * bound) >> 32);
}

function contains(items: usize, from: u32, to: u32, item: u32): bool {
  let low = from, high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (load<u32>(items + (middle << 2)) < item) low = middle + 1;
    else high = middle;
  }
  return low < to && load<u32>(items + (low << 2)) == item;
}

/** The circle method: on day d block 7 meets block d, block d + k meets block d − k (mod 7). */
function cellOf(user: u32, i: u32, j: u32): u32 {
  let a = i % itemBlocks, b = j % itemBlocks;
  if (a == b) b = a ^ 1;
  if (a > b) {
    const other = a;
    a = b;
    b = other;
  }
  const days = itemBlocks - 1;
  // Half of a + b modulo 7 is 4 times it.
  const day = b == days ? a : ((a + b) * width) % days;
  const away = (a + days - day) % days;
  const match = b == days ? 0 : min(away, days - away);
  const turn = (user + width - match) % width;
  return (day * width + turn) * width + match;
}

/** The steps of a cell that one slice drew, in the order drawn. */
function takeSteps(a: BprArguments, slice: u32, cell: u32): void {
  const starts = a.cellStarts + ((slice * (cells + 1) + cell) << 2);
  const sorted = a.sorted + firstOf(a, slice) * 12;
  const bytes = a.bytes, rate = a.rate, keep = a.keep;
  const end = sorted + load<u32>(starts, 4) * 12;
  const keeps = f32x4.splat(keep);
  for (let at = sorted + load<u32>(starts) * 12; at < end; at += 12) {
    const w = a.w + load<u32>(at) * bytes;
    const hi = a.h + load<u32>(at, 4) * (bytes + 16), hj = a.h + load<u32>(at, 8) * (bytes + 16);
    let sum = f32x4.splat(0);
    for (let o: usize = 0; o < bytes; o += 16) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(w + o), f32x4.sub(v128.load(hi + o), v128.load(hj + o))));
    }
    const bi = load<f32>(hi + bytes), bj = load<f32>(hj + bytes);
    const gain: f32 = rate / (1 + Mathf.exp(bi - bj + sumLanes(sum)));
    const gains = f32x4.splat(gain);
    for (let o: usize = 0; o < bytes; o += 16) {
      const vw = v128.load(w + o), vi = v128.load(hi + o), vj = v128.load(hj + o);
      const change = f32x4.mul(gains, vw);
      v128.store(w + o, f32x4.add(f32x4.mul(keeps, vw), f32x4.mul(gains, f32x4.sub(vi, vj))));
      v128.store(hi + o, f32x4.add(f32x4.mul(keeps, vi), change));
      v128.store(hj + o, f32x4.sub(f32x4.mul(keeps, vj), change));
    }
    store<f32>(hi + bytes, keep * bi + gain);
    store<f32>(hj + bytes, keep * bj - gain);
  }
}
