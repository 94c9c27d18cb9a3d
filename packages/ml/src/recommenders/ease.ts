import { TamisError } from "@tamis/core";
import { z } from "zod";
import {
  type Feedback,
  type FeedbackOptions,
  feedbackOf,
  feedbackRow,
  minRating,
  withoutRow,
} from "../feedback.ts";
import { invertSymmetric } from "../kernels/invert.ts";
import { createPace } from "../pace.ts";
import { parseOptions } from "../parse-options.ts";
import { createRankingModel } from "../ranking-model.ts";
import type { FitContext, Model, ModelTensors, Recommender } from "../recommender.ts";
import type { ModelHeader } from "../scorer.ts";
import { type SparseRows, transpose } from "../sparse-rows.ts";
import { readTensors, vector } from "../tensors.ts";
import { recommenderOf } from "./recommender-of.ts";

const algorithm = "ease";

const EaseOptions = z.strictObject({
  /** λ. Hundreds to thousands: more for more ratings. */
  regularization: z.number().positive().default(350),
  /** Of P; by default float64 up to 5,000 items and float32 above. */
  precision: z.enum(["float64", "float32"]).optional(),
  minRating,
});

/** Items up to which P is of float64 by default. */
const mostInFloat64 = 5000;

type SquareMatrix = Float64Array | Float32Array;

/** Options of {@link ease}; every one has a default. */
export type EaseInput = z.input<typeof EaseOptions>;

/**
 * Embarrassingly shallow autoencoder: a linear model of each item from all others, for implicit feedback. With X the
 * users × items matrix of 0 and 1,
 *
 *     P = (XᵀX + λ I)⁻¹,  B_ij = −P_ij / P_jj for i ≠ j,  B_jj = 0,  score(u, j) = Σ_{i ∈ I_u} B_ij
 *
 * which minimises |X − XB|² + λ |B|² under diag(B) = 0, in closed form: no epochs and nothing random. Negative
 * weights are kept. The score is near 1 for what the user is sure to have and may be below 0.
 *
 * The model keeps P, 8 · items² bytes (22 MB for 1,682 items) or half of it in float32 (400 MB for 10,000); fitting
 * takes twice that and items³/2 multiplications, in float32 half the time. Scores from float32 are within 3e-6 of
 * those from float64 on MovieLens 100k, with the same ten best items for every user.
 * A fold-in needs the history and nothing else. Likeness is the partial correlation of two items,
 * −P_ij / √(P_ii P_jj). To forget a user is a rank-one update of P with x their row (Sherman–Morrison),
 *
 *     P ← P + (P x)(P x)ᵀ / (1 − xᵀ P x)
 *
 * and exact up to rounding; an item that nobody else has stays, with a score of 0.
 *
 * @default { regularization: 350, precision: "float64" up to 5,000 items, "float32" above }
 * @throws invalid_input for an unknown or impossible option; `fit` throws unavailable when P does not fit in memory
 * @source Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019, equation (8)
 */
export function ease(options?: EaseInput): Recommender {
  const parsed = parseOptions(algorithm, EaseOptions, options);
  return recommenderOf({ algorithm, options: parsed, kind: "ranking" }, async (header, dense, context) => {
    const { users, items } = dense;
    const feedback = feedbackOf(dense, feedbackOptions(parsed));
    const p = await inverseGram(feedback, items.length, parsed, context);
    return restoreEase(header, { users, items, arrays: tensorsOf(feedback, p, items.length) });
  });
}

