import { type DataName, dataLabel, foldOf, triplesOf } from "../data/fold.ts";
import { fitAndTest } from "../fit-and-test.ts";
import { measure } from "../measure.ts";
import { plainRmse, plainSvd } from "../plain/svd.ts";
import { atLeast, findRow, type Row, type Run, ratio, type Suite } from "../suite.ts";

const settings = {
  "Surprise's defaults": {},
  "lr .01, init .01": { learningRate: 0.01, initStd: 0.01 },
};
const caseOf = (data: DataName) => `${dataLabel(data)}, 100 factors x 20 epochs`;

const oursOn = (data: DataName): Run[] =>
  Object.entries(settings).flatMap(([setting, options]) =>
    [1, 2].map((threads) => ({
      case: caseOf(data),
      name: `tamis svd, ${setting}`,
      threads,
      measure: () => fitAndTest(foldOf(data), "svd", options, { workers: threads, times: 5 }),
    })),
  );

const plainOn = (data: DataName): Run => ({
  case: caseOf(data),
  name: "plain TypeScript",
  threads: 1,
  async measure() {
    const { train, test } = triplesOf(foldOf(data));
    const mean = globalMean(train.ratings);
    const options = {
      factors: 100,
      epochs: 20,
      mean,
      initDeviation: 0.1,
      rate: 0.005,
      penalty: 0.02,
      seed: 42,
    };
    const { seconds, cpu_seconds, result } = await measure(1, () => plainSvd(train, options));
    return { seconds, cpu_seconds, figures: { rmse: plainRmse(test, mean, result) } };
  },
});

const ours = (rows: readonly Row[], threads: number) =>
  findRow(rows, { name: "tamis svd", case: "ml-1m", threads });
const peer = (rows: readonly Row[], name: string, threads?: number) =>
  findRow(rows, { name, case: "ml-1m", ...(threads && { threads }) });

export const svd: Suite = {
  title: "SVD",
  about: `Everything between the trainset in memory and the fitted model; two thirds of the ratings to learn from, RMSE on the
other third. LIBMF has no biases and steps of its own (l2 .1, eta .1); Cornac and Surprise have our formula.`,
  baselines: ["plain TypeScript", "Surprise", "LIBMF", "Cornac"],
  runs: (["ml-100k", "ml-1m"] as const).flatMap((data) => [plainOn(data), ...oursOn(data)]),
  targets: [
    {
      says: "ml-1m, two workers: faster than LIBMF on two threads",
      reached: (rows) => atLeast(ratio(ours(rows, 2), peer(rows, "LIBMF", 2)), 1),
    },
    {
      says: "ml-1m, two workers: 10 times as fast as Surprise",
      reached: (rows) => atLeast(ratio(ours(rows, 2), peer(rows, "Surprise SVD, defaults")), 10),
    },
    {
      says: "ml-1m, one worker: not slower than Cornac on one thread",
      reached: (rows) => atLeast(ratio(ours(rows, 1), peer(rows, "Cornac", 1)), 1),
    },
    {
      says: "ml-1m: RMSE within .003 of Surprise at its defaults",
      reached(rows) {
        const [mine, theirs] = [ours(rows, 2), peer(rows, "Surprise SVD, defaults")].map(
          (row) => row?.figures?.rmse,
        );
        return mine === undefined || theirs === undefined ? undefined : Math.abs(mine - theirs) <= 0.003;
      },
    },
  ],
};

function globalMean(ratings: Iterable<number> & { readonly length: number }): number {
  let sum = 0;
  for (const rating of ratings) sum += rating;
  return sum / ratings.length;
}
