import { createRecommender, rankValidate } from "@tamis/ml";
import { readMovielens100k, readReferencePermutation } from "../../packages/ml/src/testing/movielens.ts";
import { type RankingGolden, rankingGolden } from "../../packages/ml/src/testing/ranking-golden.ts";
import { atLeast, findRow, type Suite } from "../suite.ts";
import { optionText } from "./parity.ts";

const withoutReference: Pick<RankingGolden, "algorithm" | "options" | "metrics">[] = [
  { algorithm: "item-knn", options: { weighting: "tf-idf", k: 200 }, metrics: {} },
  { algorithm: "item-knn", options: { weighting: "bm25", similarity: "dot", k: 20 }, metrics: {} },
  { algorithm: "item-knn", options: { similarity: "jaccard", k: 200 }, metrics: {} },
  { algorithm: "bpr", options: {}, metrics: {} },
];
const bounds = {
  "ease regularization:350": 0.445,
  "ials epochs:16": 0.44,
  "item-knn k:200": 0.395,
  popularity: 0.218,
};

export const ranking: Suite = {
  title: "Quality of lists",
  about: `The five folds of \`KFold(5, random_state=0)\` of MovieLens 100k: all ratings count as 1, full catalogue without the training
items, k = 10, users with a test rating. \`ndcg of reference\` is an independent implementation in NumPy. The rating models at the
end show why lists are not made of estimated stars: compare their RMSE in the tables of parity.`,
  needs: "ml-100k",
  runs: [...rankingGolden, ...withoutReference].map(({ algorithm, options, metrics: golden }) => ({
    case: "MovieLens 100k, 5 folds",
    name: `${algorithm} ${optionText(options)}`.trim(),
    async measure() {
      const folds = { folds: 5, seed: 0, permutation: readReferencePermutation() };
      const recommender = createRecommender(algorithm, options);
      const {
        metrics,
        intervals,
        folds: judged,
      } = await rankValidate(readMovielens100k(), recommender, folds);
      return {
        seconds: judged.reduce((sum, fold) => sum + fold.fitSeconds + fold.rankSeconds, 0),
        figures: {
          ndcg: metrics.ndcg,
          ...(golden.ndcg !== undefined && { ndcg_of_reference: golden.ndcg }),
          "ndcg_±95_%": (intervals.ndcg.high - intervals.ndcg.low) / 2,
          precision: metrics.precision,
          recall: metrics.recall,
          map: metrics.map,
          mrr: metrics.mrr,
          hit_rate: metrics.hitRate,
          coverage: metrics.catalogueCoverage,
        },
      };
    },
  })),
  targets: Object.entries(bounds).map(([name, bound]) => ({
    says: `${name}: NDCG@10 of ${bound}`,
    reached: (rows) => {
      const ndcg = findRow(rows, { name })?.figures?.ndcg;
      return atLeast(ndcg === undefined ? undefined : Math.round(ndcg * 1000) / 1000, bound);
    },
  })),
};
