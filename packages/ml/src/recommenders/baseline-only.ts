import { parseOptions } from "../parse-options.ts";
import type { Model, ModelTensors, Recommender } from "../recommender.ts";
import { createModel, type ModelHeader } from "../scorer.ts";
import { readTensors, scalar, vector } from "../tensors.ts";
import { denseOf } from "../trainset.ts";
import { type BaselineInput, BaselineOptions, fitBaselines } from "./baselines.ts";

const algorithm = "baseline-only";

/**
 * The baseline estimate: how far the user and the item are from the mean.
 *
 *     r̂_ui = μ + b_u + b_i
 *
 * The bias of an unknown user or item is 0. `baselines.ts` says how b_u and b_i are fitted.
 *
 * @default { method: "als", epochs: 10, regUser: 15, regItem: 10 }; for `sgd`
 * { epochs: 20, learningRate: 0.005, regularization: 0.02 }
 * @throws invalid_input for an unknown or impossible option
 * @source Koren, ACM TKDD 4(1), 2010, section 2.1
 */
export function baselineOnly(options?: BaselineInput): Recommender {
  const parsed = parseOptions(algorithm, BaselineOptions, options);
  return {
    algorithm,
    options: parsed,
    async fit(trainset, context = {}) {
      const dense = denseOf(trainset);
      const { bu, bi } = await fitBaselines(dense, parsed, context);
      return restoreBaselineOnly(
        { algorithm, options: parsed, seed: context.seed ?? 42, scale: dense.scale },
        {
          users: dense.users,
          items: dense.items,
          arrays: { mu: scalar(dense.globalMean), bu: vector(bu), bi: vector(bi) },
        },
      );
    },
  };
}

/** Tensors: `mu` (1), `bu` (users), `bi` (items). */
export function restoreBaselineOnly(header: ModelHeader, tensors: ModelTensors): Model {
  const { users, items, arrays } = tensors;
  const read = readTensors(algorithm, tensors);
  const mu = read.scalar("mu");
  const bu = read.float64("bu", users.length);
  const bi = read.float64("bi", items.length);
  return createModel(header, users, items, {
    estimate: (user, item) => mu + (user < 0 ? 0 : bu[user]!) + (item < 0 ? 0 : bi[item]!),
    tensors: () => arrays,
  });
}
