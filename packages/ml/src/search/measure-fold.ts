import type { RatingTable } from "@tamis/core";
import { mae, rmse } from "../evaluate/accuracy.ts";
import type { Fold } from "../evaluate/split.ts";
import type { FitContext, Recommender } from "../recommender.ts";
import { predictRows } from "../scorer.ts";
import { createTrainset } from "../trainset.ts";

/** The error of a recommender on the test rows of a fold, after learning from the others; in units of the scale. */
export interface FoldAccuracy {
  readonly rmse: number;
  readonly mae: number;
}

/** @throws aborted; what `fit` throws */
export async function measureFold(
  table: RatingTable,
  recommender: Recommender,
  { train, test }: Fold,
  context: FitContext,
): Promise<FoldAccuracy> {
  const model = await recommender.fit(createTrainset(table, train), context);
  const estimates = await predictRows(model, table, test, context);
  const ratings = Float64Array.from(test, (row) => table.ratings[row]!);
  return { rmse: rmse(estimates, ratings), mae: mae(estimates, ratings) };
}
