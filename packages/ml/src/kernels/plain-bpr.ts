import { type BprKernelOptions, bprGrid, bprRounds, drawSeed, type ObservedPairs } from "./bpr.ts";
import { mix } from "./plain-normal-rows.ts";

/** w (users × factors), h (items × factors) and b (items), row-major; they change in place. */
export interface PlainBprState {
  readonly w: Float32Array;
  readonly h: Float32Array;
  readonly b: Float32Array;
}

interface Step {
  readonly user: number;
  readonly i: number;
  readonly j: number;
}

/**
 * The kernel `bprPart` in plain TypeScript, its oracle in tests: the very same steps in the same order, in doubles
 * that are rounded when they are stored.
 */
export function plainBpr(state: PlainBprState, pairs: ObservedPairs, options: BprKernelOptions): void {
  const { rounds, steps } = bprRounds(pairs.items.length, options.epochs);
  for (let round = 0; round < rounds; round++) {
    const slices = Array.from({ length: bprGrid.width }, (_, slice) =>
      plainBprSteps(pairs, options, steps, round, slice),
    );
    for (let cell = 0; cell < bprGrid.cells; cell++) {
      for (const step of slices.flat()) if (bprCell(step) === cell) takeStep(state, step, options);
    }
  }
}

/** The steps that one slice of a round draws. */
function plainBprSteps(
  { starts, items, itemCount }: ObservedPairs,
  { negatives, seed }: BprKernelOptions,
  steps: number,
  round: number,
  slice: number,
): Step[] {
  const golden = 0x9e3779b9;
  let state = mix(drawSeed(seed) ^ mix((round * bprGrid.width + slice + golden) | 0));
  // Exact for bounds up to 2^21.
  const below = (bound: number) => {
    state = (state + golden) | 0;
    return Math.floor(((mix(state) >>> 0) * bound) / 2 ** 32);
  };
  const firstOf = (n: number) => Math.floor((steps * n) / bprGrid.width);
  const drawn: Step[] = [];
  for (let step = firstOf(slice); step < firstOf(slice + 1); step++) {
    const pair = below(items.length);
    const user = starts.findIndex((_, n) => starts[n + 1]! > pair);
    const own = items.subarray(starts[user], starts[user + 1]);
    for (let tried = 0; tried < 100; tried++) {
      const j = negatives === "popularity" ? items[below(items.length)]! : below(itemCount);
      if (own.includes(j)) continue;
      drawn.push({ user, i: items[pair]!, j });
      break;
    }
  }
  return drawn;
}

/** Days of a tournament between the blocks of items; matches of a day; turns of the blocks of users. */
export function bprCell({ user, i, j }: Step): number {
  const [a, other] = [i % 8, j % 8];
  const b = a === other ? a ^ 1 : other;
  for (let day = 0; day < 7; day++) {
    for (let match = 0; match < 4; match++) {
      const teams = match === 0 ? [7, day] : [(day + match) % 7, (day + 7 - match) % 7];
      if (teams.includes(a) && teams.includes(b)) return (day * 4 + ((user + 4 - match) % 4)) * 4 + match;
    }
  }
  throw new Error("two blocks always meet");
}

function takeStep({ w, h, b }: PlainBprState, { user, i, j }: Step, options: BprKernelOptions): void {
  const { factors, learningRate, regularization } = options;
  const keep = 1 - learningRate * regularization;
  const [row, rowI, rowJ] = [user * factors, i * factors, j * factors];
  let difference = b[i]! - b[j]!;
  for (let f = 0; f < factors; f++) difference += w[row + f]! * (h[rowI + f]! - h[rowJ + f]!);
  const gain = learningRate / (1 + Math.exp(difference));
  for (let f = 0; f < factors; f++) {
    const [wf, hi, hj] = [w[row + f]!, h[rowI + f]!, h[rowJ + f]!];
    w[row + f] = keep * wf + gain * (hi - hj);
    h[rowI + f] = keep * hi + gain * wf;
    h[rowJ + f] = keep * hj - gain * wf;
  }
  b[i] = keep * b[i]! + gain;
  b[j] = keep * b[j]! - gain;
}
