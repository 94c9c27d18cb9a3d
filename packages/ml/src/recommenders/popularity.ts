import { type Id, TamisError } from "@tamis/core";
import { z } from "zod";
import { minRating } from "../feedback.ts";
import { parseOptions } from "../parse-options.ts";
import { createRankingModel } from "../ranking-model.ts";
import type { Model, ModelTensors, Recommender } from "../recommender.ts";
import type { ModelHeader } from "../scorer.ts";
import { rowOfEntries } from "../sparse-rows.ts";
import { readTensors, vector } from "../tensors.ts";
import { denseOf } from "../trainset.ts";
import type { DenseTrainset } from "../trainset-dense.ts";

const algorithm = "popularity";

const PopularityOptions = z.strictObject({
  /** `count`: how many ratings; `mean`: how good they are. */
  measure: z.enum(["count", "mean"]).default("count"),
  /** m: how many ratings of the average kind an item or a segment is given to start with. */
  damping: z.number().min(0).default(100),
  /** Days after which a rating counts half; without it, age does not matter. */
  halfLifeDays: z.number().positive().optional(),
  /** Names of the groups of users that have their own ranking. */
  segments: z.array(z.string().min(1)).default([]),
  minRating,
});
type PopularityOptions = z.output<typeof PopularityOptions>;

/** Options of {@link popularity}; every one has a default. */
export type PopularityInput = z.input<typeof PopularityOptions>;

/** What the ratings alone do not say. */
export interface PopularitySides {
  /** The segment of a user (a country, an age group…); `undefined`, or a name that is not an option, for none. */
  readonly segmentOf?: (userId: Id) => string | undefined;
}

/** A {@link Model} whose ranking depends on nothing of a user but the segment. */
export interface PopularityModel extends Model {
  /** The scores that users of a segment get, aligned with `itemIds`; `undefined` for a segment that is not an option. */
  segmentScores(segment: string): Float64Array | undefined;
}

export interface PopularityRecommender extends Recommender {
  fit(...args: Parameters<Recommender["fit"]>): Promise<PopularityModel>;
}

/**
 * Ranks items by what everybody, or everybody of the user's segment, thinks of them. With the weight
 * w_ui = 2^(−age / half-life) of a rating (1 without a half-life; age to the newest rating), W_i = Σ_u w_ui and
 * R_i = Σ_u w_ui r_ui, the score of an item is
 *
 *     count   W_i
 *     mean    (R_i + m μ) / (W_i + m),  μ = Σ R_i / Σ W_i
 *
 * and, for a user of segment s with the sums over its users, shrunk towards everybody's:
 *
 *     count   W_si + m W_i / Σ_j W_j
 *     mean    (R_si + m · score_i) / (W_si + m)
 *
 * So the score is a number of (recent) ratings, or a mean in units of the scale. A rating without a time counts
 * nothing where age matters. Anybody unknown gets everybody's ranking; {@link PopularityModel.segmentScores} has
 * those of the segments. The answer to a fold-in is everybody's ranking, whatever the history.
 *
 * @default { measure: "count", damping: 100, segments: [] }
 * @throws invalid_input for an unknown or impossible option; `fit` throws analysis when a half-life is given and no
 * rating has a time
 * @source counts and damped mean: Deshpande, Karypis, ACM TOIS 22(1), 2004; Funk, "Netflix Update: Try This at
 * Home", 2006; decay: Ding, Li, "Time weight collaborative filtering", CIKM 2005, equation (8)
 *
 * @example
 * popularity({ halfLifeDays: 14 }); // what is trending
 * popularity({ segments: ["student", "artist"] }, { segmentOf: (userId) => occupations.get(userId) });
 */
export function popularity(
  options?: PopularityInput,
  { segmentOf }: PopularitySides = {},
): PopularityRecommender {
  const parsed = parseOptions(algorithm, PopularityOptions, options);
  return {
    algorithm,
    options: parsed,
    kind: "ranking",
    async fit(trainset, context = {}) {
      const dense = denseOf(trainset);
      const { users, items } = dense;
      const segments = Int32Array.from(users, (user) => parsed.segments.indexOf(segmentOf?.(user) ?? ""));
      const sums = sumUp(dense, parsed, segments);
      const rankings = 1 + parsed.segments.length;
      const header = { algorithm, options: parsed, seed: context.seed ?? 42, scale: dense.scale };
      const scores = { shape: [rankings, items.length], data: scoresOf(sums, rankings, parsed) };
      return restorePopularity(header, { users, items, arrays: { segments: vector(segments), scores } });
    },
  };
}

