import { describe, expect, test } from "vitest";
import { createBlockLayout } from "./block-layout.ts";
import { plainNormalRows } from "./plain-normal-rows.ts";
import { type PlainSgdState, plainSgd } from "./plain-sgd.ts";
import { withKernels } from "./pool.ts";
import { fitSgd, ratesOfEpoch, type SgdModel, type SgdOptions } from "./sgd.ts";
import { skewedRatings } from "./skewed-ratings.ts";

const triples = skewedRatings({ users: 300, items: 200, ratings: 9000, seed: 3 });
const options: SgdOptions = {
  factors: 10,
  epochs: 5,
  biased: true,
  mean: 3.5,
  initMean: 0,
  initDeviation: 0.1,
  learningRates: { bu: 0.005, bi: 0.006, pu: 0.007, qi: 0.008 },
  regularisations: { bu: 0.02, bi: 0.03, pu: 0.04, qi: 0.05 },
  seed: 42,
};

describe("fitSgd", () => {
  test("gives the same bits for 0, 1, 2 and 4 workers", async () => {
    const alone = await fitSgd(triples, options, { workers: 0 });
    for (const workers of [1, 2, 4]) {
      const model = await fitSgd(triples, options, { workers });
      for (const name of ["bu", "bi", "pu", "qi"] as const) expect(model[name]).toEqual(alone[name]);
    }
  });

  test.each([
    ["biased", options],
    ["unbiased", { ...options, biased: false, initMean: 0.5 }],
    ["with falling rates", { ...options, rateDecay: 0.9 }],
    ["with 1 factor", { ...options, factors: 1 }],
    ["with 100 factors", { ...options, factors: 100, epochs: 2 }],
  ])("%s, does what the plain twin does block by block", async (_, variant) => {
    const model = await fitSgd(triples, variant, { workers: 2 });
    const expected = await plainBlocks(variant);
    expect(largestDifference(model, expected)).toBeLessThan(1e-5);
  });

  test("unbiased leaves the biases at zero", async () => {
    const model = await fitSgd(triples, { ...options, biased: false }, { workers: 1 });
    expect([...model.bu, ...model.bi].every((bias) => bias === 0)).toBe(true);
  });

  test("fits as well as sequential SGD in Surprise's order", async () => {
    const longer = { ...options, factors: 20, epochs: 20 };
    const blocks = error(await fitSgd(triples, longer, { workers: 2 }), longer);
    const sequential = error(plainSequential(longer), longer);
    expect(Math.abs(blocks - sequential)).toBeLessThan(0.003);
    expect(blocks).toBeLessThan(0.8);
  });

  test("survives regularisation strong enough to shrink a row's scale away", async () => {
    const strong = { bu: 0.5, bi: 0.5, pu: 0.5, qi: 0.5 };
    const rates = { bu: 0.5, bi: 0.5, pu: 0.5, qi: 0.5 };
    const model = await fitSgd(
      triples,
      { ...options, learningRates: rates, regularisations: strong, epochs: 30 },
      { workers: 2 },
    );
    expect([...model.pu, ...model.qi, ...model.bu, ...model.bi].every(Number.isFinite)).toBe(true);
  });

  test("copes with one user, one item and no rating", async () => {
    const single = { users: Int32Array.of(0), items: Int32Array.of(0), ratings: Float64Array.of(4) };
    const model = await fitSgd({ ...single, userCount: 1, itemCount: 1 }, options, { workers: 2 });
    expect(model.pu).toHaveLength(10);
    const none = { users: new Int32Array(), items: new Int32Array(), ratings: new Float64Array() };
    expect((await fitSgd({ ...none, userCount: 0, itemCount: 0 }, options, { workers: 2 })).pu).toHaveLength(
      0,
    );
  });

  test.each([0, 2])("stops when the signal fires (%i workers)", async (workers) => {
    const abort = new AbortController();
    const fit = fitSgd(triples, { ...options, epochs: 100_000 }, { workers, signal: abort.signal });
    setTimeout(() => abort.abort(), 50);
    await expect(fit).rejects.toMatchObject({ code: "aborted" });
    await expect(fitSgd(triples, options, { workers })).resolves.toBeDefined();
  });

  test("reports epochs and leaves the event loop free", async () => {
    const seen: number[] = [];
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    await fitSgd(
      triples,
      { ...options, factors: 100, epochs: 400 },
      {
        workers: 1,
        onProgress: ({ done, total, unit }) => {
          expect([total, unit]).toEqual([400, "epochs"]);
          seen.push(done);
        },
      },
    );
    clearInterval(timer);
    expect(seen.at(-1)).toBe(400);
    expect(turns).toBeGreaterThan(3);
  });

  test("refuses a rate that cannot converge", async () => {
    const rates = { ...options.learningRates, qi: 30 };
    await expect(fitSgd(triples, { ...options, learningRates: rates })).rejects.toMatchObject({
      code: "invalid_input",
      message: expect.stringContaining("qi"),
    });
  });
});