/** Tensors: the feedback, users × items, as `starts`, `columns`, `values`; `p` (items × items), P. */
export function restoreEase(header: ModelHeader, tensors: ModelTensors): Model {
  const options = feedbackOptions(parseOptions(algorithm, EaseOptions, header.options));
  const { users, items, arrays } = tensors;
  const n = items.length;
  const read = readTensors(algorithm, tensors);
  const feedback = read.sparseRows(users.length, n);
  const p = arrays.p?.data instanceof Float32Array ? read.float32("p", n, n) : read.float64("p", n, n);
  const weight = (i: number, j: number) => (i === j ? 0 : -p[i * n + j]! / p[j * n + j]!);

  const foldIn = ({ items: history }: Feedback, scores: Float64Array) => {
    for (const i of history) {
      const row = i * n;
      const own = scores[i]!;
      for (let j = 0; j < n; j++) scores[j]! -= p[row + j]!;
      scores[i] = own;
    }
    for (let j = 0; j < n; j++) scores[j]! /= p[j * n + j]!;
  };
  const score = ({ items: history }: Feedback, j: number) => {
    let sum = 0;
    for (const i of history) if (i !== j) sum -= p[i * n + j]!;
    return sum / p[j * n + j]!;
  };
  return createRankingModel(header, users, items, options, {
    score: (user, item) => score(feedbackRow(feedback, user), item),
    scoreItems: (user, scores) => foldIn(feedbackRow(feedback, user), scores),
    foldIn,
    foldsInExactly: true,
    explain(who, j) {
      const history = typeof who === "number" ? feedbackRow(feedback, who) : who;
      return [...history.items].filter((i) => i !== j).map((i) => ({ item: i, value: weight(i, j) }));
    },
    similarity: (i, j) => (i === j ? 1 : -p[i * n + j]! / Math.sqrt(p[i * n + i]! * p[j * n + j]!)),
    async forget(user) {
      const rest = withoutRow(feedback, user);
      const arrays = tensorsOf(rest, withoutUser(p, n, feedbackRow(feedback, user).items), n);
      return { model: restoreEase(header, { users: users.toSpliced(user, 1), items, arrays }), exact: true };
    },
    tensors: () => arrays,
  });
}

function feedbackOptions({ minRating }: z.output<typeof EaseOptions>): FeedbackOptions {
  return { minRating, values: "binary" };
}

function tensorsOf(
  { starts, columns, values }: SparseRows,
  p: SquareMatrix,
  n: number,
): ModelTensors["arrays"] {
  return {
    starts: vector(starts),
    columns: vector(columns),
    values: vector(values),
    p: { shape: [n, n], data: p },
  };
}

/** P: G = XᵀX + λI on the lower triangle, row by row over the users of an item, then its inverse in its place. */
async function inverseGram(
  byUser: SparseRows,
  n: number,
  { regularization, precision }: z.output<typeof EaseOptions>,
  context: FitContext,
): Promise<SquareMatrix> {
  const { workers, signal, onProgress } = context;
  const byItem = transpose(byUser, n);
  const matrix = allocate(n, precision ?? (n > mostInFloat64 ? "float32" : "float64"));
  const pace = createPace({ phase: "fit ease: count pairs", total: n, unit: "items" }, context);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let q = byItem.starts[i]!; q < byItem.starts[i + 1]!; q++) {
      const user = byItem.columns[q]!;
      const end = byUser.starts[user + 1]!;
      for (let p = byUser.starts[user]!; p < end; p++) {
        const j = byUser.columns[p]!;
        if (j > i) break;
        matrix[row + j]!++;
      }
    }
    matrix[row + i]! += regularization;
    if (i % 16 === 15) await pace.step(i + 1);
  }
  await pace.step(n);
  const inverted = await invertSymmetric(matrix, n, {
    workers,
    signal,
    onProgress: onProgress && ((progress) => onProgress({ ...progress, phase: "fit ease: invert" })),
  });
  if (inverted) return matrix;
  throw new TamisError("analysis", "ease: the matrix cannot be inverted; use a larger regularization.");
}

function allocate(n: number, precision: "float64" | "float32"): SquareMatrix {
  const bytes = precision === "float64" ? 8 : 4;
  try {
    return bytes === 8 ? new Float64Array(n * n) : new Float32Array(n * n);
  } catch (cause) {
    throw new TamisError(
      "unavailable",
      `ease: ${n} items need ${Math.ceil((bytes * n * n) / 2 ** 20)} MiB in one piece, which is not to be had; ` +
        "rank with item-knn or ials, or leave rare items out.",
      { cause },
    );
  }
}

function withoutUser(p: SquareMatrix, n: number, history: Int32Array): SquareMatrix {
  const px = new Float64Array(n);
  for (const i of history) for (let j = 0; j < n; j++) px[j]! += p[i * n + j]!;
  let xpx = 0;
  for (const i of history) xpx += px[i]!;
  const updated = p.slice();
  for (let i = 0; i < n; i++) {
    const factor = px[i]! / (1 - xpx);
    for (let j = 0; j < n; j++) updated[i * n + j]! += factor * px[j]!;
  }
  return updated;
}
