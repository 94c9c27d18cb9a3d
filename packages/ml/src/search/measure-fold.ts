import type { RatingTable } from "@tamis/core";
import { mae, rmse } from "../evaluate/accuracy.ts";
import { meanOf } from "../evaluate/bootstrap.ts";
import { rankUsers } from "../evaluate/rank-users.ts";
import { ndcg } from "../evaluate/ranking.ts";
import type { Fold } from "../evaluate/split.ts";
import { createPace } from "../pace.ts";
import type { FitContext, Model, Recommender } from "../recommender.ts";
import { predictRows } from "../scorer.ts";
import { createTrainset } from "../trainset.ts";

/** `rmse` and `mae`, in units of the scale, the lower the better; `ndcg` of the 10 best, the higher the better. */
export type TuningMetric = "rmse" | "mae" | "ndcg";

/** What can be measured of a recommender, the one to tune by first. */
export function metricsOf({
  kind = "rating",
}: Pick<Recommender, "kind">): readonly [TuningMetric, ...TuningMetric[]] {
  return kind === "rating" ? ["rmse", "mae", "ndcg"] : ["ndcg"];
}

/**
 * Fits a recommender on the training rows of a fold and measures it on the test rows. NDCG is over the full catalogue
 * without what the user rated in training; every test rating is relevant.
 *
 * @throws analysis when the descent diverges or nobody can be judged; aborted
 */
export async function measureFold<Metric extends TuningMetric>(
  table: RatingTable,
  recommender: Recommender,
  fold: Fold,
  metrics: readonly Metric[],
  context: FitContext = {},
): Promise<Record<Metric, number>> {
  const model = await recommender.fit(createTrainset(table, fold.train), context);
  return measureModel(model, table, fold, metrics, context);
}

/** As {@link measureFold}, of a model that was fitted on the training rows. */
export async function measureModel<Metric extends TuningMetric>(
  model: Model,
  table: RatingTable,
  fold: Fold,
  metrics: readonly Metric[],
  context: FitContext = {},
): Promise<Record<Metric, number>> {
  const ratings = Float64Array.from(fold.test, (row) => table.ratings[row]!);
  const accuracy = metrics.some((metric) => metric === "rmse" || metric === "mae");
  const estimates = accuracy ? await predictRows(model, table, fold.test, context) : ratings;
  const found: [Metric, number][] = [];
  for (const metric of metrics) {
    if (metric === "rmse") found.push([metric, rmse(estimates, ratings)]);
    if (metric === "mae") found.push([metric, mae(estimates, ratings)]);
    if (metric === "ndcg") {
      const pace = createPace({ phase: "rank", total: table.users.ids.length, unit: "users" }, context);
      const { judged } = await rankUsers(
        model,
        table,
        fold,
        { k: 10, minRating: undefined, sampledNegatives: undefined, seed: 0 },
        pace,
      );
      found.push([metric, meanOf(judged.map((list) => ndcg(list, 10)))]);
    }
  }
  return Object.fromEntries(found) as Record<Metric, number>;
}