/**
 * Tensors: `segments` (users), the number of each user's segment or −1; `scores` (1 + segments × items), everybody's
 * first.
 */
export function restorePopularity(header: ModelHeader, tensors: ModelTensors): PopularityModel {
  const options = parseOptions(algorithm, PopularityOptions, header.options);
  const { users, items, arrays } = tensors;
  const read = readTensors(algorithm, tensors);
  const segments = read.int32("segments", users.length);
  const all = read.float64("scores", 1 + options.segments.length, items.length);
  if (segments.some((segment) => segment < -1 || segment >= options.segments.length)) {
    throw new TamisError("corrupt_data", "The popularity model has a user of no segment; train it again.");
  }
  const start = (user: number) => (segments[user]! + 1) * items.length;
  const term = (user: number) => (user < 0 || segments[user]! < 0 ? "popularity" : "segment_popularity");
  const model = createRankingModel(
    header,
    users,
    items,
    { ...options, values: "binary" },
    {
      score: (user, item) => all[start(user) + item]!,
      scoreItems: (user, scores) => scores.set(all.subarray(start(user), start(user) + items.length)),
      foldIn: (_, scores) => scores.set(all.subarray(0, items.length)),
      explain(who, item) {
        const user = typeof who === "number" ? who : -1;
        return [{ term: term(user), value: all[(user < 0 ? 0 : start(user)) + item]! }];
      },
      async forget(user) {
        const rest = Int32Array.from(segments).filter((_, other) => other !== user);
        const model = restorePopularity(header, {
          users: users.toSpliced(user, 1),
          items,
          arrays: { ...arrays, segments: vector(rest) },
        });
        return { model, exact: false };
      },
      tensors: () => arrays,
    },
  );
  return Object.assign(model, {
    segmentScores(name: string) {
      const segment = options.segments.indexOf(name);
      return segment < 0 ? undefined : all.slice((segment + 1) * items.length, (segment + 2) * items.length);
    },
  });
}

/** W and R, shape (1 + segments × items): everybody's first. */
interface Sums {
  readonly weights: Float64Array;
  readonly ratings: Float64Array;
}

function sumUp(dense: DenseTrainset, options: PopularityOptions, segments: Int32Array): Sums {
  const { byUser, items } = dense;
  const size = (1 + options.segments.length) * items.length;
  const sums = { weights: new Float64Array(size), ratings: new Float64Array(size) };
  const weightOf = weights(dense, options);
  const users = rowOfEntries(byUser);
  for (let p = 0; p < users.length; p++) {
    const rating = byUser.values[p]!;
    if (options.minRating !== undefined && rating < options.minRating) continue;
    const weight = weightOf(p);
    const item = byUser.columns[p]!;
    const segment = segments[users[p]!]!;
    for (const at of segment < 0 ? [item] : [item, (segment + 1) * items.length + item]) {
      sums.weights[at]! += weight;
      sums.ratings[at]! += weight * rating;
    }
  }
  return sums;
}

const secondsPerDay = 86_400;

function weights(dense: DenseTrainset, { halfLifeDays }: PopularityOptions): (entry: number) => number {
  if (halfLifeDays === undefined) return () => 1;
  const times = dense.ratedAt();
  if (times === null) {
    throw new TamisError(
      "analysis",
      "popularity: no rating has a time, so none can be trending; leave halfLifeDays out, or import times.",
    );
  }
  const newest = times.filter((time) => !Number.isNaN(time)).reduce((a, b) => Math.max(a, b));
  const decay = Math.LN2 / (halfLifeDays * secondsPerDay);
  return (entry) => {
    const time = times[entry]!;
    return Number.isNaN(time) ? 0 : Math.exp(-decay * (newest - time));
  };
}

function scoresOf({ weights, ratings }: Sums, rankings: number, options: PopularityOptions): Float64Array {
  const { measure, damping } = options;
  const itemCount = weights.length / rankings;
  const sum = (values: Float64Array) =>
    values.subarray(0, itemCount).reduce((total, value) => total + value, 0);
  const total = sum(weights);
  const mean = total === 0 ? 0 : sum(ratings) / total;
  const scores = new Float64Array(weights.length);
  for (let at = 0; at < scores.length; at++) {
    const item = at % itemCount;
    const isSegment = at >= itemCount;
    if (measure === "count") {
      scores[at] = weights[at]! + (isSegment && total > 0 ? (damping * weights[item]!) / total : 0);
    } else {
      const prior = isSegment ? scores[item]! : mean;
      const weight = weights[at]! + damping;
      scores[at] = weight === 0 ? prior : (ratings[at]! + damping * prior) / weight;
    }
  }
  return scores;
}
