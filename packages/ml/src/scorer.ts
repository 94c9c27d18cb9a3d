import { canonicalId, type Id, type IdColumn, type Scale } from "@tamis/core";
import { createExplanation, type NumberedContribution } from "./explanation.ts";
import { createPace, type Pace } from "./pace.ts";
import type {
  FitContext,
  History,
  Model,
  ModelOptions,
  ModelTensors,
  Prediction,
  PredictionReason,
  ScoreFactors,
  TasteFactors,
} from "./recommender.ts";
import { numbersOf } from "./trainset.ts";

/**
 * What an algorithm of this package writes: estimates over numbered users and items, `-1` for an unknown one.
 * Estimates are not clipped. {@link createModel} makes a {@link Model} of it.
 */
export interface Scorer {
  estimate(user: number, item: number): number;
  /** {@link Scorer.estimate} with what is said about it; for pairs of known user and item. */
  detail?(user: number, item: number): { estimate: number; neighbours: number; reason?: PredictionReason };
  /** A new array of estimates, aligned with `users` and `items`, faster than pair by pair. */
  estimateMany?(users: Int32Array, items: Int32Array, context: BatchContext): Promise<Float64Array>;
  /** Fills `estimates`, shape (items), faster than item by item. */
  estimateItems?(user: number, estimates: Float64Array): void;
  /** What adds up to {@link Scorer.estimate}. */
  explain?(user: number, item: number): readonly NumberedContribution[];
  /** Makes somebody's acquaintance by what they rated: one or more known items. */
  foldIn?(history: RatedItems): Newcomer;
  /** See {@link Model.foldsInExactly}. */
  readonly foldsInExactly?: boolean;
  /** See {@link Model.factors}; `of` a known user. A {@link Newcomer} has its own. */
  readonly factors?: Omit<ScoreFactors, "of"> & { of(user: number): TasteFactors };
  /** See {@link Model.similarity}; for known items. */
  similarity?(item: number, otherItem: number): number;
  /** {@link Scorer.similarity} of any item to each of some, all known: a new array, faster than one by one. */
  similaritiesTo?(others: Int32Array): (item: number) => Float64Array;
  /** See {@link Model.userSimilarity}; for known users. */
  userSimilarity?(user: number, otherUser: number): number;
  /** See {@link Model.forget}; for a known user. */
  forget?(user: number): Promise<{ model: Model; exact: boolean }>;
  tensors(): ModelTensors["arrays"];
}

/** What a batch of estimates goes by: see {@link FitContext}. */
type BatchContext = Omit<FitContext, "seed">;

/** Two columns of one length; an item that was rated twice is there twice. */
export interface RatedItems {
  readonly items: Int32Array;
  readonly ratings: Float64Array;
}

/** Somebody who is not among the users of a model: its answers for them, by number of the item, `-1` for an unknown one. */
export interface Newcomer {
  estimate(item: number): number;
  explain(item: number): readonly NumberedContribution[];
  /** Fills `estimates`, shape (items), faster than item by item. */
  estimateItems?(estimates: Float64Array): void;
  readonly factors?: TasteFactors;
}

/** What a model says of itself, and what a model file keeps beside its tensors. */
export interface ModelHeader {
  readonly algorithm: string;
  readonly options: ModelOptions;
  readonly seed: number;
  readonly scale: Scale;
}

/**
 * Makes a model of a scorer: ids to numbers, clipping, reasons.
 *
 * @param header - with the kind of the model; the scores of a ranking are not clipped
 */
