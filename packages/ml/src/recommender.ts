import type { Id, OnProgress, Scale } from "@tamis/core";
import type { Trainset } from "./trainset.ts";

/**
 * An algorithm with its options: `fit` learns a {@link Model} from a {@link Trainset}. Fitting twice with the
 * same trainset, options and seed gives the same model, bit for bit. A recommender holds no state.
 */
export interface Recommender {
  /** Kebab-case name of the algorithm: `svd`, `knn-baseline`… */
  readonly algorithm: string;
  /** Every option with its value, defaults included; plain JSON. */
  readonly options: ModelOptions;
  /** @throws aborted when `context.signal` fires, between epochs or blocks of rows */
  fit(trainset: Trainset, context?: FitContext): Promise<Model>;
}

export type ModelOptions = Readonly<Record<string, unknown>>;

export interface FitContext {
  /** Seed of everything random in the fit. @default 42 */
  readonly seed?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
}

/** A fitted recommender: immutable, needs nothing of the trainset any more. */
export interface Model {
  readonly algorithm: string;
  readonly options: ModelOptions;
  readonly seed: number;
  /** Estimates are clipped to it, both ends included. */
  readonly scale: Scale;
  /** The items it can score, in its own order (that of {@link Model.scoreItems}). */
  readonly itemIds: readonly Id[];
  knowsUser(userId: Id): boolean;
  knowsItem(itemId: Id): boolean;
  /** The estimated rating of an item by a user; an unknown user or item is an answer, not an error. */
  predict(userId: Id, itemId: Id): Prediction;
  /**
   * The user's estimated rating of every item: a new array of shape (items), aligned with
   * {@link Model.itemIds}, not clipped (so that ranking keeps the differences beyond the scale's end).
   */
  scoreItems(userId: Id): Float64Array;
  /**
   * How alike the model holds two items: 1 the same, 0 nothing in common (or an unknown item), negative opposite.
   * Absent when the algorithm does not relate items to each other. Used to say why an item is recommended.
   */
  similarity?(itemId: Id, otherItemId: Id): number;
  /** What a model file stores: named typed arrays. `restoreModel` reads them back. */
  tensors(): ModelTensors;
}

/** Why a prediction is less than the full formula. */
export type PredictionReason =
  | "unknown_user"
  | "unknown_item"
  | "unknown_user_and_item"
  | "too_few_neighbours";

export interface Prediction {
  /** The estimate, clipped to the scale, in units of the scale. */
  readonly value: number;
  /** Absent when the algorithm's full formula was used. */
  readonly reason?: PredictionReason;
  /** Neighbours that took part (KNN only). */
  readonly neighbours?: number;
}

/** Named arrays with their shapes, row-major. Ids are in `users` and `items`. */
export interface ModelTensors {
  readonly users: readonly Id[];
  readonly items: readonly Id[];
  readonly arrays: Readonly<Record<string, Tensor>>;
}

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array | Float32Array | Int32Array;
}
