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
  /** What its models' scores are. @default "rating" */
  readonly kind?: ModelKind;
  /** @throws aborted when `context.signal` fires, between epochs or blocks of rows */
  fit(trainset: Trainset, context?: FitContext): Promise<Model>;
}

/**
 * What the scores of a model are: `rating`, estimates of the ratings users would give; `ranking`, numbers that only
 * put items in an order. The error of a ranking score is not defined, and an estimated rating ranks badly: see
 * docs/decisions/2026-11-21-ranking-models.md.
 */
export type ModelKind = "rating" | "ranking";

export type ModelOptions = Readonly<Record<string, unknown>>;

export interface FitContext {
  /** Seed of everything random in the fit. @default 42 */
  readonly seed?: number;
  /**
   * Threads to compute on, where the algorithm can use them; 0 for none beside the caller's. The model does not
   * depend on it.
   * @default the number of processors, at most 8
   */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnProgress;
  /** Looks at the model between epochs. An algorithm without `epochs` among its options has nothing to see. */
  readonly watch?: FitWatch;
}

/** Looks at models before they are finished. Looking changes nothing of what is learnt. */
export interface FitWatch {
  /** Epochs from one look to the next; after the last epoch there is one in any case. */
  readonly every: number;
  /**
   * True ends the fit, which then gives this model.
   *
   * @param model - as it is after so many epochs: the very model, bit for bit, that a fit with its options gives. Where
   * `rateDecay` makes the rates fall, its options have as much less of it as they have fallen less: the same steps, but
   * for the rounding of the rates
   */
  look(model: Model, epochs: number): Promise<boolean>;
}

/** A fitted recommender: immutable, needs nothing of the trainset any more. */
export interface Model {
  readonly algorithm: string;
  readonly options: ModelOptions;
  readonly seed: number;
  /** @default "rating" */
  readonly kind?: ModelKind;
  /** The values a rating may take; estimated ratings are clipped to it, both ends included. */
  readonly scale: Scale;
  /** The items it can score, in its own order (that of {@link Model.scoreItems}). */
  readonly itemIds: readonly Id[];
  knowsUser(userId: Id): boolean;
  knowsItem(itemId: Id): boolean;
  /**
   * The estimated rating of an item by a user, or of a ranking model its score, whose meaning the algorithm states;
   * an unknown user or item is an answer, not an error.
   */
  predict(userId: Id, itemId: Id): Prediction;
  /**
   * The user's estimated rating or score of every item: a new array of shape (items), aligned with
   * {@link Model.itemIds}, not clipped (so that ranking keeps the differences beyond the scale's end).
   */
  scoreItems(userId: Id): Float64Array;
  /**
   * What {@link Model.scoreItems} would be for a user with this history, known or not, without training again. Items
   * the model does not know are passed over. For a known user's training history the answer is the same, unless
   * the algorithm says otherwise.
   */
  foldIn?(history: History): Float64Array;
  /**
   * Whether the fold-in of a known user's training history gives what is unrated the very scores of that user, so that
   * a newer history can take its place. @default false
   */
  readonly foldsInExactly?: boolean;
  /** What the scores are made of, when they are products of factors: many lists are computed faster from it. */
  readonly factors?: ScoreFactors;
  /**
   * Takes a score apart: the unclipped one of a known user, or the one that somebody with this history gets from
   * {@link Model.foldIn}. An unknown user has no history; an unknown item has the score of its prediction, of a
   * ranking model 0, from nothing.
   */
  explain?(who: Id | History, itemId: Id): Explanation;
  /**
   * How alike the model holds two items: 1 the same, 0 nothing in common (or an unknown item), negative opposite.
   * Absent when the algorithm does not relate items to each other. Used to say why an item is recommended.
   */
  similarity?(itemId: Id, otherItemId: Id): number;
  /** As {@link Model.similarity}, of two users. Absent when the algorithm does not relate users to each other. */
  userSimilarity?(userId: Id, otherUserId: Id): number;
  /**
   * The model without a user: neither their id nor their history is in it any more. `exact` says whether it is the
   * model that training without them would have given; otherwise traces of them may be left in what others are
   * scored with, until it is trained again. This model stays as it is.
   */
  forget?(userId: Id): Promise<{ readonly model: Model; readonly exact: boolean }>;
  /** What a model file stores: named typed arrays. `restoreModel` reads them back. */
  tensors(): ModelTensors;
}

/** Scores of the form `offset + b_i + q_i · p`, added up in this order. */
export interface ScoreFactors {
  /** k, the length of p and q_i. */
  readonly rank: number;
  /** q, shape (items × rank), row-major, aligned with {@link Model.itemIds}. */
  readonly items: Float64Array;
  /** b, shape (items). */
  readonly biases: Float64Array;
  /** Of a known user, or of somebody with this history; `undefined` for somebody of whom the model knows nothing. */
  of(who: Id | History): TasteFactors | undefined;
}

/** One person's half of {@link ScoreFactors}. */
export interface TasteFactors {
  /** p, shape (rank). */
  readonly row: Float64Array;
  readonly offset: number;
}

/** Why a prediction is less than the full formula. */
export type PredictionReason =
  | "unknown_user"
  | "unknown_item"
  | "unknown_user_and_item"
  | "too_few_neighbours";

/** What somebody rated. */
export type History = readonly { readonly itemId: Id; readonly rating: number }[];

export interface Explanation {
  readonly score: number;
  /** They sum to the score within 1e-6; the largest comes first. */
  readonly contributions: readonly Contribution[];
}

/**
 * What an item of the history adds to a score, or a neighbour, or a term of the algorithm's formula that belongs to
 * no single one: `mean`, `user_bias`, `item_bias`, `affinity` (of factors)…
 */
export type Contribution =
  | { readonly itemId: Id; readonly value: number }
  | { readonly userId: Id; readonly value: number }
  | { readonly term: string; readonly value: number };

export interface Prediction {
  /** The estimate, clipped to the scale, in units of the scale; of a ranking model, its score. */
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