export function createModel(
  header: ModelHeader & Pick<Model, "kind">,
  users: readonly Id[],
  items: readonly Id[],
  scorer: Scorer,
): Model {
  const { min, max } = header.scale;
  const isRanking = header.kind === "ranking";
  const clip = (estimate: number) => (isRanking ? estimate : Math.min(Math.max(estimate, min), max));
  const userNumbers = numbersOf(users);
  const itemNumbers = numbersOf(items);
  const userNumber = (id: Id) => userNumbers.get(canonicalId(id)) ?? -1;
  const itemNumber = (id: Id) => itemNumbers.get(canonicalId(id)) ?? -1;

  function scoreItems(user: number): Float64Array {
    const estimates = new Float64Array(items.length);
    if (scorer.estimateItems && user >= 0) scorer.estimateItems(user, estimates);
    else for (let item = 0; item < items.length; item++) estimates[item] = scorer.estimate(user, item);
    return estimates;
  }

  /** Nobody, when the history has no item that the model knows: who has such a one is an unknown user. */
  function meet(history: History): Newcomer | undefined {
    const known = history.filter(({ itemId }) => itemNumber(itemId) >= 0);
    if (known.length === 0) return undefined;
    return scorer.foldIn?.({
      items: Int32Array.from(known, ({ itemId }) => itemNumber(itemId)),
      ratings: Float64Array.from(known, ({ rating }) => rating),
    });
  }

  const model: Model = {
    algorithm: header.algorithm,
    options: header.options,
    seed: header.seed,
    ...(header.kind && { kind: header.kind }),
    scale: header.scale,
    itemIds: items,
    knowsUser: (id) => userNumber(id) >= 0,
    knowsItem: (id) => itemNumber(id) >= 0,
    predict(userId, itemId): Prediction {
      const user = userNumber(userId);
      const item = itemNumber(itemId);
      if (user < 0 || item < 0) {
        const reason = user >= 0 ? "unknown_item" : item >= 0 ? "unknown_user" : "unknown_user_and_item";
        return { value: clip(scorer.estimate(user, item)), reason };
      }
      if (scorer.detail === undefined) return { value: clip(scorer.estimate(user, item)) };
      const { estimate, ...details } = scorer.detail(user, item);
      return { value: clip(estimate), ...details };
    },
    scoreItems: (userId) => scoreItems(userNumber(userId)),
    ...(scorer.foldIn && {
      foldIn(history: History) {
        const newcomer = meet(history);
        if (newcomer === undefined) return scoreItems(-1);
        const estimates = new Float64Array(items.length);
        if (newcomer.estimateItems) newcomer.estimateItems(estimates);
        else for (let item = 0; item < items.length; item++) estimates[item] = newcomer.estimate(item);
        return estimates;
      },
    }),
    ...(scorer.foldsInExactly && { foldsInExactly: true }),
    ...(scorer.factors && {
      factors: {
        ...scorer.factors,
        of(who: Id | History) {
          if (typeof who === "object") return meet(who)?.factors;
          return userNumber(who) < 0 ? undefined : scorer.factors!.of(userNumber(who));
        },
      },
    }),
    ...(scorer.explain && {
      explain(who: Id | History, itemId: Id) {
        const item = itemNumber(itemId);
        const newcomer = typeof who === "object" ? meet(who) : undefined;
        const user = typeof who === "object" ? -1 : userNumber(who);
        return createExplanation(newcomer?.explain(item) ?? scorer.explain!(user, item), users, items);
      },
    }),
    ...(scorer.similarity && {
      similarity(itemId: Id, otherItemId: Id) {
        const [item, other] = [itemNumber(itemId), itemNumber(otherItemId)];
        return item < 0 || other < 0 ? 0 : scorer.similarity!(item, other);
      },
    }),
    ...(scorer.userSimilarity && {
      userSimilarity(userId: Id, otherUserId: Id) {
        const [user, other] = [userNumber(userId), userNumber(otherUserId)];
        return user < 0 || other < 0 ? 0 : scorer.userSimilarity!(user, other);
      },
    }),
    ...(scorer.forget && {
      async forget(userId: Id) {
        const user = userNumber(userId);
        return user < 0 ? { model, exact: true } : scorer.forget!(user);
      },
    }),
    tensors: () => ({ users, items, arrays: scorer.tensors() }),
  };

  batches.set(model, async (pairs, rows, context) => {
    const ofUser = Int32Array.from(pairs.users.ids, userNumber);
    const ofItem = Int32Array.from(pairs.items.ids, itemNumber);
    const userOfRow = rows.map((row) => ofUser[pairs.users.codes[row]!]!);
    const itemOfRow = rows.map((row) => ofItem[pairs.items.codes[row]!]!);
    const estimates = scorer.estimateMany
      ? await scorer.estimateMany(userOfRow, itemOfRow, context)
      : await estimateEach(scorer, userOfRow, itemOfRow, pairPace(rows.length, context));
    for (let p = 0; p < estimates.length; p++) estimates[p] = clip(estimates[p]!);
    return estimates;
  });
  const toSome = scorer.similaritiesTo ?? (scorer.similarity && oneByOne(scorer.similarity));
  if (toSome) {
    relations.set(model, (others) => {
      const numbers = Int32Array.from(others, itemNumber);
      const toKnown = toSome(numbers.filter((number) => number >= 0));
      return (itemId) => {
        const item = itemNumber(itemId);
        const values = new Float64Array(numbers.length);
        if (item < 0) return values;
        const known = toKnown(item);
        for (let n = 0, at = 0; n < numbers.length; n++) if (numbers[n]! >= 0) values[n] = known[at++]!;
        return values;
      };
    });
  }
  return model;
}

