import { createRandom } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { feedbackOf, feedbackRow } from "../feedback.ts";
import type { Model } from "../recommender.ts";
import { transpose } from "../sparse-rows.ts";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset, denseOf } from "../trainset.ts";
import { ials } from "./ials.ts";
import { ialsHkv } from "./ials-hkv.ts";
import { type Objective, rowSolver } from "./least-squares-rows.ts";

it("one user, one item, one factor: w = h / (h² + α₀ h² + λ (1 + α₀)), by hand", async () => {
  const table = tableOf([["a", "x", 5]]);
  const options = { factors: 1, epochs: 1, unobservedWeight: 0.5, regularization: 0.1 };
  const model = await ials(options).fit(createTrainset(table), { workers: 0 });
  const h = model.tensors().arrays.item_factors!.data[0]!;
  const w = h / (1.5 * h * h + 0.15);
  expect(model.predict("a", "x").value).toBeCloseTo(w * h, 12);
  const { contributions } = model.explain!("a", "x");
  expect(contributions).toEqual([{ itemId: "x", value: expect.closeTo(w * h, 12) }]);
});

it("Hu, Koren, Volinsky, the same: x = (1 + α r) y / (y² + α r y² + λ), with the rating for r", async () => {
  const table = tableOf([["a", "x", 5]]);
  const options = { factors: 1, epochs: 1, alpha: 2, regularization: 0.1, values: "rating" } as const;
  const model = await ialsHkv(options).fit(createTrainset(table), { workers: 0 });
  const y = model.tensors().arrays.item_factors!.data[0]!;
  expect(model.predict("a", "x").value).toBeCloseTo(((1 + 10) * y * y) / (11 * y * y + 0.1), 12);
});

it("conjugate gradients come to where the exact solver comes", async () => {
  const trainset = createTrainset(randomTable(8, { users: 30, items: 20 }));
  const solve = (conjugateSteps: number) =>
    ials({ factors: 6, epochs: 60, conjugateSteps }).fit(trainset, { workers: 0 });
  const [exact, steps] = [await solve(0), await solve(3)];
  for (const userId of trainset.userIds()) {
    const [wanted, found] = [exact.scoreItems(userId), steps.scoreItems(userId)];
    for (const [item, score] of found.entries()) expect(score).toBeCloseTo(wanted[item]!, 2);
  }
});

describe("a fold-in minimises the objective of its parametrisation", () => {
  const table = randomTable(5, { users: 14, items: 8 });
  const trainset = createTrainset(table);
  const lambda = 0.3;

  it("Rendle's", async () => {
    const a0 = 0.2;
    const nu = 0.7;
    const options = {
      factors: 3,
      epochs: 2,
      unobservedWeight: a0,
      regularization: lambda,
      frequencyExponent: nu,
    };
    const model = await ials(options).fit(trainset, { workers: 0 });
    expectMinimum(model, 3, (scores, w, history) => {
      const observed = [...history].reduce((sum, item) => sum + (scores[item]! - 1) ** 2, 0);
      const all = scores.reduce((sum, score) => sum + score * score, 0);
      return observed + a0 * all + lambda * (history.size + a0 * scores.length) ** nu * squares(w);
    });
  });

  it("Hu, Koren and Volinsky's", async () => {
    const alpha = 1.5;
    const model = await ialsHkv({ factors: 3, epochs: 2, alpha, regularization: lambda }).fit(trainset, {
      workers: 0,
    });
    expectMinimum(model, 3, (scores, w, history) =>
      scores.reduce(
        (sum, score, item) => sum + (history.has(item) ? (1 + alpha) * (1 - score) ** 2 : score * score),
        lambda * squares(w),
      ),
    );
  });
});

it("the exact kernels learn what a plain loop over the equations learns", async () => {
  const trainset = createTrainset(randomTable(7, { users: 25, items: 12 }));
  const options = { factors: 6, epochs: 5, unobservedWeight: 0.4, regularization: 0.1, conjugateSteps: 0 };
  const model = await ials(options).fit(trainset, { workers: 0, seed: 3 });
  const objective: Objective = {
    weightOfAll: 0.4,
    weight: () => 1,
    target: () => 1,
    penalty: (observed, columns) => 0.1 * (observed + 0.4 * columns),
  };
  const byUser = feedbackOf(denseOf(trainset), { values: "binary" });
  const byItem = transpose(byUser, trainset.itemCount);
  const random = createRandom(3);
  const ofItems = Float64Array.from({ length: trainset.itemCount * 6 }, () =>
    random.normal(0, 0.1 / Math.sqrt(6)),
  );
  const ofUsers = new Float64Array(trainset.userCount * 6);
  for (let epoch = 0; epoch < 5; epoch++) {
    for (const [free, fixed, rows] of [
      [ofUsers, ofItems, byUser],
      [ofItems, ofUsers, byItem],
    ] as const) {
      const solver = rowSolver(fixed, 6, objective);
      for (let row = 0; row < free.length / 6; row++) {
        solver.solve(feedbackRow(rows, row), free.subarray(row * 6, row * 6 + 6));
      }
    }
  }
  const learnt = model.tensors().arrays.item_factors!.data;
  for (let at = 0; at < learnt.length; at++) expect(learnt[at]).toBeCloseTo(ofItems[at]!, 4);
});

/** Moves the folded-in row a little in many directions: the loss must rise. The row is read off the scores. */
function expectMinimum(
  model: Model,
  factors: number,
  loss: (scores: readonly number[], w: readonly number[], history: ReadonlySet<number>) => number,
): void {
  const h = [...model.tensors().arrays.item_factors!.data];
  const history = new Set([0, 3, 4]);
  const entries = [...history].map((item) => ({ itemId: model.itemIds[item]!, rating: 3 }));
  const scores = [...model.foldIn!(entries)];
  const w = solveThree(h, scores);
  const scoresOf = (row: readonly number[]) =>
    model.itemIds.map((_, item) => row.reduce((sum, value, f) => sum + value * h[item * factors + f]!, 0));
  for (const [item, score] of scoresOf(w).entries()) expect(score).toBeCloseTo(scores[item]!, 8);
  const best = loss(scoresOf(w), w, history);
  const random = createRandom(1);
  for (let times = 0; times < 50; times++) {
    const moved = w.map((value) => value + random.normal(0, 0.01));
    expect(loss(scoresOf(moved), moved, history)).toBeGreaterThan(best);
  }
}

/** w from w · h_i = score_i of the first three items, by Cramer's rule. */
function solveThree(h: readonly number[], scores: readonly number[]): number[] {
  const rows = [0, 1, 2].map((item) => h.slice(item * 3, item * 3 + 3));
  const determinant = (m: number[][]) =>
    m[0]![0]! * (m[1]![1]! * m[2]![2]! - m[1]![2]! * m[2]![1]!) -
    m[0]![1]! * (m[1]![0]! * m[2]![2]! - m[1]![2]! * m[2]![0]!) +
    m[0]![2]! * (m[1]![0]! * m[2]![1]! - m[1]![1]! * m[2]![0]!);
  return [0, 1, 2].map((f) => {
    const replaced = rows.map((row, n) => row.map((value, column) => (column === f ? scores[n]! : value)));
    return determinant(replaced) / determinant(rows);
  });
}

function squares(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
