import { expect, it } from "vitest";
import type { Recommender } from "../recommender.ts";
import { ease } from "../recommenders/ease.ts";
import { svd } from "../recommenders/svd.ts";
import { randomTable } from "../testing/small-tables.ts";
import { crossValidate } from "./cross-validate.ts";
import { evaluate } from "./evaluate.ts";
import { rankValidate } from "./rank-validate.ts";

const table = randomTable(3, { users: 30, items: 20 });

it("gives what the two validations give, from one fit a fold", async () => {
  const recommender = svd({ factors: 3 });
  let fits = 0;
  const counting: Recommender = {
    ...recommender,
    fit(...args) {
      fits++;
      return recommender.fit(...args);
    },
  };
  const { accuracy, lists } = await evaluate(table, counting, { folds: 4, seed: 5, k: 3 });
  expect(fits).toBe(4);
  const alone = await crossValidate(table, recommender, { folds: 4, seed: 5 });
  expect([accuracy!.rmse, accuracy!.mae]).toEqual([alone.rmse, alone.mae]);
  const ranked = await rankValidate(table, recommender, { folds: 4, seed: 5, k: 3 });
  expect([lists!.metrics, lists!.intervals]).toEqual([ranked.metrics, ranked.intervals]);
});

it("judges a model that ranks by its lists only, and one of ratings by its accuracy only when told so", async () => {
  const ranking = await evaluate(table, ease());
  expect(ranking.accuracy).toBeUndefined();
  expect(ranking.lists!.metrics.ndcg).toBeGreaterThan(0);
  const rating = await evaluate(table, svd({ factors: 3 }), { lists: false });
  expect(rating.lists).toBeUndefined();
  expect(rating.accuracy!.rmse.mean).toBeGreaterThan(0);
});
