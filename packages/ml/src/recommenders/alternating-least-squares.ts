import { createRandom, TamisError } from "@tamis/core";
import { type EpochWatch, fitWatched } from "../epoch-watch.ts";
import { type Feedback, type FeedbackOptions, feedbackOf, feedbackRow, withoutRow } from "../feedback.ts";
import {
  alternateLeastSquares,
  type LeastSquaresFactors,
  type WeightedRows,
} from "../kernels/least-squares.ts";
import { createRankingModel } from "../ranking-model.ts";
import type { FitContext, Model, ModelTensors } from "../recommender.ts";
import type { ModelHeader } from "../scorer.ts";
import { type SparseRows, transpose } from "../sparse-rows.ts";
import { readTensors, vector } from "../tensors.ts";
import type { DenseTrainset } from "../trainset-dense.ts";
import { rowCosines } from "./cosine.ts";
import { dotProduct } from "./dot-product.ts";
import { type Objective, type RowSolver, rowSolver } from "./least-squares-rows.ts";

/** What the parametrisations of implicit alternating least squares have in common. */
export interface AlsOptions extends FeedbackOptions {
  readonly factors: number;
  readonly epochs: number;
  /** The factors start as draws from N(0, initStd²). */
  readonly initStd: number;
  /** Steps of conjugate gradients per row, 0 for an exact solve. */
  readonly conjugateSteps: number;
}

/**
 * Fits score(u, i) = w_u · h_i by alternating least squares: each epoch solves the rows of all users, then those of
 * all items, in float32 on the kernels.
 */
export async function fitAls(
  header: ModelHeader,
  dense: DenseTrainset,
  options: AlsOptions,
  objective: Objective,
  context: FitContext,
): Promise<Model> {
  const { users, items } = dense;
  const { factors, epochs, initStd, conjugateSteps } = options;
  const random = createRandom(header.seed);
  const feedback = feedbackOf(dense, options);
  const { onProgress } = context;
  const problem = {
    users: weightedRows(feedback, items.length, objective),
    items: weightedRows(transpose(feedback, items.length), users.length, objective),
    weightOfAll: objective.weightOfAll,
    factors,
    epochs,
    steps: conjugateSteps || undefined,
    initialItems: Float32Array.from({ length: items.length * factors }, () => random.normal(0, initStd)),
  };
  const learn = (watch: EpochWatch<LeastSquaresFactors> | undefined) =>
    alternateLeastSquares(problem, {
      ...context,
      watch,
      onProgress: onProgress && ((progress) => onProgress({ ...progress, phase: `fit ${header.algorithm}` })),
    });
  const modelOf = (fitted: LeastSquaresFactors, { epochs }: { readonly epochs: number }) => {
    if (!fitted.items.every(Number.isFinite)) {
      throw new TamisError(
        "analysis",
        `${header.algorithm}: a factor is not finite; use a larger regularization.`,
      );
    }
    const itemFactors = { shape: [items.length, factors], data: fitted.items };
    const arrays = { ...tensorsOf(feedback), item_factors: itemFactors };
    const ownHeader = { ...header, options: { ...header.options, epochs } };
    return restoreAls(ownHeader, options, objective, { users, items, arrays });
  };
  return fitWatched(options, context.watch, learn, modelOf);
}

/**
 * Tensors: the feedback, users × items, as `starts`, `columns`, `values`; `item_factors` (items × factors).
 *
 * A user's row is not kept but solved from their history, in float64, whenever it is asked for: so the score of a
 * known user, the fold-in of the same history and the sum of an explanation are one number, and nothing of a user
 * is in the model but the history.
 */
export function restoreAls(
  header: ModelHeader,
  options: AlsOptions,
  objective: Objective,
  tensors: ModelTensors,
): Model {
  const { users, items, arrays } = tensors;
  const { factors } = options;
  const read = readTensors(header.algorithm, tensors);
  const feedback = read.sparseRows(users.length, items.length);
  const ofItems = Float64Array.from(read.float32("item_factors", items.length, factors));
  let solver: RowSolver | undefined;
  const getSolver = () => {
    solver ??= rowSolver(ofItems, factors, objective);
    return solver;
  };

  const row = new Float64Array(factors);
  let solved = -1;
  /** The row of a known user; the last one is remembered, for those who ask pair by pair. */
  const rowOf = (user: number): Float64Array => {
    if (user !== solved) getSolver().solve(feedbackRow(feedback, user), row);
    solved = user;
    return row;
  };
  const scoreAll = (w: Float64Array, scores: Float64Array) => {
    for (let item = 0; item < scores.length; item++) {
      scores[item] = dotProduct(w, 0, ofItems, item * factors, factors);
    }
  };
  return createRankingModel(header, users, items, options, {
    score: (user, item) => dotProduct(rowOf(user), 0, ofItems, item * factors, factors),
    scoreItems: (user, scores) => scoreAll(rowOf(user), scores),
    foldIn(history: Feedback, scores) {
      const w = new Float64Array(factors);
      getSolver().solve(history, w);
      scoreAll(w, scores);
    },
    foldsInExactly: true,
    factors: {
      rank: factors,
      items: ofItems,
      biases: new Float64Array(items.length),
      of(who) {
        const w = new Float64Array(factors);
        getSolver().solve(typeof who === "number" ? feedbackRow(feedback, who) : who, w);
        return { row: w, offset: 0 };
      },
    },
    explain(who, item) {
      const history = typeof who === "number" ? feedbackRow(feedback, who) : who;
      const values = getSolver().contributions(history, item);
      return Array.from(history.items, (other, n) => ({ item: other, value: values[n]! }));
    },
    similarity: rowCosines(ofItems, factors).of,
    async forget(user) {
      const rest = {
        users: users.toSpliced(user, 1),
        items,
        arrays: { ...arrays, ...tensorsOf(withoutRow(feedback, user)) },
      };
      return { model: restoreAls(header, options, objective, rest), exact: false };
    },
    tensors: () => arrays,
  });
}

function weightedRows(observed: SparseRows, columnCount: number, objective: Objective): WeightedRows {
  const { starts, columns, values } = observed;
  const penalties = Float64Array.from({ length: starts.length - 1 }, (_, row) =>
    objective.penalty(starts[row + 1]! - starts[row]!, columnCount),
  );
  return {
    starts,
    columns,
    weights: values.map(objective.weight),
    targets: values.map(objective.target),
    penalties,
  };
}

function tensorsOf({ starts, columns, values }: SparseRows): ModelTensors["arrays"] {
  return { starts: vector(starts), columns: vector(columns), values: vector(values) };
}
