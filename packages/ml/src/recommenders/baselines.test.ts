import { describe, expect, it } from "vitest";
import { tableOf } from "../testing/small-tables.ts";
import { createTrainset, denseOf } from "../trainset.ts";
import { baselineOnly } from "./baseline-only.ts";
import { fitBaselines } from "./baselines.ts";

/** μ = 3; users a, b; items x, y. */
const table = tableOf([
  ["a", "x", 5],
  ["a", "y", 3],
  ["b", "x", 1],
]);

describe("fitBaselines", () => {
  it("als, one epoch by hand: items first, from zero, then users", async () => {
    const { bu, bi } = await fitBaselines(denseOf(createTrainset(table)), {
      method: "als",
      epochs: 1,
      regUser: 15,
      regItem: 10,
    });
    // b_x = (2 − 2) / (10 + 2) = 0, b_y = 0 / 11; b_a = (2 + 0) / (15 + 2), b_b = −2 / (15 + 1)
    expect([...bi]).toEqual([0, 0]);
    expect([...bu]).toEqual([2 / 17, -2 / 16]);
  });

  it("als, a second epoch starts from the users of the first", async () => {
    const { bi } = await fitBaselines(denseOf(createTrainset(table)), {
      method: "als",
      epochs: 2,
      regUser: 15,
      regItem: 10,
    });
    // b_x = ((2 − 2/17) + (−2 + 2/16)) / 12, b_y = (0 − 2/17) / 11
    expect(bi[0]).toBeCloseTo((2 - 2 / 17 + (-2 + 2 / 16)) / 12, 15);
    expect(bi[1]).toBeCloseTo(-2 / 17 / 11, 15);
  });

  it("sgd, one epoch by hand: user by user, both biases from the same error", async () => {
    const { bu, bi } = await fitBaselines(denseOf(createTrainset(table)), {
      method: "sgd",
      epochs: 1,
      learningRate: 0.1,
      regularization: 0.5,
    });
    // (a, x): e = 2 → b_a = .2, b_x = .2. (a, y): e = −.2 → b_a = .2 + .1(−.2 − .1) = .17, b_y = −.02
    // (b, x): e = 1 − 3.2 = −2.2 → b_b = −.22, b_x = .2 + .1(−2.2 − .1) = −.03
    expect(bu[0]).toBeCloseTo(0.17, 14);
    expect(bu[1]).toBeCloseTo(-0.22, 14);
    expect(bi[0]).toBeCloseTo(-0.03, 14);
    expect(bi[1]).toBeCloseTo(-0.02, 14);
  });
});

describe("baselineOnly", () => {
  it("adds the biases it knows to the mean, and clips", async () => {
    const model = await baselineOnly({ epochs: 1, regUser: 0, regItem: 0 }).fit(createTrainset(table));
    // no regularisation: b_x = 0, b_y = 0, b_a = 1, b_b = −2
    expect(model.predict("a", "y")).toEqual({ value: 4 });
    expect(model.predict("b", "new")).toEqual({ value: 1, reason: "unknown_item" });
    expect(model.predict("new", "x")).toEqual({ value: 3, reason: "unknown_user" });
    expect(model.predict("new", "new")).toEqual({ value: 3, reason: "unknown_user_and_item" });
    const far = await baselineOnly({ epochs: 1, regUser: 0, regItem: 0 }).fit(
      createTrainset(
        tableOf(
          [
            ["a", "x", 5],
            ["b", "x", 1],
            ["c", "z", 3],
          ],
          { min: 2, max: 4 },
        ),
      ),
    );
    expect(far.predict("a", "x").value).toBe(4);
    expect(far.predict("b", "x").value).toBe(2);
  });

  it("takes als by default and names an option of the other method", () => {
    expect(baselineOnly().options).toEqual({ method: "als", epochs: 10, regUser: 15, regItem: 10 });
    expect(baselineOnly({ method: "sgd" }).options).toEqual({
      method: "sgd",
      epochs: 20,
      learningRate: 0.005,
      regularization: 0.02,
    });
    expect(() => baselineOnly({ learningRate: 0.1 } as never)).toThrow(/unknown option “learningRate”/);
  });
});
