import type { Id } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { randomTable, tableOf } from "../testing/small-tables.ts";
import { createTrainset } from "../trainset.ts";
import { ease } from "./ease.ts";

it("two items by hand: the weight is x · y / (count + λ) each way", async () => {
  const table = tableOf([
    ["a", "x", 5],
    ["a", "y", 4],
    ["b", "x", 1],
    ["c", "x", 3],
    ["c", "y", 2],
    ["d", "y", 2],
  ]);
  const model = await ease({ regularization: 1 }).fit(createTrainset(table));
  // G = [[3 + 1, 2], [2, 3 + 1]]: P = [[4, −2], [−2, 4]] / 12, B_xy = 2 / 4
  expect(model.predict("b", "y").value).toBeCloseTo(0.5, 14);
  expect(model.predict("d", "x").value).toBeCloseTo(0.5, 14);
  expect(model.predict("b", "x").value).toBe(0);
  expect(model.similarity!("x", "y")).toBeCloseTo(0.5, 14);
});

describe.each([1, 2, 3])("random table %i", (seed) => {
  const table = randomTable(seed, { users: 20, items: 9 });
  const lambda = 3;
  const fit = ease({ regularization: lambda }).fit(createTrainset(table));

  it("each column solves the regression of its item on all others", async () => {
    const model = await fit;
    const x = matrixOf(table, model.itemIds);
    for (const [j, target] of model.itemIds.entries()) {
      const weights = model.itemIds.map((item) => model.foldIn!([{ itemId: item, rating: 1 }])[j]!);
      expect(weights[j]).toBeCloseTo(0, 14);
      // The gradient over every other weight: Σ_u x_ui (x_u · w − x_uj) + λ w_i = 0
      for (const [i, item] of model.itemIds.entries()) {
        if (item === target) continue;
        const gradient = x.reduce((sum, row) => {
          const estimate = row.reduce((total, has, n) => total + has * weights[n]!, 0);
          return sum + row[i]! * (estimate - row[j]!);
        }, lambda * weights[i]!);
        expect(gradient).toBeCloseTo(0, 10);
      }
    }
  });

  it("keeps negative weights", async () => {
    const { itemIds, foldIn } = await fit;
    const weights = itemIds.flatMap((itemId) => [...foldIn!([{ itemId, rating: 1 }])]);
    expect(weights.some((weight) => weight < -0.01)).toBe(true);
  });

  it("forgets users one after the other, and is what training without them gives", async () => {
    let model = await fit;
    for (const user of ["u4", "u0", "u19"]) {
      const forgotten = await model.forget!(user);
      expect(forgotten.exact).toBe(true);
      model = forgotten.model;
    }
    const rest = Int32Array.from({ length: table.length }, (_, row) => row).filter(
      (row) => !["u4", "u0", "u19"].includes(String(table.users.ids[table.users.codes[row]!])),
    );
    const retrained = await ease({ regularization: lambda }).fit(createTrainset(table, rest));
    for (const item of retrained.itemIds) {
      expect(model.predict("u7", item).value).toBeCloseTo(retrained.predict("u7", item).value, 11);
    }
  });
});

it("an item that only the forgotten user had scores 0", async () => {
  const table = tableOf([
    ["a", "x", 5],
    ["a", "mine", 5],
    ["b", "x", 5],
  ]);
  const { model } = await (await ease().fit(createTrainset(table))).forget!("a");
  expect(model.knowsItem("mine")).toBe(true);
  expect(model.predict("b", "mine").value).toBeCloseTo(0, 15);
});

it("names what a matrix too large would need", async () => {
  const rows = Array.from({ length: 130_000 }, (_, item) => [1, item, 3] as const);
  await expect(ease().fit(createTrainset(tableOf(rows)))).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining("130000 items"),
  });
});

/** Users × items of 0 and 1. */
function matrixOf(table: ReturnType<typeof randomTable>, items: readonly Id[]): number[][] {
  const rows = table.users.ids.map(() => items.map(() => 0));
  for (let row = 0; row < table.length; row++) {
    const item = items.indexOf(table.items.ids[table.items.codes[row]!]!);
    rows[table.users.codes[row]!]![item] = 1;
  }
  return rows;
}
