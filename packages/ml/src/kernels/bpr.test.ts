import { createRandom, type Progress } from "@tamis/core";
import { describe, expect, test } from "vitest";
import { type BprFactors, type BprKernelOptions, fitBpr, type ObservedPairs } from "./bpr.ts";
import { bprCell, plainBpr } from "./plain-bpr.ts";
import { plainNormalRows } from "./plain-normal-rows.ts";

const options: BprKernelOptions = {
  factors: 10,
  epochs: 4,
  learningRate: 0.05,
  regularization: 0.02,
  initStd: 0.1,
  negatives: "uniform",
  seed: 42,
};

/** Each user has each item with a chance of 1 in 4; user 0 has all. */
function randomPairs(userCount: number, itemCount: number, seed: number): ObservedPairs {
  const random = createRandom(seed);
  const rows = Array.from({ length: userCount }, (_, user) =>
    Array.from({ length: itemCount }, (_, item) => item).filter(() => user === 0 || random.integer(4) === 0),
  );
  const starts = [0];
  for (const row of rows) starts.push(starts.at(-1)! + row.length);
  return { starts: Int32Array.from(starts), items: Int32Array.from(rows.flat()), itemCount };
}

describe("fitBpr", () => {
  test("gives the same bits for 0, 1, 2 and 4 workers", async () => {
    const pairs = randomPairs(60, 50, 1);
    const alone = await fitBpr(pairs, options, { workers: 0 });
    for (const workers of [1, 2, 4]) expect(await fitBpr(pairs, options, { workers })).toEqual(alone);
  });

  test.each([
    ["uniform", randomPairs(40, 30, 2), options],
    ["popularity", randomPairs(40, 30, 3), { ...options, negatives: "popularity" }],
    ["1 factor, few items", randomPairs(9, 3, 4), { ...options, factors: 1 }],
    ["100 factors, another seed", randomPairs(25, 20, 5), { ...options, factors: 100, seed: -7 }],
    ["one item, nothing to prefer", randomPairs(3, 1, 6), options],
    ["nothing observed", { starts: Int32Array.of(0, 0), items: new Int32Array(), itemCount: 4 }, options],
  ] as [string, ObservedPairs, BprKernelOptions][])(
    "takes the steps of the plain twin: %s",
    async (_, pairs, variant) => {
      const found = await fitBpr(pairs, variant, { workers: 2 });
      const expected = plainModel(pairs, variant);
      for (const name of ["ofUsers", "ofItems", "biases"] as const) {
        expect(found[name]).toHaveLength(expected[name].length);
        for (const [n, value] of found[name].entries()) expect(value).toBeCloseTo(expected[name][n]!, 5);
      }
    },
  );

  test("cells that are worked through at once share neither users nor items", () => {
    const rowsOf = new Map<number, Set<string>>();
    for (let user = 0; user < 12; user++) {
      for (let i = 0; i < 16; i++) {
        for (let j = 0; j < 16; j++) {
          const cell = bprCell({ user, i, j });
          const rows = rowsOf.get(cell) ?? new Set();
          rowsOf.set(cell, rows.add(`user ${user}`).add(`item ${i}`).add(`item ${j}`));
        }
      }
    }
    expect(rowsOf.size).toBe(112);
    for (let phase = 0; phase < 28; phase++) {
      const rows = [0, 1, 2, 3].flatMap((task) => [...rowsOf.get(phase * 4 + task)!]);
      expect(new Set(rows).size).toBe(rows.length);
    }
  });

  test.each([0, 2])("stops when the signal fires (%i workers)", async (workers) => {
    const abort = new AbortController();
    const pairs = randomPairs(60, 50, 7);
    const fit = fitBpr(pairs, { ...options, epochs: 100_000 }, { workers, signal: abort.signal });
    setTimeout(() => abort.abort(), 50);
    await expect(fit).rejects.toMatchObject({ code: "aborted" });
  });

  test("reports epochs", async () => {
    const done: number[] = [];
    const onProgress = (progress: Progress) => {
      expect(progress.total).toBe(50);
      done.push(progress.done);
    };
    await fitBpr(randomPairs(60, 50, 8), { ...options, epochs: 50 }, { workers: 1, onProgress });
    expect(done.at(-1)).toBe(50);
  });
});

function plainModel(pairs: ObservedPairs, variant: BprKernelOptions): BprFactors {
  const { factors, initStd, seed } = variant;
  const draw = (count: number, rowSeed: number) => {
    const rows = new Float32Array(count * factors);
    plainNormalRows(rows, {
      count,
      width: factors,
      stride: factors,
      mean: 0,
      deviation: initStd,
      seed: rowSeed,
    });
    return rows;
  };
  const w = draw(pairs.starts.length - 1, seed);
  const h = draw(pairs.itemCount, ~seed);
  const b = new Float32Array(pairs.itemCount);
  plainBpr({ w, h, b }, pairs, variant);
  return { ofUsers: w, ofItems: h, biases: b };
}
