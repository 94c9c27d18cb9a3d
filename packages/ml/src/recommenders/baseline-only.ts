import { fitWatched } from "../epoch-watch.ts";
import { parseOptions } from "../parse-options.ts";
import type { FitContext, Model, ModelTensors, Recommender } from "../recommender.ts";
import { createModel, type ModelHeader } from "../scorer.ts";
import { readTensors, scalar, vector } from "../tensors.ts";
import type { DenseTrainset } from "../trainset-dense.ts";
import {
  type BaselineInput,
  BaselineOptions,
  type Baselines,
  fitBaselines,
  foldInBias,
} from "./baselines.ts";
import { forgetRatings } from "./forget-ratings.ts";
import { recommenderOf } from "./recommender-of.ts";

const algorithm = "baseline-only";

/**
 * The baseline estimate: how far the user and the item are from the mean.
 *
 *     r̂_ui = μ + b_u + b_i
 *
 * The bias of an unknown user or item is 0. `baselines.ts` says how b_u and b_i are fitted, and which bias somebody
 * gets who is folded in. The model keeps the ratings, so that it can forget a user exactly: the biases of the others
 * are fitted again without.
 *
 * @default { method: "als", epochs: 10, regUser: 15, regItem: 10 }; for `sgd`
 * { epochs: 20, learningRate: 0.005, regularization: 0.02 }
 * @throws invalid_input for an unknown or impossible option
 * @source Koren, ACM TKDD 4(1), 2010, section 2.1
 */
export function baselineOnly(options?: BaselineInput): Recommender {
  const parsed = parseOptions(algorithm, BaselineOptions, options);
  return recommenderOf({ algorithm, options: parsed }, (header, dense, context) =>
    fitBaselineOnly(header, parsed, dense, context),
  );
}

async function fitBaselineOnly(
  header: ModelHeader,
  options: BaselineOptions,
  dense: DenseTrainset,
  context: FitContext,
): Promise<Model> {
  const { users, items, globalMean, byUser } = dense;
  const modelOf = ({ bu, bi }: Baselines, options: BaselineOptions) =>
    restoreBaselineOnly(
      { ...header, options },
      {
        users,
        items,
        arrays: {
          mu: scalar(globalMean),
          bu: vector(bu),
          bi: vector(bi),
          starts: vector(byUser.starts),
          columns: vector(byUser.columns),
          values: vector(byUser.values),
        },
      },
    );
  return fitWatched(options, context.watch, (watch) => fitBaselines(dense, options, context, watch), modelOf);
}

/**
 * Tensors: `mu` (1), `bu` (users), `bi` (items); the ratings, users × items, as `starts` (users + 1), `columns`
 * (ratings), `values` (ratings).
 */
export function restoreBaselineOnly(header: ModelHeader, tensors: ModelTensors): Model {
  const options = parseOptions(algorithm, BaselineOptions, header.options);
  const { users, items, arrays } = tensors;
  const read = readTensors(algorithm, tensors);
  const mu = read.scalar("mu");
  const bu = read.float64("bu", users.length);
  const bi = read.float64("bi", items.length);
  const ratings = read.sparseRows(users.length, items.length);

  /** The terms for somebody with this bias; the bias of nobody is left out. */
  const explain = (bias: number | undefined, item: number) => [
    { term: "mean", value: mu },
    ...(bias === undefined ? [] : [{ term: "user_bias", value: bias }]),
    ...(item < 0 ? [] : [{ term: "item_bias", value: bi[item]! }]),
  ];
  const estimate = (bias: number, item: number) => mu + bias + (item < 0 ? 0 : bi[item]!);
  return createModel(header, users, items, {
    estimate: (user, item) => estimate(user < 0 ? 0 : bu[user]!, item),
    explain: (user, item) => explain(user < 0 ? undefined : bu[user]!, item),
    foldsInExactly: true,
    foldIn(history) {
      const bias = foldInBias(history, options, (item) => mu + bi[item]!);
      return { estimate: (item) => estimate(bias, item), explain: (item) => explain(bias, item) };
    },
    async forget(user) {
      const rest = forgetRatings(tensors, header.scale, ratings, user, { byItem: false });
      return { model: await fitBaselineOnly(header, options, rest, {}), exact: true };
    },
    tensors: () => arrays,
  });
}
