import { throwIfAborted } from "@tamis/core";
import { z } from "zod";
import { createPace } from "../pace.ts";
import { parseOptions } from "../parse-options.ts";
import type { Model, ModelTensors, Recommender } from "../recommender.ts";
import { createModel, type ModelHeader, type Newcomer, type RatedItems } from "../scorer.ts";
import { readTensors, scalar, vector } from "../tensors.ts";
import type { DenseTrainset } from "../trainset-dense.ts";
import { forgetRatings } from "./forget-ratings.ts";
import { recommenderOf } from "./recommender-of.ts";
import { rememberRows } from "./remembered-rows.ts";
import { deviationRows } from "./slope-one-deviations.ts";

const algorithm = "slope-one";

const SlopeOneOptions = z.strictObject({
  /** Whether a deviation counts as often as it was seen. */
  weighted: z.boolean().default(false),
});

/** Options of {@link slopeOne}; every one has a default. */
export type SlopeOneInput = z.input<typeof SlopeOneOptions>;

/**
 * By how much items are rated better than others, on average, by those who rated both:
 *
 *     r̂_ui = μ_u + Σ_{j ∈ R_i(u)} dev_ij / |R_i(u)|,   dev_ij = Σ_{v ∈ U_ij} (r_vi − r_vj) / |U_ij|
 *
 * U_ij are the users who rated both, R_i(u) the items u rated that share a user with i; for a pair of the training set
 * that is i too, with a deviation of 0. `weighted`:
 *
 *     r̂_ui = Σ_{j ∈ R_i(u), j ≠ i} |U_ij| (dev_ij + r_uj) / Σ_{j ∈ R_i(u), j ≠ i} |U_ij|
 *
 * Without any such j the estimate is μ_u; a pair with an unknown side gets μ. Ratings are real numbers throughout:
 * Surprise cuts them to whole ones, so that half stars come out differently there.
 *
 * The model keeps the ratings and computes deviations when they are asked for, one row at a time: fitting costs next
 * to nothing, and items × items never exist in memory. Somebody is folded in by the same formula, and forgotten
 * exactly.
 *
 * @default { weighted: false }
 * @throws invalid_input for an unknown or impossible option
 * @source Lemire, Maclachlan, "Slope One Predictors for Online Rating-Based Collaborative Filtering", SDM 2005,
 * sections 4.2 and 4.3; unweighted as in Surprise 1.1.4, with μ_u over all that u rated
 */
export function slopeOne(options?: SlopeOneInput): Recommender {
  const parsed = parseOptions(algorithm, SlopeOneOptions, options);
  return recommenderOf({ algorithm, options: parsed }, async (header, dense, { signal }) => {
    throwIfAborted(signal);
    return modelOf(header, dense);
  });
}

function modelOf(header: ModelHeader, { users, items, globalMean, byUser }: DenseTrainset): Model {
  return restoreSlopeOne(header, {
    users,
    items,
    arrays: {
      mu: scalar(globalMean),
      starts: vector(byUser.starts),
      columns: vector(byUser.columns),
      values: vector(byUser.values),
    },
  });
}

