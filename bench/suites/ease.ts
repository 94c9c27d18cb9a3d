import { createTrainset, ease as easeRecommender } from "@tamis/ml";
import { invertSymmetric } from "../../packages/ml/src/kernels/invert.ts";
import { skewedRatings } from "../../packages/ml/src/kernels/skewed-ratings.ts";
import { dataLabel, foldOf, tableOf } from "../data/fold.ts";
import { measure } from "../measure.ts";
import { plainInverse } from "../plain/inverse.ts";
import { atMost, findRow, type Run, type Suite } from "../suite.ts";

const inverseSize = 1000;
const inverse = `inverse of a ${inverseSize} x ${inverseSize} matrix`;

const easeOn = (
  of: string,
  precision: "float64" | "float32",
  load: () => ReturnType<typeof createTrainset>,
): Run => ({
  case: of,
  name: `tamis ease, ${precision}`,
  threads: 2,
  async measure() {
    const trainset = load();
    const { seconds, cpu_seconds } = await measure(1, () => easeRecommender({ precision }).fit(trainset));
    return { seconds, cpu_seconds };
  },
});

const million = () => {
  const { table, train } = foldOf("ml-1m");
  return createTrainset(table, train);
};
const tenThousand = () => {
  const { users, items, ratings } = skewedRatings({
    users: 20_000,
    items: 10_000,
    ratings: 1_500_000,
    seed: 1,
  });
  return createTrainset(tableOf(users, items, Float64Array.from(ratings)));
};
const generated = "generated, 20,000 users x 10,000 items";

export const ease: Suite = {
  title: "EASE",
  about:
    "Counting the pairs and inverting the items x items matrix; the inverse of a smaller one beside the plain loop.",
  baselines: ["plain TypeScript"],
  runs: [
    {
      case: inverse,
      name: "plain TypeScript",
      threads: 1,
      async measure() {
        const { seconds, cpu_seconds } = await measure(1, () =>
          plainInverse(positiveDefinite(inverseSize), inverseSize),
        );
        return { seconds, cpu_seconds };
      },
    },
    ...[1, 2].map((threads) => ({
      case: inverse,
      name: "tamis kernel, float64",
      threads,
      async measure() {
        const { seconds, cpu_seconds } = await measure(3, () =>
          invertSymmetric(positiveDefinite(inverseSize), inverseSize, {
            workers: threads,
          }),
        );
        return { seconds, cpu_seconds };
      },
    })),
    easeOn(dataLabel("ml-1m"), "float64", million),
    easeOn(dataLabel("ml-1m"), "float32", million),
    easeOn(generated, "float64", tenThousand),
    easeOn(generated, "float32", tenThousand),
  ],
  targets: [
    {
      says: "10,000 items, float32 as by default, in less than 30 s",
      reached: (rows) => atMost(findRow(rows, { name: "tamis ease, float32", case: generated })?.seconds, 30),
    },
  ],
};

function positiveDefinite(n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) matrix[i * n + j] = 1000 / (10 + i + j);
    matrix[i * n + i]! += 350;
  }
  return matrix;
}
