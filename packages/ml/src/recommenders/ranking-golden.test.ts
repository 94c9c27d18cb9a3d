import { describe, expect, it } from "vitest";
import { rankValidate } from "../evaluate/rank-validate.ts";
import { foldsFromPermutation } from "../evaluate/split.ts";
import { createRecommender } from "../recommenders.ts";
import { missingData, readMovielens100k, readReferencePermutation } from "../testing/movielens.ts";
import { rankingGolden } from "../testing/ranking-golden.ts";

const missing = missingData("ml-100k");

/** All five folds of every algorithm: `npm run bench -- ranking`. Here, the quick one in full and the others on their first fold. */
describe.skipIf(missing)(
  `lists on the reference folds of MovieLens 100k${missing ? ` (${missing})` : ""}`,
  () => {
    it("popularity reaches the reference on all five folds", async () => {
      const [table, permutation] = [readMovielens100k(), readReferencePermutation()];
      const { metrics } = await rankValidate(table, popularity(), { folds: 5, permutation });
      const golden = rankingGolden.find(({ algorithm }) => algorithm === "popularity")!;
      for (const name of ["precision", "recall", "map", "ndcg", "mrr", "hitRate"] as const) {
        expect(Math.abs(metrics[name] - golden.metrics[name]!), name).toBeLessThan(0.0001);
      }
    });

    // First-fold figures of the runs whose five-fold means are the reference's.
    it.each<[string, object, number, number]>([
      ["ease", { regularization: 350 }, 0.44012, 0.00005],
      ["item-knn", { k: 200, shrinkage: 50 }, 0.38972, 0.00005],
      ["ials", { epochs: 16 }, 0.4384, 0.004],
    ])("%s %j has an NDCG@10 of %d on the first", async (name, options, expected, tolerance) => {
      const [table, permutation] = [readMovielens100k(), readReferencePermutation()];
      const [first] = foldsFromPermutation(permutation, 5);
      const recommender = createRecommender(name, { ...options });
      const { metrics } = await rankValidate(table, recommender, { splits: [first!], seed: 0 });
      expect(Math.abs(metrics.ndcg - expected), `NDCG ${metrics.ndcg}`).toBeLessThan(tolerance);
    });

    const popularity = () => createRecommender("popularity");
  },
);
