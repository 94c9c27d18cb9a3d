import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecommender, createTrainset, type ModelOptions, predictRows, rmse } from "@tamis/ml";
import { type DataName, dataLabel, foldOf, triplesOf } from "../data/fold.ts";
import { writeFolds } from "../data/write-folds.ts";
import { measure } from "../measure.ts";
import { plainKnnBasic } from "../plain/knn.ts";
import { runProgram } from "../run-program.ts";
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

/** What a user's program takes, from two files of ratings to the estimates: the row that the targets are judged by. */
const programOn = (data: DataName): Run => ({
  case: caseOf(data, "KNNBasic, users, MSD, k 40"),
  name: "tamis knn-basic in plain node",
  threads: 2,
  async measure() {
    const folder = mkdtempSync(join(tmpdir(), "tamis-folds-"));
    try {
      writeFolds(folder);
      return await runProgram(
        "knn.js",
        ["train", "test"].map((part) => join(folder, `${data}-${part}.tsv`)),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
});

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
const program = (rows: readonly Row[]) => basic(rows, "tamis knn-basic in plain node");

export const knn: Suite = {
  title: "Nearest neighbours",
  about: `Fit, and estimate every rating of the test third. The row “in plain node” is a program of its own
(\`bench/programs/knn.js\`) on the built package, without the TypeScript loader: its peak is all that the process ever held, node,
our modules, both files of the fold, its table and the threads included, and its seconds are those of its first and only run. The
other rows of ours run on the sources, the better of two runs.`,
  baselines: ["plain TypeScript", "Surprise"],
  runs: (["ml-100k", "ml-1m"] as const).flatMap((data) => [plainOn(data), ...oursOn(data), programOn(data)]),
  targets: [
    {
      says: "ml-1m, KNNBasic in plain node: 40 times as fast as Surprise",
      reached: (rows) => atLeast(ratio(program(rows), basic(rows, "Surprise")), 40),
    },
    {
      says: "ml-1m, KNNBasic: the same process peaks below 200 MB, everything included",
      reached: (rows) => atMost(program(rows)?.peak_mib, 200e6 / 2 ** 20),
    },
  ],
};
