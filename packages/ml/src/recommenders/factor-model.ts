import type { NumberedContribution } from "../explanation.ts";
import type { Model, ModelTensors } from "../recommender.ts";
import { createModel, type ModelHeader, type Newcomer, type RatedItems } from "../scorer.ts";
import { readTensors, scalar, vector } from "../tensors.ts";
import type { DenseTrainset } from "../trainset-dense.ts";
import { rowCosines } from "./cosine.ts";
import { dotProduct } from "./dot-product.ts";
import { foldInFactors } from "./fold-in-factors.ts";
import type { SvdParameters } from "./svd-parameters.ts";
import { withoutUser } from "./without-user.ts";

export interface FactorModelOptions {
  /** k. */
  readonly factors: number;
  /** Whether μ, b_u and b_i take part. */
  readonly biased: boolean;
  /** Whether the items somebody rated speak for them, whatever the ratings: tensors `yj` and `zu`. */
  readonly implicit: boolean;
  /** λ of the descent, for a fold-in. */
  readonly regularizationBu: number;
  readonly regularizationPu: number;
}

/** What a descent has learnt of a factor model, row-major; see {@link restoreFactorModel} for the shapes. */
export interface FactorParameters extends SvdParameters {
  readonly yj?: Float64Array;
  readonly zu?: Float64Array;
}

/** The tensors that {@link restoreFactorModel} reads. */
export function factorTensors(
  { users, items, globalMean }: DenseTrainset,
  factors: number,
  { bu, bi, pu, qi, yj, zu }: FactorParameters,
): ModelTensors {
  const ofUsers = (data: Float64Array) => ({ shape: [users.length, factors], data });
  const ofItems = (data: Float64Array) => ({ shape: [items.length, factors], data });
  return {
    users,
    items,
    arrays: {
      mu: scalar(globalMean),
      bu: vector(bu),
      bi: vector(bi),
      pu: ofUsers(pu),
      qi: ofItems(qi),
      ...(yj && { yj: ofItems(yj) }),
      ...(zu && { zu: ofUsers(zu) }),
    },
  };
}

/**
 * A model of biases and factors:
 *
 *     r̂_ui = μ + b_u + b_i + q_i · (p_u + z_u),   z_u = |I_u|^(−1/2) Σ_{j ∈ I_u} y_j
 *
 * where μ and the biases are left out when not biased, and z_u when not implicit. Unknown users and items have
 * neither biases nor factors; without biases μ stands for a pair with an unknown side.
 *
 * Who is folded in gets b and p of a ridge regression (see `fold-in-factors.ts`), so that each of their ratings has
 * its share of the score: this is close to what training would have given, not the same. Without a user, the factors
 * of the items still are what that user has helped to learn: forgetting is not exact.
 *
 * Tensors: `mu` (1), `bu` (users), `bi` (items), `pu` (users × factors), `qi` (items × factors); with implicit also
 * `yj` (items × factors) and `zu` (users × factors).
 */
export function restoreFactorModel(
  header: ModelHeader,
  tensors: ModelTensors,
  options: FactorModelOptions,
): Model {
  const { factors, biased, implicit } = options;
  const { users, items, arrays } = tensors;
  const read = readTensors(header.algorithm, tensors);
  const mu = read.scalar("mu");
  const bu = read.float64("bu", users.length);
  const bi = read.float64("bi", items.length);
  const pu = read.float64("pu", users.length, factors);
  const qi = read.float64("qi", items.length, factors);
  const yj = implicit ? read.float64("yj", items.length, factors) : undefined;
  const zu = implicit ? read.float64("zu", users.length, factors) : undefined;
  const taste = zu ? pu.map((p, n) => p + zu[n]!) : pu;
  const affinity = (of: Float64Array, user: number, item: number) =>
    dotProduct(of, user * factors, qi, item * factors, factors);
  const biasOf = (item: number) => (biased && item >= 0 ? bi[item]! : 0);

  /** The terms of the formula that depend on nobody's history. */
  function explainItem(item: number): NumberedContribution[] {
    if (!biased) return [];
    const mean = { term: "mean", value: mu };
    return item < 0 ? [mean] : [mean, { term: "item_bias", value: bi[item]! }];
  }

  function foldIn({ items: rated, ratings }: RatedItems): Newcomer {
    const distinct = Int32Array.from(new Set(rated));
    const z = yj && impliedFactors(yj, distinct, factors);
    const implied = (item: number) => (z && item >= 0 ? affinity(z, 0, item) : 0);
    const targets = ratings.map((rating, n) => {
      const item = rated[n]!;
      return rating - (biased ? mu : 0) - biasOf(item) - implied(item);
    });
    const {
      bias,
      factors: p,
      contributions,
    } = foldInFactors(rated, targets, {
      qi,
      factors,
      penaltyBias: biased ? options.regularizationBu : undefined,
      penaltyFactors: options.regularizationPu,
    });
    const whole = z ? p.map((value, f) => value + z[f]!) : p;
    return {
      factors: { row: whole, offset: biased ? mu + bias : 0 },
      estimate(item) {
        if (!biased) return item < 0 ? mu : affinity(whole, 0, item);
        return mu + bias + biasOf(item) + (item < 0 ? 0 : affinity(whole, 0, item));
      },
      explain(item) {
        if (!biased && item < 0) return [{ term: "mean", value: mu }];
        const shares = new Map<number, number>();
        for (const other of distinct) {
          shares.set(other, yj && item >= 0 ? affinity(yj, other, item) / Math.sqrt(distinct.length) : 0);
        }
        for (const [n, share] of contributions(item).entries()) {
          shares.set(rated[n]!, shares.get(rated[n]!)! + share);
        }
        return [...explainItem(item), ...Array.from(shares, ([other, value]) => ({ item: other, value }))];
      },
    };
  }

  const cosines = rowCosines(qi, factors);
  return createModel(header, users, items, {
    estimate(user, item) {
      const known = user >= 0 && item >= 0;
      if (!biased) return known ? affinity(taste, user, item) : mu;
      return mu + (user < 0 ? 0 : bu[user]!) + biasOf(item) + (known ? affinity(taste, user, item) : 0);
    },
    explain(user, item) {
      const known = user >= 0 && item >= 0;
      if (!biased && !known) return [{ term: "mean", value: mu }];
      const parts = explainItem(item);
      if (biased && user >= 0) parts.push({ term: "user_bias", value: bu[user]! });
      if (known) parts.push({ term: "affinity", value: affinity(pu, user, item) });
      if (known && zu) parts.push({ term: "implicit", value: affinity(zu, user, item) });
      return parts;
    },
    foldIn,
    factors: {
      rank: factors,
      items: qi,
      biases: biased ? bi : new Float64Array(items.length),
      of: (user) => ({
        row: taste.subarray(user * factors, (user + 1) * factors),
        offset: biased ? mu + bu[user]! : 0,
      }),
    },
    similarity: cosines.of,
    similaritiesTo: cosines.with,
    userSimilarity: rowCosines(taste, factors).of,
    async forget(user) {
      const rest = withoutUser(tensors, user, ["bu", "pu", ...(implicit ? ["zu"] : [])]);
      return { model: restoreFactorModel(header, rest, options), exact: false };
    },
    tensors: () => arrays,
  });
}

/** z = n^(−1/2) Σ y_j over the n items, shape (k). */
function impliedFactors(yj: Float64Array, items: Int32Array, factors: number): Float64Array {
  const z = new Float64Array(factors);
  for (const item of items) for (let f = 0; f < factors; f++) z[f]! += yj[item * factors + f]!;
  return z.map((sum) => sum / Math.sqrt(items.length));
}
