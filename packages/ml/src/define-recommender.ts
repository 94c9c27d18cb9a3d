import { createRandom, type OnProgress, type Random, TamisError, throwIfAborted } from "@tamis/core";
import type { Model, ModelKind, ModelOptions, ModelTensors, Recommender } from "./recommender.ts";
import { recommenderNames } from "./recommenders.ts";
import { createModel, type ModelHeader } from "./scorer.ts";
import { readTensors, scalar, vector } from "./tensors.ts";
import { denseOf, type Trainset } from "./trainset.ts";

/** What an algorithm has learnt: arrays by name, of any length. It is all that a model keeps, and what its file holds. */
export type LearntArrays = Readonly<Record<string, Float64Array | Float32Array | Int32Array>>;

/** An algorithm of one's own: two functions and a name. */
export interface RecommenderDefinition<Learnt extends LearntArrays> {
  /** Kebab-case; not the name of an algorithm of this package. */
  readonly algorithm: string;
  /** What the two functions depend on beside the data; plain JSON. @default {} */
  readonly options?: ModelOptions;
  /** What the estimates are. @default "rating" */
  readonly kind?: ModelKind;
  /**
   * Learns from the ratings. Users and items are numbered in the order of {@link Trainset.userIds} and
   * {@link Trainset.itemIds}; everything random comes from `context.random`.
   */
  fit(trainset: Trainset, context: DefinedFitContext): Learnt | Promise<Learnt>;
  /**
   * The estimate for a user and an item by their numbers, `undefined` for an unknown one, from what was learnt and
   * nothing else. Estimated ratings need not be clipped. `undefined` when there is nothing to say: the mean of all
   * ratings then stands for it, in a ranking 0.
   */
  estimate(learnt: Learnt, user: number | undefined, item: number | undefined): number | undefined;
}

export interface DefinedFitContext {
  /** `createRandom(seed)`. */
  readonly random: Random;
  /** To be looked at in a long fit, with `throwIfAborted` of `@tamis/core`. */
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** A {@link Recommender} that can bring its models back: hand it to `readModelFile`. */
export interface DefinedRecommender extends Recommender {
  /** @throws corrupt_data when the tensors are not those of such a model; unsupported for other options */
  restore(header: ModelHeader, tensors: ModelTensors): Model;
}

/** Tensor for the mean of all ratings; everything else is the algorithm's. */
const meanTensor = "global_mean";

/**
 * Makes a recommender of one's own algorithm: what works with those of this package works with it (`crossValidate`,
 * `recommend`, model files). Run `recommenderContract` of `@tamis/ml/testing` on it.
 *
 * @throws invalid_input for the name of an algorithm of this package; `fit` throws it for an array of a reserved name
 *
 * @example
 * const itemMean = defineRecommender({
 *   algorithm: "item-mean",
 *   fit: (trainset) => ({
 *     means: Float64Array.from(trainset.itemIds(), (itemId) => {
 *       const ratings = [...trainset.ratingsFor(itemId)];
 *       return ratings.reduce((sum, { rating }) => sum + rating, 0) / ratings.length;
 *     }),
 *   }),
 *   estimate: ({ means }, _user, item) => (item === undefined ? undefined : means[item]),
 * });
 */
export function defineRecommender<Learnt extends LearntArrays>(
  definition: RecommenderDefinition<Learnt>,
): DefinedRecommender {
  const { algorithm, options = {}, kind = "rating" } = definition;
  if ((recommenderNames as readonly string[]).includes(algorithm)) {
    throw new TamisError(
      "invalid_input",
      `“${algorithm}” is an algorithm of @tamis/ml; choose another name.`,
    );
  }
  const restore = (header: ModelHeader, tensors: ModelTensors) => {
    if (header.algorithm === algorithm && JSON.stringify(header.options) === JSON.stringify(options)) {
      return restoreDefined(definition, kind, header, tensors);
    }
    throw new TamisError(
      "unsupported",
      `A model of ${header.algorithm} with ${JSON.stringify(header.options)} cannot be restored by ${algorithm} ` +
        `with ${JSON.stringify(options)}; define the recommender as it was when the model was fitted.`,
    );
  };
  return {
    algorithm,
    options,
    kind,
    async fit(trainset, { seed = 42, signal, onProgress } = {}) {
      throwIfAborted(signal);
      const learnt = await definition.fit(trainset, {
        random: createRandom(seed),
        ...(signal && { signal }),
        ...(onProgress && { onProgress }),
      });
      throwIfAborted(signal);
      if (Object.hasOwn(learnt, meanTensor)) {
        throw new TamisError("invalid_input", `${algorithm}: no array may be named “${meanTensor}”.`);
      }
      const { users, items, globalMean, scale } = denseOf(trainset);
      const arrays = Object.entries(learnt).map(([name, data]) => [name, vector(data)]);
      return restore(
        { algorithm, options, seed, scale },
        { users, items, arrays: { ...Object.fromEntries(arrays), [meanTensor]: scalar(globalMean) } },
      );
    },
    restore,
  };
}

function restoreDefined<Learnt extends LearntArrays>(
  definition: RecommenderDefinition<Learnt>,
  kind: ModelKind,
  header: ModelHeader,
  tensors: ModelTensors,
): Model {
  const { users, items, arrays } = tensors;
  const mean = readTensors(header.algorithm, tensors).scalar(meanTensor);
  const others = Object.entries(arrays).filter(([name]) => name !== meanTensor);
  const learnt = Object.fromEntries(others.map(([name, { data }]) => [name, data])) as Learnt;
  const nothing = kind === "rating" ? mean : 0;
  const known = (number: number) => (number < 0 ? undefined : number);
  const estimate = (user: number, item: number) =>
    definition.estimate(learnt, known(user), known(item)) ?? nothing;
  const scorer = { estimate, tensors: () => arrays };
  return createModel({ ...header, kind }, users, items, scorer);
}
