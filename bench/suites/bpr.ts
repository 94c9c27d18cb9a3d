import { bpr as bayesianRanking, createTrainset, rankValidate } from "@tamis/ml";
import { auc } from "../auc.ts";
import { type DataName, dataLabel, foldOf } from "../data/fold.ts";
import { measure } from "../measure.ts";
import { atLeast, findRow, type Row, type Run, ratio, type Suite } from "../suite.ts";

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
      const { ndcg, recall } = metrics;
      return { seconds, cpu_seconds, figures: { ndcg, recall, auc: auc(result, fold) } };
    },
  }));

const of = (rows: readonly Row[], name: string, threads: number) =>
  findRow(rows, { name, case: "ml-1m", threads });

export const bpr: Suite = {
  title: "Implicit feedback: Bayesian personalised ranking",
  about: `Every rating counts as 1; each epoch takes as many steps as there are ratings. We draw the item that a user does not have
from all items, and draw again until it is one; implicit draws it from the ratings and leaves the step out when the user has it. NDCG@10 and recall@10
over the full catalogue without the training items, every test rating relevant; AUC over the items that were learnt from. The first factors differ too: ours N(0, .1²), those of implicit within ±.005.`,
  baselines: ["implicit"],
  runs: (["ml-100k", "ml-1m"] as const).flatMap(oursOn),
  targets: [
    ...["implicit BPR", "implicit BPR, -march=native"].flatMap((peer) =>
      [1, 2].map((threads) => ({
        says: `ml-1m, workers: ${threads}: not slower than ${peer} on as many threads`,
        reached: (rows: readonly Row[]) =>
          atLeast(ratio(of(rows, "tamis bpr", threads), of(rows, peer, threads)), 1),
      })),
    ),
    {
      says: "ml-1m: NDCG@10 not below that of implicit",
      reached(rows) {
        const [ours, theirs] = [of(rows, "tamis bpr", 2), of(rows, "implicit BPR", 2)];
        const bound = theirs?.figures?.ndcg;
        return bound === undefined ? undefined : atLeast(ours?.figures?.ndcg, bound);
      },
    },
  ],
};
