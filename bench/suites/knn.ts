import { createRecommender, createTrainset, type ModelOptions, predictRows, rmse } from "@tamis/ml";
import { type DataName, dataLabel, foldOf, triplesOf } from "../data/fold.ts";
import { measure } from "../measure.ts";
import { plainKnnBasic } from "../plain/knn.ts";
import {
  atLeast,
  atMost,
  findRow,
  type Measurement,
  type Row,
  type Run,
  ratio,
  type Suite,
} from "../suite.ts";

const variants: Record<string, { algorithm: string; options: ModelOptions }> = {
  "KNNBasic, users, MSD, k 40": { algorithm: "knn-basic", options: {} },
  "KNNBaseline, items, pearson_baseline, k 40": {
    algorithm: "knn-baseline",
    options: { similarity: { name: "pearson_baseline", userBased: false } },
  },
};
const caseOf = (data: DataName, variant: string) => `${dataLabel(data)}, ${variant}`;

const oursOn = (data: DataName): Run[] =>
  Object.entries(variants).map(([variant, { algorithm, options }]) => ({
    case: caseOf(data, variant),
    name: `tamis ${algorithm}`,
    threads: 2,
    measure: () => fitAndPredict(data, algorithm, options),
  }));

async function fitAndPredict(data: DataName, algorithm: string, options: ModelOptions): Promise<Measurement> {
  const { table, train, test } = foldOf(data);
  const trainset = createTrainset(table, train);
  const recommender = createRecommender(algorithm, options);
  let fit = 0;
  const { result, ...times } = await measure(2, async () => {
    const start = performance.now();
    const model = await recommender.fit(trainset);
    fit = (performance.now() - start) / 1000;
    return predictRows(model, table, test);
  });
  const ratings = Float64Array.from(test, (row) => table.ratings[row]!);
  return { ...times, figures: { rmse: rmse(result, ratings), fit_seconds: fit, predictions: test.length } };
}

/** The plain loop does a tenth of the users; its time is multiplied. */
const plainOn = (data: DataName): Run => ({
  case: caseOf(data, "KNNBasic, users, MSD, k 40"),
  name: "plain TypeScript (a tenth, times 10)",
  threads: 1,
  async measure() {
    const { train, test } = triplesOf(foldOf(data));
    const { seconds, cpu_seconds } = await measure(1, () => plainKnnBasic(train, test, 10));
    return { seconds: seconds * 10, cpu_seconds: cpu_seconds * 10 };
  },
});

const basic = (rows: readonly Row[], name: string) => findRow(rows, { name, case: "ml-1m, KNNBasic" });

/** 200 MB in MiB. */
const megabytes200 = 200e6 / 2 ** 20;

export const knn: Suite = {
  title: "Nearest neighbours",
  about: "Fit, and estimate every rating of the test third.",
  baselines: ["plain TypeScript", "Surprise"],
  runs: (["ml-100k", "ml-1m"] as const).flatMap((data) => [plainOn(data), ...oursOn(data)]),
  targets: [
    {
      says: "ml-1m, KNNBasic: 40 times as fast as Surprise",
      reached: (rows) => atLeast(ratio(basic(rows, "tamis"), basic(rows, "Surprise")), 40),
    },
    {
      says: "ml-1m, KNNBasic: in less than 200 MB, data included, beside the idle process",
      reached(rows) {
        const { peak_mib, idle_mib } = basic(rows, "tamis") ?? {};
        return peak_mib === undefined || idle_mib === undefined
          ? undefined
          : atMost(peak_mib - idle_mib, megabytes200);
      },
    },
    {
      says: "ml-1m, KNNBasic: in less than 200 MB, the whole process with node and the TypeScript loader",
      reached: (rows) => atMost(basic(rows, "tamis")?.peak_mib, megabytes200),
    },
  ],
};
