import { throwIfAborted } from "@tamis/core";
import { createPace } from "../pace.ts";
import { parseOptions } from "../parse-options.ts";
import type { Model, ModelTensors, Recommender } from "../recommender.ts";
import { createModel, type ModelHeader, type Scorer } from "../scorer.ts";
import { rowOfEntries, type SparseRows } from "../sparse-rows.ts";
import { readTensors, scalar, vector } from "../tensors.ts";
import { denseOf } from "../trainset.ts";
import { fitBaselines } from "./baselines.ts";
import { type KnnInput, KnnOptions } from "./knn-options.ts";
import { createNearest, type Nearest } from "./nearest.ts";
import { type SimilarityRow, similarityRows } from "./similarity.ts";

/**
 * One of the KNN family. An estimate for x and y (user and item when user-based, item and user when not) is
 *
 *     base(x, y) + spread(x) · Σ sim(x, x′) · value(x′, y) / Σ sim(x, x′)
 *
 * over the k most similar x′ that have a rating with y.
 */
export interface KnnVariant {
  readonly algorithm: string;
  /** Whether b_u and b_i take part, whatever the similarity. */
  readonly usesBaselines: boolean;
  formula(data: KnnData): KnnFormula;
}

/** What a variant computes its formula from, and what a model keeps of its trainset. */
export interface KnnData {
  /** y × x, in order of appearance. */
  readonly ratings: SparseRows;
  readonly xCount: number;
  /** μ. */
  readonly mu: number;
  /** μ + b_x + b_y; a side that is -1 (unknown) adds nothing. For variants that use baselines. */
  baseline(x: number, y: number): number;
}

interface KnnFormula {
  /** value(x′, y), aligned with the ratings. */
  readonly values: Float64Array;
  base(x: number, y: number): number;
  spread(x: number): number;
  /** The estimate with too few neighbours, and for an unknown side (-1). */
  fallback(x: number, y: number): number;
}

/** The recommender of a variant. @throws invalid_input for an unknown or impossible option */
export function knnRecommender(variant: KnnVariant, options: KnnInput | undefined): Recommender {
  const { algorithm } = variant;
  const parsed = parseOptions(algorithm, KnnOptions, options);
  return {
    algorithm,
    options: parsed,
    async fit(trainset, context = {}) {
      throwIfAborted(context.signal);
      const dense = denseOf(trainset);
      const { users, items } = dense;
      const ratings = parsed.similarity.userBased ? dense.byItem : dense.byUser;
      const arrays: Record<string, ModelTensors["arrays"][string]> = {
        mu: scalar(dense.globalMean),
        starts: vector(ratings.starts),
        columns: vector(ratings.columns),
        values: vector(ratings.values),
      };
      if (usesBaselines(variant, parsed)) {
        const { bu, bi } = await fitBaselines(dense, parsed.baseline, context);
        arrays.bu = vector(bu);
        arrays.bi = vector(bi);
      }
      const header = { algorithm, options: parsed, seed: context.seed ?? 42, scale: dense.scale };
      return restoreKnn(variant, header, { users, items, arrays });
    },
  };
}

/**
 * The model keeps the ratings and computes similarities when they are asked for, one row at a time: fitting costs
 * next to nothing, memory stays proportional to the ratings, and the n × n matrix never exists.
 *
 * Tensors: `mu` (1); the ratings, y × x, as `starts` (y + 1), `columns` (ratings) and `values` (ratings); with
 * baselines also `bu` (users) and `bi` (items).
 */
export function restoreKnn(variant: KnnVariant, header: ModelHeader, tensors: ModelTensors): Model {
  const options = parseOptions(variant.algorithm, KnnOptions, header.options);
  const { users, items, arrays } = tensors;
  const data = readData(variant, options, tensors);
  const scorer = knnScorer(variant.formula(data), data, options);
  return createModel(header, users, items, { ...scorer, tensors: () => arrays });
}

function readData(variant: KnnVariant, options: KnnOptions, tensors: ModelTensors): KnnData {
  const { users, items } = tensors;
  const { userBased } = options.similarity;
  const [xCount, yCount] = userBased ? [users.length, items.length] : [items.length, users.length];
  const read = readTensors(variant.algorithm, tensors);
  const mu = read.scalar("mu");
  const ratings = read.sparseRows(yCount, xCount);
  if (!usesBaselines(variant, options)) return { ratings, xCount, mu, baseline: () => mu };
  const bu = read.float64("bu", users.length);
  const bi = read.float64("bi", items.length);
  const [bx, by] = userBased ? [bu, bi] : [bi, bu];
  const baseline = (x: number, y: number) => mu + (x < 0 ? 0 : bx[x]!) + (y < 0 ? 0 : by[y]!);
  return { ratings, xCount, mu, baseline };
}

