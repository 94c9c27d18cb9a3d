import { createRandom, type Id } from "@tamis/core";
import { expect, test } from "vitest";
import { createScoreBounds } from "../kernels/score-bounds.ts";
import { dotProduct } from "../recommenders/dot-product.ts";
import { topByBounds } from "./top-by-bounds.ts";
import { topItems } from "./top-items.ts";

const random = createRandom(5);

test("lists by bounds are those of all the scores, for 400 catalogues of many sizes and close scores", () => {
  for (let times = 0; times < 400; times++) {
    const count = 1 + random.integer(200);
    const rank = 1 + random.integer(20);
    // Few different values: many scores are equal, or differ by their rounding alone.
    const sizes = [1, 1e-3, 1e-9, 0];
    const size = () => sizes[random.integer(sizes.length)]!;
    const draws = (length: number, of: number) =>
      Float64Array.from({ length }, () => ((random.integer(7) - 3) / 3) * of);
    const factors = {
      rank,
      items: draws(count * rank, size()),
      biases: draws(count, size()),
      of: () => undefined,
    };
    const taste = { row: draws(rank, size()), offset: random.integer(5) - 1.3 };
    const itemIds = random.shuffle(Array.from({ length: count }, (_, id): Id => (id % 3 ? id : `i${id}`)));
    const seen = new Set(itemIds.filter(() => random.integer(3) === 0));
    const n = 1 + random.integer(60);

    const scores = Float64Array.from(
      factors.biases,
      (bias, item) => taste.offset + bias + dotProduct(taste.row, 0, factors.items, item * rank, rank),
    );
    const bounds = createScoreBounds({ factors: rank, items: factors.items, biases: factors.biases })(
      taste.row,
    )!;
    expect(topByBounds(itemIds, factors, taste, bounds, n, seen)).toEqual(topItems(itemIds, scores, n, seen));
  }
});
