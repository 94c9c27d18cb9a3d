import { createRandom, TamisError } from "@tamis/core";
import { z } from "zod";
import { type EpochWatch, fitWatched } from "../epoch-watch.ts";
import { type Feedback, type FeedbackOptions, feedbackOf, minRating } from "../feedback.ts";
import { type BprFactors, fitBpr } from "../kernels/bpr.ts";
import { parseOptions } from "../parse-options.ts";
import { createRankingModel } from "../ranking-model.ts";
import type { FitContext, Model, ModelTensors, Recommender } from "../recommender.ts";
import type { ModelHeader } from "../scorer.ts";
import type { SparseRows } from "../sparse-rows.ts";
import { readTensors, vector } from "../tensors.ts";
import { type BprParameters, foldInBpr } from "./bpr-fold-in.ts";
import { rowCosines } from "./cosine.ts";
import { dotProduct } from "./dot-product.ts";
import { recommenderOf } from "./recommender-of.ts";

const algorithm = "bpr";

const BprOptions = z.strictObject({
  /** The length of w_u and h_i. */
  factors: z.int().min(1).max(10_000).default(64),
  /** Each takes as many steps as there is feedback. */
  epochs: z.int().min(1).default(100),
  learningRate: z.number().positive().default(0.02),
  /** λ, of factors and biases. */
  regularization: z.number().min(0).default(0.02),
  /** The factors start as draws from N(0, initStd²). */
  initStd: z.number().positive().default(0.1),
  /** How the item j that the user does not have is drawn. */
  negatives: z.enum(["uniform", "popularity"]).default("uniform"),
  minRating,
});
type BprOptions = z.output<typeof BprOptions>;

/** Options of {@link bpr}; every one has a default. */
export type BprInput = z.input<typeof BprOptions>;

/**
 * Bayesian personalised ranking: matrix factorisation that learns from pairs of an item the user has and one that
 * the user does not. With score(u, i) = b_i + w_u · h_i it maximises
 *
 *     Σ ln σ(score(u, i) − score(u, j)) − λ (|w_u|² + |h_i|² + |h_j|² + b_i² + b_j²) / 2
 *
 * by stochastic gradient descent, seeded: each step draws an observed pair (u, i) uniformly, then j among what u does
 * not have, `uniform`ly over all items or by `popularity` (an item of a pair drawn uniformly). Differences of scores
 * of one user mean something, their values do not.
 *
 * The descent is `kernels/bpr.ts`: float32, on every processor. Steps are drawn half a million at a time and taken
 * block by block of users and pairs of items; the result is the same bit for bit whatever the number of processors.
 *
 * A fold-in descends on w alone, from 0, with the items fixed and the same rates, over `epochs` passes of the history,
 * drawing its negatives from the model's seed; for a known user it is therefore near the trained answer, not the
 * same. A forgotten user's trace stays in h and b. What is explained of a known user is the two terms of the formula;
 * of a folded-in history, what each of its items brought in.
 *
 * @default { factors: 64, epochs: 100, learningRate: 0.02, regularization: 0.02, initStd: 0.1, negatives: "uniform" }
 * @throws invalid_input for an unknown or impossible option; `fit` throws analysis when the descent diverges
 * @source Rendle, Freudenthaler, Gantner, Schmidt-Thieme, "BPR: Bayesian Personalized Ranking from Implicit
 * Feedback", UAI 2009, LearnBPR and section 4.3.1
 */
export function bpr(options?: BprInput): Recommender {
  const parsed = parseOptions(algorithm, BprOptions, options);
  return recommenderOf({ algorithm, options: parsed, kind: "ranking" }, (header, dense, context) => {
    const { users, items } = dense;
    const feedback = feedbackOf(dense, feedbackOptions(parsed));
    // How often each item was seen: what negatives drawn by popularity come from.
    const counts = new Float64Array(items.length);
    for (const item of feedback.columns) counts[item]!++;
    const modelOf = (parameters: BprParameters, options: BprOptions) =>
      restoreBpr(
        { ...header, options },
        { users, items, arrays: tensorsOf(parameters, parsed.factors, counts) },
      );
    const learn = (watch: EpochWatch<BprParameters> | undefined) =>
      descend(feedback, items.length, parsed, { ...context, seed: header.seed, watch });
    return fitWatched(parsed, context.watch, learn, modelOf);
  });
}

/** Up to so many updates of single factors, starting workers takes longer than doing without. */
const smallWork = 200_000_000;

