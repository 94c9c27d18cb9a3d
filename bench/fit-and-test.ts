import { createRecommender, createTrainset, type ModelOptions, predictRows, rmse } from "@tamis/ml";
import type { Fold } from "./data/fold.ts";
import { measure } from "./measure.ts";
import type { Measurement } from "./suite.ts";

/**
 * Fits a recommender as a caller would, from a ready trainset to a model: the least of `times`, and the RMSE of the test
 * rows. The first fit, which starts the threads and compiles the kernels, is shown as `first_fit`.
 */
export async function fitAndTest(
  { table, train, test }: Fold,
  name: string,
  options: ModelOptions,
  { workers, times = 3 }: { workers: number; times?: number },
): Promise<Measurement> {
  const trainset = createTrainset(table, train);
  const recommender = createRecommender(name, options);
  const fit = () => recommender.fit(trainset, { workers });
  const first = await measure(1, fit);
  const { seconds, cpu_seconds } = times > 1 ? await measure(times, fit) : first;
  const estimates = await predictRows(first.result, table, test);
  const error = rmse(
    estimates,
    Float64Array.from(test, (row) => table.ratings[row]!),
  );
  return { seconds, cpu_seconds, figures: { rmse: error, first_fit: first.seconds } };
}
