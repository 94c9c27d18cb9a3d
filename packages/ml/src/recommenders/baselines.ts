import { z } from "zod";
import { type EpochWatch, endsAfter } from "../epoch-watch.ts";
import { createPace } from "../pace.ts";
import type { FitContext } from "../recommender.ts";
import type { RatedItems } from "../scorer.ts";
import type { DenseTrainset } from "../trainset-dense.ts";

const Als = z.strictObject({
  method: z.literal("als"),
  /** Passes over items, then users. */
  epochs: z.int().min(1).default(10),
  /** λ of the user biases: how many ratings' worth of zeros each user is given. */
  regUser: z.number().min(0).default(15),
  /** λ of the item biases. */
  regItem: z.number().min(0).default(10),
});

const Sgd = z.strictObject({
  method: z.literal("sgd"),
  epochs: z.int().min(1).default(20),
  learningRate: z.number().positive().default(0.005),
  regularization: z.number().min(0).default(0.02),
});

/** How baselines are fitted: alternating least squares (the default) or stochastic gradient descent. */
export const BaselineOptions = z.preprocess(
  (options) =>
    typeof options === "object" && options !== null && !("method" in options)
      ? { method: "als", ...options }
      : options,
  z.discriminatedUnion("method", [Als, Sgd]),
);
export type BaselineOptions = z.output<typeof BaselineOptions>;

/** {@link BaselineOptions} as a caller writes them: everything has a default. */
export type BaselineInput =
  | ({ readonly method?: "als" } & Partial<Omit<z.output<typeof Als>, "method">>)
  | ({ readonly method: "sgd" } & Partial<Omit<z.output<typeof Sgd>, "method">>);

/** b_u, shape (users), and b_i, shape (items), in units of the scale. */
export interface Baselines {
  readonly bu: Float64Array;
  readonly bi: Float64Array;
}

/**
 * Fits the biases of the baseline estimate b_ui = μ + b_u + b_i, from all zeros.
 *
 * **als**, each epoch first all items, then all users:
 *
 *     b_i = Σ_{u ∈ U_i} (r_ui − μ − b_u) / (λ_item + |U_i|)
 *     b_u = Σ_{i ∈ I_u} (r_ui − μ − b_i) / (λ_user + |I_u|)
 *
 * **sgd**, each epoch over the ratings user by user, with e = r_ui − (μ + b_u + b_i):
 *
 *     b_u ← b_u + γ (e − λ b_u),   b_i ← b_i + γ (e − λ b_i)
 *
 * @source Koren, "Factor in the Neighbors: Scalable and Accurate Collaborative Filtering", ACM TKDD 4(1), 2010,
 * section 2.1; defaults and order of Surprise 1.1.4.
 */
export async function fitBaselines(
  trainset: DenseTrainset,
  options: BaselineOptions,
  context: Pick<FitContext, "signal" | "onProgress"> = {},
  watch?: EpochWatch<Baselines>,
): Promise<Baselines> {
  const pace = createPace({ phase: "fit baselines", total: options.epochs, unit: "epochs" }, context);
  const baselines = {
    bu: new Float64Array(trainset.users.length),
    bi: new Float64Array(trainset.items.length),
  };
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    if (options.method === "als") alsEpoch(trainset, baselines, options);
    else sgdEpoch(trainset, baselines, options);
    await pace.step(epoch + 1);
    if (await endsAfter(watch, epoch + 1, options.epochs, () => structuredClone(baselines))) break;
  }
  return baselines;
}

/**
 * The bias of somebody who was not in the training set, the items' biases held: the last step of **als**, the very
 * number that training with them and the same b_i would give; for **sgd** the point at which its descent stands still.
 *
 * @param expected - μ + b_i
 */
export function foldInBias(
  { items, ratings }: RatedItems,
  options: BaselineOptions,
  expected: (item: number) => number,
): number {
  const deviation = ratings.reduce((sum, rating, n) => sum + rating - expected(items[n]!), 0);
  const count = ratings.length;
  return (
    deviation / (options.method === "als" ? options.regUser + count : count * (1 + options.regularization))
  );
}

function alsEpoch(trainset: DenseTrainset, { bu, bi }: Baselines, options: z.output<typeof Als>): void {
  const { byUser, byItem, globalMean } = trainset;
  alsSide(byItem, bi, bu, globalMean, options.regItem);
  alsSide(byUser, bu, bi, globalMean, options.regUser);
}

function alsSide(
  { starts, columns, values }: DenseTrainset["byUser"],
  biases: Float64Array,
  others: Float64Array,
  globalMean: number,
  regularization: number,
): void {
  for (let row = 0; row < biases.length; row++) {
    const end = starts[row + 1]!;
    let deviation = 0;
    for (let p = starts[row]!; p < end; p++) deviation += values[p]! - globalMean - others[columns[p]!]!;
    biases[row] = deviation / (regularization + end - starts[row]!);
  }
}

function sgdEpoch(trainset: DenseTrainset, { bu, bi }: Baselines, options: z.output<typeof Sgd>): void {
  const { byUser, globalMean } = trainset;
  const { learningRate, regularization } = options;
  for (let user = 0; user < bu.length; user++) {
    const end = byUser.starts[user + 1]!;
    for (let p = byUser.starts[user]!; p < end; p++) {
      const item = byUser.columns[p]!;
      const error = byUser.values[p]! - (globalMean + bu[user]! + bi[item]!);
      bu[user]! += learningRate * (error - regularization * bu[user]!);
      bi[item]! += learningRate * (error - regularization * bi[item]!);
    }
  }
}