function usesBaselines(variant: KnnVariant, options: KnnOptions): boolean {
  return variant.usesBaselines || options.similarity.name === "pearson_baseline";
}

/** r − b_xy for every rating, aligned with them. */
export function residuals({ ratings, baseline }: KnnData): Float64Array {
  const { columns, values } = ratings;
  return rowOfEntries(ratings).reduce((differences, y, p) => {
    differences[p] = values[p]! - baseline(columns[p]!, y);
    return differences;
  }, new Float64Array(values.length));
}

function knnScorer(formula: KnnFormula, data: KnnData, options: KnnOptions): Omit<Scorer, "tensors"> {
  const { k, minK, similarity } = options;
  const { ratings, xCount } = data;
  const { starts, columns } = ratings;
  const compared = similarity.name === "pearson_baseline" ? { ...ratings, values: residuals(data) } : ratings;
  const fillRow = similarityRows(compared, xCount, similarity);
  const rowOf = rememberRows(fillRow, xCount);
  const nearest = createNearest(1, k);
  let nearestOfAll: Nearest | undefined;

  /** Gathers the neighbours of a pair of known sides, and gives their number. */
  function gather(row: Float64Array, y: number): number {
    nearest.clear(0);
    const end = starts[y + 1]!;
    for (let p = starts[y]!; p < end; p++) nearest.offer(0, row[columns[p]!]!, p);
    return nearest.count(0);
  }

  function conclude(found: Nearest, slot: number, x: number, y: number): number {
    if (found.count(slot) < minK) return formula.fallback(x, y);
    return formula.base(x, y) + formula.spread(x) * found.weigh(slot, formula.values);
  }

  function estimate(x: number, y: number): number {
    if (x < 0 || y < 0) return formula.fallback(x, y);
    gather(rowOf(x), y);
    return conclude(nearest, 0, x, y);
  }

  return {
    estimate: similarity.userBased ? estimate : (user, item) => estimate(item, user),
    explain(user, item) {
      const [x, y] = similarity.userBased ? [user, item] : [item, user];
      const neighbours = gather(rowOf(x), y);
      const answer = { estimate: conclude(nearest, 0, x, y), neighbours };
      return neighbours < minK ? { ...answer, reason: "too_few_neighbours" } : answer;
    },
    /** Pairs are taken by x, so that each row of similarities is computed once. */
    async estimateMany(users, items, estimates, context) {
      const [xs, ys] = similarity.userBased ? [users, items] : [items, users];
      const pace = createPace({ phase: "predict", total: xs.length, unit: "pairs" }, context);
      const row = new Float64Array(xCount);
      const order = Int32Array.from(xs, (_, pair) => pair).sort((a, b) => xs[a]! - xs[b]!);
      let current = -1;
      for (let n = 0; n < order.length; n++) {
        const pair = order[n]!;
        const x = xs[pair]!;
        const y = ys[pair]!;
        if (x !== current) {
          await pace.step(n);
          fillRow(x, row);
          current = x;
        }
        if (x < 0 || y < 0) estimates[pair] = formula.fallback(x, y);
        else {
          gather(row, y);
          estimates[pair] = conclude(nearest, 0, x, y);
        }
      }
    },
    /** Item-based, every item is an x: sim(x, x′) = sim(x′, x) lets the rows of the user's own items serve them all. */
    estimateItems(user, estimates) {
      if (similarity.userBased) {
        for (let item = 0; item < estimates.length; item++) estimates[item] = estimate(user, item);
        return;
      }
      nearestOfAll ??= createNearest(xCount, k);
      for (let x = 0; x < xCount; x++) nearestOfAll.clear(x);
      for (let p = starts[user]!; p < starts[user + 1]!; p++) {
        const row = rowOf(columns[p]!);
        for (let x = 0; x < xCount; x++) nearestOfAll.offer(x, row[x]!, p);
      }
      for (let x = 0; x < xCount; x++) estimates[x] = conclude(nearestOfAll, x, x, user);
    },
    ...(!similarity.userBased && { similarity: (item: number, other: number) => rowOf(item)[other]! }),
  };
}

/** Most memory, in bytes, that remembered rows of similarities take. */
const rememberedBytes = 2 ** 26;

/** Rows on demand, the last ones remembered: whoever asks about a user once asks again. */
function rememberRows(fillRow: SimilarityRow, xCount: number): (x: number) => Float64Array {
  const capacity = Math.max(1, Math.floor(rememberedBytes / (8 * xCount)));
  const rows = new Map<number, Float64Array>();
  return (x) => {
    let row = rows.get(x);
    if (row === undefined) {
      if (rows.size >= capacity) rows.delete(rows.keys().next().value as number);
      row = new Float64Array(xCount);
      fillRow(x, row);
      rows.set(x, row);
    }
    return row;
  };
}