function initialState({ factors, initMean, initDeviation, seed }: SgdOptions): PlainSgdState {
  const { userCount, itemCount } = triples;
  const stride = Math.ceil(factors / 4) * 4;
  const [p, q] = [new Float32Array(userCount * stride), new Float32Array(itemCount * stride)];
  const shape = { width: factors, stride, mean: initMean, deviation: initDeviation };
  plainNormalRows(p, { ...shape, count: userCount, seed });
  plainNormalRows(q, { ...shape, count: itemCount, seed: ~seed });
  const ones = (length: number) => new Float32Array(length).fill(1);
  const biases = { bu: new Float32Array(userCount), bi: new Float32Array(itemCount) };
  return { stride, p, q, pScale: ones(userCount), qScale: ones(itemCount), ...biases };
}

function plainBlocks(variant: SgdOptions): Promise<SgdModel> {
  return withKernels({ workers: 0 }, async ({ arena }) => {
    const layout = createBlockLayout(arena, triples);
    const { blocks, starts } = layout;
    const state = initialState(variant);
    for (let phase = 0; phase < variant.epochs * blocks; phase++) {
      for (let block = 0; block < blocks; block++) {
        const cell = block * blocks + ((block + phase) % blocks);
        const learningRates = ratesOfEpoch(variant, Math.floor(phase / blocks));
        plainSgd(state, layout, { ...variant, learningRates }, starts[cell]!, starts[cell + 1]!);
      }
    }
    return toModel(state, variant.factors);
  });
}

function plainSequential(variant: SgdOptions): SgdModel {
  const state = initialState(variant);
  for (let epoch = 0; epoch < variant.epochs; epoch++) plainSgd(state, triples, variant);
  return toModel(state, variant.factors);
}

function toModel({ stride, p, q, pScale, qScale, bu, bi }: PlainSgdState, factors: number): SgdModel {
  const rows = (stored: Float32Array, scales: Float32Array) =>
    Float32Array.from({ length: scales.length * factors }, (_, at) => {
      const row = Math.floor(at / factors);
      return scales[row]! * stored[row * stride + (at % factors)]!;
    });
  return { bu, bi, pu: rows(p, pScale), qi: rows(q, qScale) };
}

function largestDifference(a: SgdModel, b: SgdModel): number {
  let largest = 0;
  for (const name of ["bu", "bi", "pu", "qi"] as const) {
    expect(a[name]).toHaveLength(b[name].length);
    a[name].forEach((value, at) => {
      largest = Math.max(largest, Math.abs(value - b[name][at]!));
    });
  }
  return largest;
}

function error(model: SgdModel, { factors, mean }: SgdOptions): number {
  const { users, items, ratings } = triples;
  let squares = 0;
  for (let at = 0; at < ratings.length; at++) {
    const [user, item] = [users[at]!, items[at]!];
    let estimate = mean + model.bu[user]! + model.bi[item]!;
    for (let k = 0; k < factors; k++)
      estimate += model.pu[user * factors + k]! * model.qi[item * factors + k]!;
    squares += (ratings[at]! - estimate) ** 2;
  }
  return Math.sqrt(squares / ratings.length);
}
