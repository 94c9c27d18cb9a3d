import { createRandom } from "@tamis/core";
import { expect, it } from "vitest";
import { fcp } from "./fcp.ts";

it("by hand: 2 pairs of a in order, 1 not, none of b comparable, 1 tied of c", () => {
  const users = ["a", "a", "a", "b", "b", "c", "c"];
  const ratings = [1, 3, 5, 4, 4, 2, 3];
  const estimates = [2, 4, 3, 1, 5, 3, 3];
  expect(fcp(estimates, ratings, users)).toBe((2 + 0.5) / 4);
});

it("a user with no concordant pair counts, unlike in Surprise", () => {
  const users = [1, 1, 2, 2];
  expect(fcp([1, 2, 2, 1], [1, 2, 1, 2], users)).toBe(0.5);
});

it("a constant has one half, the ratings themselves 1, their reverse 0", () => {
  const random = createRandom(1);
  const users = Int32Array.from({ length: 300 }, () => random.integer(20));
  const ratings = Float64Array.from(users, () => random.integer(5));
  expect(
    fcp(
      ratings.map(() => 3),
      ratings,
      users,
    ),
  ).toBe(0.5);
  expect(fcp(ratings, ratings, users)).toBe(1);
  expect(
    fcp(
      ratings.map((rating) => -rating),
      ratings,
      users,
    ),
  ).toBe(0);
});

it("has no answer where nothing can be compared", () => {
  expect(() => fcp([1, 2], [3, 3], [1, 1])).toThrow(expect.objectContaining({ code: "analysis" }));
  expect(() => fcp([1, 2], [3, 4], [1, 2])).toThrow(expect.objectContaining({ code: "analysis" }));
  expect(() => fcp([1], [3, 4], [1, 1])).toThrow(expect.objectContaining({ code: "invalid_input" }));
});
