import { bpr as bayesianRanking, createTrainset, rankValidate } from "@tamis/ml";
import { type DataName, dataLabel, foldOf } from "../data/fold.ts";
import { measure } from "../measure.ts";
import { atLeast, findRow, type Run, ratio, type Suite } from "../suite.ts";

const options = { factors: 100, epochs: 20, learningRate: 0.01, regularization: 0.01 };

const oursOn = (data: DataName): Run[] =>
  [1, 2].map((threads) => ({
    case: `${dataLabel(data)}, 100 factors x 20 epochs, γ .01, λ .01`,
    name: "tamis bpr",
    threads,
    async measure() {
      const fold = foldOf(data);
      const trainset = createTrainset(fold.table, fold.train);
      const recommender = bayesianRanking(options);
      const { seconds, cpu_seconds, result } = await measure(3, () =>
        recommender.fit(trainset, { workers: threads }),
      );
      const fitted = { ...recommender, fit: async () => result };
      const { metrics } = await rankValidate(fold.table, fitted, { splits: [fold] });
      return { seconds, cpu_seconds, figures: { ndcg: metrics.ndcg, recall: metrics.recall } };
    },
  }));

export const bpr: Suite = {
  title: "Implicit feedback: Bayesian personalised ranking",
  about: `Every rating counts as 1; each epoch takes as many steps as there are ratings, with negatives drawn uniformly. NDCG@10 and
recall@10 over the full catalogue without the training items, every test rating relevant.`,
  baselines: ["implicit"],
  runs: (["ml-100k", "ml-1m"] as const).flatMap(oursOn),
  targets: [
    {
      says: "ml-1m, one worker: not slower than implicit on one thread",
      reached: (rows) => {
        const of = (name: string) => findRow(rows, { name, case: "ml-1m", threads: 1 });
        return atLeast(ratio(of("tamis bpr"), of("implicit BPR")), 1);
      },
    },
  ],
};