function oneByOne(similarity: NonNullable<Scorer["similarity"]>): NonNullable<Scorer["similaritiesTo"]> {
  return (others) => (item) => Float64Array.from(others, (other) => similarity(item, other));
}

type Relation = (others: readonly Id[]) => (itemId: Id) => Float64Array;

const relations = new WeakMap<Model, Relation>();

/**
 * {@link Model.similarity} of an item to each of some others, aligned with them: a function, for the same others are
 * asked about many items and their numbers are then looked up once. Nothing where the model relates no items.
 */
export function similaritiesTo(
  model: Model,
  others: readonly Id[],
): ((itemId: Id) => Float64Array) | undefined {
  const relation = relations.get(model);
  if (relation) return relation(others);
  if (!model.similarity) return undefined;
  return (itemId) => Float64Array.from(others, (other) => model.similarity!(itemId, other));
}

type PairColumns = { readonly users: IdColumn; readonly items: IdColumn };
type Batch = (pairs: PairColumns, rows: Int32Array, context: BatchContext) => Promise<Float64Array>;

const batches = new WeakMap<Model, Batch>();

/**
 * The predictions of some rows of a table, clipped: the same values as {@link Model.predict} row by row, which is
 * what is called for a model that somebody else made. KNN models do it on every processor.
 *
 * @param pairs - a table, or just its columns of users and items; ids the model does not know are predicted by its rule
 * for such
 * @returns a new array aligned with `rows`
 * @throws aborted
 *
 * @example
 * const estimates = await predictRows(model, table, test); // test: Int32Array of row numbers
 */
export async function predictRows(
  model: Model,
  pairs: PairColumns,
  rows: Int32Array,
  context: BatchContext = {},
): Promise<Float64Array> {
  const batch = batches.get(model);
  if (batch) return batch(pairs, rows, context);
  const pace = pairPace(rows.length, context);
  const values = new Float64Array(rows.length);
  for (let p = 0; p < rows.length; p++) {
    const userId = pairs.users.ids[pairs.users.codes[rows[p]!]!]!;
    const itemId = pairs.items.ids[pairs.items.codes[rows[p]!]!]!;
    values[p] = model.predict(userId, itemId).value;
    if (p % pairsPerStep === 0) await pace.step(p);
  }
  return values;
}

const pairsPerStep = 4096;

const pairPace = (total: number, context: BatchContext) =>
  createPace({ phase: "predict", total, unit: "pairs" }, context);

async function estimateEach(
  scorer: Scorer,
  users: Int32Array,
  items: Int32Array,
  pace: Pace,
): Promise<Float64Array> {
  const estimates = new Float64Array(users.length);
  for (let p = 0; p < users.length; p++) {
    estimates[p] = scorer.estimate(users[p]!, items[p]!);
    if (p % pairsPerStep === 0) await pace.step(p);
  }
  return estimates;
}
