import { type Progress, ratingTable } from "@tamis/core";
import { describe, expect, it } from "vitest";
import type { Recommender } from "../recommender.ts";
import { ease } from "../recommenders/ease.ts";
import { popularity } from "../recommenders/popularity.ts";
import { svd } from "../recommenders/svd.ts";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { type RankValidationOptions, rankValidate } from "./rank-validate.ts";
import { strongGeneralisation } from "./split-by-user.ts";
import { timeCut } from "./time-cut.ts";

// Training: x by a, b, c; y by a, b; z by c. Tested: a likes z, b likes w (new) and z, c dislikes y.
const table = tableOf([
  ["a", "x", 5],
  ["b", "x", 5],
  ["c", "x", 5],
  ["a", "y", 4],
  ["b", "y", 4],
  ["c", "z", 4],
  ["a", "z", 5],
  ["b", "w", 5],
  ["b", "z", 3],
  ["c", "y", 1],
]);
const fold = { train: Int32Array.of(0, 1, 2, 3, 4, 5), test: Int32Array.of(6, 7, 8, 9) };

const validate = (options: RankValidationOptions = {}) =>
  rankValidate(table, popularity(), { splits: [fold], k: 2, ...options });

describe("rankValidate", () => {
  it("ranks the whole catalogue without what was seen, by hand", async () => {
    const { folds, metrics, candidates } = await validate();
    // a: z, w; b: z, w; c: y, w. All relevant ones are found, c's at once and w after it.
    expect(candidates).toBe("full catalogue");
    expect(folds[0]).toMatchObject({ userIds: ["a", "b", "c"], usersWithoutRelevant: 0, unknownUsers: 0 });
    expect(folds[0]!.unscorable).toBe(1); // w, which nobody has in training
    expect([...folds[0]!.values.precision]).toEqual([1 / 2, 1, 1 / 2]);
    expect([...folds[0]!.values.recall]).toEqual([1, 1, 1]);
    expect(metrics.precision).toBeCloseTo(2 / 3, 15);
    expect(metrics.mrr).toBe(1);
    expect(metrics.catalogueCoverage).toBe(3 / 4);
  });

  it("counts and leaves out whom nothing relevant is tested with", async () => {
    const { folds } = await validate({ minRating: 4 });
    expect(folds[0]).toMatchObject({ userIds: ["a", "b"], usersWithoutRelevant: 1 });
    // b likes w alone, which is last.
    expect([...folds[0]!.values.mrr]).toEqual([1, 1 / 2]);
    expect([...folds[0]!.values.hitRate]).toEqual([1, 1]);
    expect([...(await validate({ minRating: 4, k: 1 })).folds[0]!.values.hitRate]).toEqual([1, 0]);
    await expect(validate({ minRating: 6 })).rejects.toMatchObject({ code: "analysis" });
  });

  it("does not count as relevant what the user has in training already", async () => {
    const again = { train: fold.train, test: Int32Array.of(0, 6) };
    const { folds } = await validate({ splits: [again] });
    expect([...folds[0]!.values.recall]).toEqual([1]);
  });

  it("counts users it has never seen, and ranks for them what it ranks for nobody", async () => {
    const strangers = { train: Int32Array.of(0, 1, 3, 4), test: Int32Array.of(2) };
    const { folds } = await validate({ splits: [strangers] });
    expect(folds[0]).toMatchObject({ userIds: ["c"], unknownUsers: 1 });
    expect(folds[0]!.values.mrr[0]).toBe(1);
  });

  it("breaks ties by the lower id", async () => {
    const same: Recommender = {
      ...popularity(),
      async fit(trainset, context) {
        const model = await popularity().fit(trainset, context);
        return { ...model, scoreItems: () => new Float64Array(model.itemIds.length) };
      },
    };
    const { folds } = await rankValidate(table, same, { splits: [fold], k: 1 });
    // c chooses between w, which cannot be scored, and y; a between w and z.
    expect([...folds[0]!.values.hitRate]).toEqual([1, 1, 1]);
    expect([...folds[0]!.values.mrr]).toEqual([1, 1, 1]);
  });

  it("samples only when asked to, says so, and gives the same sample again", async () => {
    const large = randomTable(2, { users: 30, items: 40 });
    const sampled = await rankValidate(large, ease({ regularization: 5 }), { sampledNegatives: 3 });
    const full = await rankValidate(large, ease({ regularization: 5 }));
    expect(sampled.candidates).toBe("3 sampled negatives");
    expect(sampled.metrics.mrr).toBeGreaterThan(full.metrics.mrr);
    const again = await rankValidate(large, ease({ regularization: 5 }), { sampledNegatives: 3 });
    expect(again.metrics).toEqual(sampled.metrics);
  });

  it("averages folds, and lays the interval of the users around the mean", async () => {
    const { folds, metrics, intervals } = await rankValidate(randomTable(3, { users: 30 }), popularity());
    for (const name of ["ndcg", "novelty", "gini"] as const) {
      const values = folds.map((one) => one.metrics[name]);
      expect(metrics[name]).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 3, 14);
    }
    expect(intervals.ndcg.low).toBeLessThan(metrics.ndcg);
    expect(intervals.ndcg.high).toBeGreaterThan(metrics.ndcg);
  });

  it("judges strangers by their history when a split shows it, if the model can fold in", async () => {
    const large = randomTable(4, { users: 30, items: 12 });
    const splits = [strongGeneralisation(large, { users: 6 })];
    const { folds } = await rankValidate(large, ease({ regularization: 5 }), { splits });
    expect(folds[0]).toMatchObject({ unknownUsers: 0 });
    expect(folds[0]!.userIds).toHaveLength(6);
    const cannot: Recommender = {
      ...popularity(),
      fit: async (trainset, context) => {
        const { foldIn, ...model } = await popularity().fit(trainset, context);
        return model;
      },
    };
    await expect(rankValidate(large, cannot, { splits })).rejects.toMatchObject({ code: "unsupported" });
  });

  it("warns when the future is in training, and not of a cut by time", async () => {
    const timed = ratingTable(
      Array.from({ length: 40 }, (_, n) => ({ userId: n % 5, itemId: (n * 7) % 11, rating: 3, ratedAt: n })),
    );
    const random = await rankValidate(timed, popularity());
    expect(random.warnings).toHaveLength(3);
    expect(random.warnings[0]).toMatchObject({ code: "future_in_training" });
    const cut = await rankValidate(timed, popularity(), { splits: [timeCut(timed)] });
    expect(cut.warnings).toEqual([]);
  });

  it("judges the lists of a recommender of ratings too", async () => {
    const { metrics } = await rankValidate(randomTable(5), svd({ factors: 3 }));
    expect(metrics.ndcg).toBeGreaterThan(0);
  });

  it("names the fold in its progress, stops when told to, and refuses a list of nothing", async () => {
    const seen: Progress[] = [];
    await validate({ onProgress: (progress) => seen.push(progress) });
    await rankValidate(randomTable(1), ease(), { onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ phase }) => phase)).toContain("fold 3: fit ease: invert");
    await expect(validate({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
    await expect(validate({ k: 0 })).rejects.toMatchObject({ code: "invalid_input" });
    await expect(validate({ splits: [] })).rejects.toMatchObject({ code: "invalid_input" });
  });
});
