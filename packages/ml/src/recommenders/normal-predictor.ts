import { canonicalId, createRandom, type Id, throwIfAborted } from "@tamis/core";
import { z } from "zod";
import { parseOptions } from "../parse-options.ts";
import type { Model, ModelTensors, Recommender } from "../recommender.ts";
import type { ModelHeader } from "../scorer.ts";
import { readTensors, scalar } from "../tensors.ts";
import { recommenderOf } from "./recommender-of.ts";

const algorithm = "normal-predictor";
const NormalPredictorOptions = z.strictObject({});

/**
 * Draws ratings from the distribution of the training ratings, taken as normal: what every other algorithm must
 * beat.
 *
 *     r̂_ui ~ N(μ, σ²),   σ² = Σ (r_ui − μ)² / n
 *
 * The draw of a pair depends on the seed and the two ids only: `createRandom(seed).fork("USER/ITEM")`, first normal
 * draw. So the same question has the same answer, in whatever order questions are asked; an unknown user or item is
 * no exception. A forgotten user is not taken out of μ and σ.
 *
 * @throws invalid_input for any option: there are none
 */
export function normalPredictor(options?: Readonly<Record<never, never>>): Recommender {
  const parsed = parseOptions(algorithm, NormalPredictorOptions, options);
  return recommenderOf({ algorithm, options: parsed }, async (header, dense, { signal }) => {
    throwIfAborted(signal);
    const { users, items, globalMean, byUser } = dense;
    const squares = byUser.values.reduce((sum, rating) => sum + (rating - globalMean) ** 2, 0);
    const sigma = Math.sqrt(squares / byUser.values.length);
    const arrays = { mu: scalar(globalMean), sigma: scalar(sigma) };
    return restoreNormalPredictor(header, { users, items, arrays });
  });
}

/** Tensors: `mu` (1), `sigma` (1). */
export function restoreNormalPredictor(header: ModelHeader, tensors: ModelTensors): Model {
  const { min, max } = header.scale;
  const read = readTensors(algorithm, tensors);
  const mu = read.scalar("mu");
  const sigma = read.scalar("sigma");
  const users = new Set(tensors.users);
  const items = new Set(tensors.items);
  const random = createRandom(header.seed);
  const draw = (userId: Id, itemId: Id) =>
    random.fork(`${canonicalId(userId)}/${canonicalId(itemId)}`).normal(mu, sigma);
  const model: Model = {
    algorithm,
    options: header.options,
    seed: header.seed,
    scale: header.scale,
    itemIds: tensors.items,
    knowsUser: (userId) => users.has(canonicalId(userId)),
    knowsItem: (itemId) => items.has(canonicalId(itemId)),
    predict: (userId, itemId) => ({ value: Math.min(Math.max(draw(userId, itemId), min), max) }),
    scoreItems: (userId) => Float64Array.from(tensors.items, (itemId) => draw(userId, itemId)),
    async forget(userId) {
      const forgotten = canonicalId(userId);
      if (!users.has(forgotten)) return { model, exact: true };
      const rest = tensors.users.filter((known) => known !== forgotten);
      return { model: restoreNormalPredictor(header, { ...tensors, users: rest }), exact: false };
    },
    tensors: () => tensors,
  };
  return model;
}
