import { expect, it } from "vitest";
import { simpleDrift } from "./simple.ts";

const figures = { avg_rating: 3.5, num_users: 100, num_movies: 50, num_ratings: 1000 };

it.each([
  [1100, 10, "normal"],
  [1100.1, 10.01, "drift"],
  [900, -10, "normal"],
  [899.9, -10.01, "drift"],
])("takes %d of 1,000 for %d %%: %s", (num_ratings, change_pct, status) => {
  const { num_ratings: change } = simpleDrift(figures, { ...figures, num_ratings });
  expect(change).toEqual({ baseline: 1000, current: num_ratings, change_pct, status });
});

it("leaves a figure out whose baseline is 0, and takes another threshold", () => {
  const changes = simpleDrift({ ...figures, num_users: 0 }, { ...figures, num_movies: 51 }, 1);
  expect(Object.keys(changes)).toEqual(["avg_rating", "num_movies", "num_ratings"]);
  expect(changes.num_movies).toMatchObject({ change_pct: 2, status: "drift" });
});

it("is exact at the threshold for any baseline", () => {
  for (let base = 1; base <= 1000; base++) {
    const at = (num_users: number) => simpleDrift({ num_users: base }, { ...figures, num_users }).num_users;
    expect(at(base * 1.1)?.status).toBe("normal");
    expect(at(base * 1.1001)?.status).toBe("drift");
  }
});