type DescentContext = Omit<FitContext, "seed" | "watch"> & {
  readonly seed: number;
  readonly watch: EpochWatch<BprParameters> | undefined;
};

async function descend(
  { starts, columns }: SparseRows,
  itemCount: number,
  options: BprOptions,
  { seed, workers, signal, onProgress, watch }: DescentContext,
): Promise<BprParameters> {
  const isSmall = columns.length * options.factors * options.epochs < smallWork;
  const found = await fitBpr(
    { starts, items: columns, itemCount },
    { ...options, seed },
    {
      signal,
      watch: watch && { ...watch, look: (found, epochs) => watch.look(inDoubles(found), epochs) },
      onProgress: onProgress && ((progress) => onProgress({ ...progress, phase: "fit bpr" })),
      workers: workers ?? (isSmall ? 0 : undefined),
    },
  );
  return inDoubles(found);
}

function inDoubles(found: BprFactors): BprParameters {
  if (!found.ofUsers.every(Number.isFinite) || !found.biases.every(Number.isFinite)) {
    throw new TamisError("analysis", "bpr: the descent diverged; use a smaller learningRate.");
  }
  return {
    ofUsers: new Float64Array(found.ofUsers),
    ofItems: new Float64Array(found.ofItems),
    biases: new Float64Array(found.biases),
  };
}

/**
 * Tensors: `user_factors` (users × factors), `item_factors` (items × factors), `item_biases` (items), `item_counts`
 * (items), how often each item was observed.
 */
export function restoreBpr(header: ModelHeader, tensors: ModelTensors): Model {
  const options = parseOptions(algorithm, BprOptions, header.options);
  const { users, items, arrays } = tensors;
  const { factors } = options;
  const read = readTensors(algorithm, tensors);
  const ofUsers = read.float64("user_factors", users.length, factors);
  const ofItems = read.float64("item_factors", items.length, factors);
  const biases = read.float64("item_biases", items.length);
  const counts = read.float64("item_counts", items.length);
  const foldIn = (history: Feedback) => {
    const random = createRandom(header.seed).fork("fold-in");
    return foldInBpr(history, { ofItems, biases }, counts, options, random);
  };
  const affinity = (rows: Float64Array, row: number, item: number) =>
    dotProduct(rows, row * factors, ofItems, item * factors, factors);

  return createRankingModel(header, users, items, feedbackOptions(options), {
    score: (user, item) => biases[item]! + affinity(ofUsers, user, item),
    scoreItems(user, scores) {
      for (let item = 0; item < scores.length; item++)
        scores[item] = biases[item]! + affinity(ofUsers, user, item);
    },
    foldIn(history, scores) {
      const { row } = foldIn(history);
      for (let item = 0; item < scores.length; item++) scores[item] = biases[item]! + affinity(row, 0, item);
    },
    factors: {
      rank: factors,
      items: ofItems,
      biases,
      of: (who) => ({
        row: typeof who === "number" ? ofUsers.subarray(who * factors, (who + 1) * factors) : foldIn(who).row,
        offset: 0,
      }),
    },
    explain(who, item) {
      const bias = { term: "item_bias", value: biases[item]! };
      if (typeof who === "number") return [bias, { term: "affinity", value: affinity(ofUsers, who, item) }];
      const { parts } = foldIn(who);
      return [
        bias,
        ...Array.from(who.items, (other, n) => ({ item: other, value: affinity(parts, n, item) })),
      ];
    },
    similarity: rowCosines(ofItems, factors).of,
    async forget(user) {
      const others = new Float64Array(ofUsers.length - factors);
      others.set(ofUsers.subarray(0, user * factors));
      others.set(ofUsers.subarray((user + 1) * factors), user * factors);
      const rest = tensorsOf({ ofUsers: others, ofItems, biases }, factors, counts);
      return {
        model: restoreBpr(header, { users: users.toSpliced(user, 1), items, arrays: rest }),
        exact: false,
      };
    },
    tensors: () => arrays,
  });
}

function feedbackOptions({ minRating }: BprOptions): FeedbackOptions {
  return { minRating, values: "binary" };
}

function tensorsOf(
  { ofUsers, ofItems, biases }: BprParameters,
  factors: number,
  counts: Float64Array,
): ModelTensors["arrays"] {
  return {
    user_factors: { shape: [ofUsers.length / factors, factors], data: ofUsers },
    item_factors: { shape: [ofItems.length / factors, factors], data: ofItems },
    item_biases: vector(biases),
    item_counts: vector(counts),
  };
}
