import { createRandom, type Random } from "@tamis/core";
import type { Feedback } from "../feedback.ts";
import { createPace } from "../pace.ts";
import type { FitContext } from "../recommender.ts";
import { rowOfEntries, type SparseRows } from "../sparse-rows.ts";

/** How {@link learnBpr} descends: see `bpr.ts`. */
export interface BprDescent {
  readonly factors: number;
  readonly epochs: number;
  readonly learningRate: number;
  readonly regularization: number;
  readonly initStd: number;
  readonly negatives: "uniform" | "popularity";
}

/** w (users × factors), h (items × factors) and b (items). */
export interface BprParameters {
  readonly ofUsers: Float64Array;
  readonly ofItems: Float64Array;
  readonly biases: Float64Array;
}

/** Steps between two looks at the clock. */
const stepsPerTurn = 4096;
/** Draws of an item that the user does not have, before the step is left out. */
const tries = 100;

/**
 * Learns the parameters: epochs × feedback steps of
 *
 *     g = σ(score(u, j) − score(u, i))
 *     w_u += γ (g (h_i − h_j) − λ w_u),  h_i += γ (g w_u − λ h_i),  h_j += γ (−g w_u − λ h_j)
 *     b_i += γ (g − λ b_i),  b_j += γ (−g − λ b_j)
 *
 * with the old w_u, h_i and h_j on every right-hand side. The users' factors are drawn first, then the items'; the
 * biases start at 0.
 *
 * @throws aborted
 */
export async function learnBpr(
  feedback: SparseRows,
  itemCount: number,
  options: BprDescent,
  context: FitContext & { seed: number },
): Promise<BprParameters> {
  const { factors, epochs, initStd, learningRate, regularization } = options;
  const random = createRandom(context.seed);
  const draw = (count: number) =>
    Float64Array.from({ length: count * factors }, () => random.normal(0, initStd));
  const ofUsers = draw(feedback.starts.length - 1);
  const ofItems = draw(itemCount);
  const biases = new Float64Array(itemCount);
  const users = rowOfEntries(feedback);
  const { starts, columns } = feedback;
  const keep = 1 - learningRate * regularization;
  const steps = columns.length;
  const isUniform = options.negatives === "uniform";
  const drawNegative = notAmong(() =>
    isUniform ? random.integer(itemCount) : columns[random.integer(steps)]!,
  );
  const parameters = { ofUsers, ofItems, biases };

  function takeStep(): void {
    const drawn = random.integer(steps);
    const user = users[drawn]!;
    const i = columns[drawn]!;
    const j = drawNegative(columns, starts[user]!, starts[user + 1]!);
    if (j < 0) return;
    const [w, hi, hj] = [user * factors, i * factors, j * factors];
    const gain = gainOf(ofUsers, w, parameters, i, j, options);
    for (let f = 0; f < factors; f++) {
      const wf = ofUsers[w + f]!;
      const hif = ofItems[hi + f]!;
      const hjf = ofItems[hj + f]!;
      ofUsers[w + f] = keep * wf + gain * (hif - hjf);
      ofItems[hi + f] = keep * hif + gain * wf;
      ofItems[hj + f] = keep * hjf - gain * wf;
    }
    biases[i] = keep * biases[i]! + gain;
    biases[j] = keep * biases[j]! - gain;
  }

  const pace = createPace({ phase: "fit bpr", total: epochs, unit: "epochs" }, context);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (let from = 0; from < steps; from += stepsPerTurn) {
      const to = Math.min(from + stepsPerTurn, steps);
      for (let step = from; step < to; step++) takeStep();
      await pace.step(to < steps ? epoch : epoch + 1);
    }
  }
  return parameters;
}

/**
 * The w of somebody with this feedback, the items fixed, and what each of its items brought into it: `parts`, shape
 * (history × factors), whose rows sum to `row`, shape (factors). w starts at 0 and is changed only by multiples of
 * h_i − h_j, so each change belongs to the i of its step.
 *
 * @param counts - how often each item was observed: what negatives by popularity are drawn by
 */
export function foldInBpr(
  { items: history }: Feedback,
  { ofItems, biases }: Omit<BprParameters, "ofUsers">,
  counts: Float64Array,
  options: BprDescent,
  random: Random,
): { row: Float64Array; parts: Float64Array } {
  const { factors, epochs, learningRate, regularization } = options;
  const { length } = history;
  const row = new Float64Array(factors);
  const parts = new Float64Array(length * factors);
  const isUniform = options.negatives === "uniform";
  const drawNegative = notAmong(
    isUniform ? () => random.integer(biases.length) : drawByCount(counts, random),
  );
  const keep = 1 - learningRate * regularization;
  // Steps go round the history, so that between two changes of a part it decays by the same factor.
  const keepRound = keep ** length;
  for (let step = 0; step < epochs * length; step++) {
    const n = step % length;
    const i = history[n]!;
    const j = drawNegative(history, 0, length);
    const [part, hi, hj] = [n * factors, i * factors, j * factors];
    const gain = j < 0 ? 0 : gainOf(row, 0, { ofItems, biases }, i, j, options);
    for (let f = 0; f < factors; f++) {
      const change = gain === 0 ? 0 : gain * (ofItems[hi + f]! - ofItems[hj + f]!);
      row[f] = keep * row[f]! + change;
      parts[part + f] = keepRound * parts[part + f]! + change;
    }
  }
  for (let n = 0; n < length; n++) {
    const decay = keep ** (length - 1 - n);
    for (let f = 0; f < factors; f++) parts[n * factors + f]! *= decay;
  }
  return { row, parts };
}

/** γ σ(score(j) − score(i)) for the user row that starts at `start`. */
function gainOf(
  rows: Float64Array,
  start: number,
  { ofItems, biases }: Omit<BprParameters, "ofUsers">,
  i: number,
  j: number,
  { factors, learningRate }: BprDescent,
): number {
  const [hi, hj] = [i * factors, j * factors];
  let difference = biases[i]! - biases[j]!;
  for (let f = 0; f < factors; f++) difference += rows[start + f]! * (ofItems[hi + f]! - ofItems[hj + f]!);
  return learningRate / (1 + Math.exp(difference));
}

/** Draws an item that is not among the increasing `items[from … to − 1]`; −1 when none was found. */
function notAmong(draw: () => number): (items: Int32Array, from: number, to: number) => number {
  return (items, from, to) => {
    for (let tried = 0; tried < tries; tried++) {
      const item = draw();
      if (!contains(items, from, to, item)) return item;
    }
    return -1;
  };
}

/** Draws an item with a chance in proportion to its count. */
function drawByCount(counts: Float64Array, random: Random): () => number {
  let total = 0;
  const upTo = counts.map((count) => (total += count));
  return () => {
    const drawn = random.uniform() * total;
    let low = 0;
    let high = upTo.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (upTo[middle]! > drawn) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

function contains(items: Int32Array, from: number, to: number, item: number): boolean {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]! < item) low = middle + 1;
    else high = middle;
  }
  return low < to && items[low] === item;
}