/** Tensors: `mu` (1); the ratings, users × items, as `starts` (users + 1), `columns` (ratings), `values` (ratings). */
export function restoreSlopeOne(header: ModelHeader, tensors: ModelTensors): Model {
  const { weighted } = parseOptions(algorithm, SlopeOneOptions, header.options);
  const { users, items, arrays } = tensors;
  const read = readTensors(algorithm, tensors);
  const mu = read.scalar("mu");
  const ratings = read.sparseRows(users.length, items.length);
  const fillRow = deviationRows(ratings, items.length);
  const rowOf = rememberRows(fillRow, 2 * items.length);

  /** Both for the users of the model and for who is folded in: only what they rated matters. */
  function person({ items: rated, ratings: given }: RatedItems) {
    const mean = given.reduce((sum, rating) => sum + rating, 0) / given.length;

    /** What the nth item rated says of another: its deviation, and how much it counts; a weight of 0 for nothing. */
    const weightOf = (item: number, n: number, count: number) =>
      weighted ? (rated[n] === item ? 0 : count) : Math.min(count, 1);
    const said = (deviation: number, n: number) => (weighted ? deviation + given[n]! - mean : deviation);

    function estimateFrom(item: number, row: Float64Array): number {
      let total = 0;
      let weight = 0;
      for (let n = 0; n < rated.length; n++) {
        const count = row[2 * rated[n]!]!;
        const counts = weightOf(item, n, count);
        if (counts === 0) continue;
        weight += counts;
        total += counts * said(row[2 * rated[n]! + 1]! / count, n);
      }
      return weight === 0 ? mean : mean + total / weight;
    }
    return {
      estimateFrom,
      estimate: (item) => (item < 0 ? mu : estimateFrom(item, rowOf(item))),
      /** The deviations of j from i are those of i from j with the other sign: the rows of the history serve all. */
      estimateItems(estimates) {
        const weights = new Float64Array(items.length);
        estimates.fill(0);
        for (let n = 0; n < rated.length; n++) {
          const row = rowOf(rated[n]!);
          for (let item = 0; item < estimates.length; item++) {
            const count = row[2 * item]!;
            const counts = weightOf(item, n, count);
            if (counts === 0) continue;
            weights[item]! += counts;
            estimates[item]! += counts * said(-row[2 * item + 1]! / count, n);
          }
        }
        for (let item = 0; item < estimates.length; item++) {
          estimates[item] = weights[item] === 0 ? mean : mean + estimates[item]! / weights[item]!;
        }
      },
      explain(item) {
        if (item < 0) return [{ term: "mean", value: mu }];
        const row = rowOf(item);
        const counts = Array.from(rated, (other, n) => weightOf(item, n, row[2 * other]!));
        const weight = counts.reduce((sum, count) => sum + count, 0);
        const shares = Array.from(rated, (other, n) => ({
          item: other,
          value: counts[n] === 0 ? 0 : (counts[n]! / weight) * said(row[2 * other + 1]! / row[2 * other]!, n),
        }));
        return [{ term: "user_mean", value: mean }, ...shares.filter((_, n) => counts[n] !== 0)];
      },
    } satisfies Newcomer & { estimateFrom(item: number, row: Float64Array): number };
  }

  const personOf = (user: number) => {
    const [from, to] = [ratings.starts[user]!, ratings.starts[user + 1]!];
    return person({ items: ratings.columns.subarray(from, to), ratings: ratings.values.subarray(from, to) });
  };
  return createModel(header, users, items, {
    estimate: (user, item) => (user < 0 ? mu : personOf(user).estimate(item)),
    estimateItems: (user, estimates) => personOf(user).estimateItems(estimates),
    /** Pairs are taken by item, so that each row of deviations is computed once. */
    async estimateMany(ofUsers, ofItems, context) {
      const estimates = new Float64Array(ofItems.length);
      const pace = createPace({ phase: "predict", total: ofItems.length, unit: "pairs" }, context);
      const order = Int32Array.from(ofItems.keys()).sort((a, b) => ofItems[a]! - ofItems[b]!);
      const people = users.map((_, user) => personOf(user));
      const row = new Float64Array(2 * items.length);
      let current = -1;
      for (let n = 0; n < order.length; n++) {
        const [user, item] = [ofUsers[order[n]!]!, ofItems[order[n]!]!];
        if (item !== current) {
          await pace.step(n);
          fillRow(item, row);
          current = item;
        }
        estimates[order[n]!] = user < 0 || item < 0 ? mu : people[user]!.estimateFrom(item, row);
      }
      return estimates;
    },
    explain: (user, item) => (user < 0 ? [{ term: "mean", value: mu }] : personOf(user).explain(item)),
    foldIn: person,
    foldsInExactly: true,
    async forget(user) {
      const rest = forgetRatings(tensors, header.scale, ratings, user, { byItem: false });
      return { model: modelOf(header, rest), exact: true };
    },
    tensors: () => arrays,
  });
}
