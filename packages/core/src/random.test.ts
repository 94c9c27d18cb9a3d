import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "./random.ts";

const take = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw);

/** xoshiro128** as its authors' C file has it, in unlimited integers: independent of 32-bit JavaScript arithmetic. */
function* referenceXoshiro(words: readonly number[]): Generator<number, never> {
  const mask = 0xffffffffn;
  const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (32n - k))) & mask;
  const s = words.map((word) => BigInt(word >>> 0));
  while (true) {
    yield Number((rotate((s[1]! * 5n) & mask, 7n) * 9n) & mask);
    const t = (s[1]! << 9n) & mask;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotate(s[3]!, 11n);
  }
}

/** The four words SplitMix32 gives a seed, again in unlimited integers. */
function referenceState(seed: number): number[] {
  const mask = 0xffffffffn;
  return [1n, 2n, 3n, 4n].map((step) => {
    let z = (BigInt(seed) + step * 0x9e3779b9n) & mask;
    z = ((z ^ (z >> 16n)) * 0x21f0aaadn) & mask;
    z = ((z ^ (z >> 15n)) * 0x735a2d97n) & mask;
    return Number(z ^ (z >> 15n));
  });
}

describe("the stream", () => {
  it("starts with the numbers a separate program computed", () => {
    const golden: [number, number[]][] = [
      [0, [1789933344, 44971166, 2521387044, 3848737593, 1138324114]],
      [1, [393288148, 2174103013, 3814759091, 2092745082, 1865176206]],
      [42, [660444221, 3652823732, 77672526, 910233633, 2297337756]],
      [4294967295, [4104197751, 1825856343, 1152209388, 2427537429, 3685145430]],
    ];
    for (const [seed, words] of golden) expect(take(5, createRandom(seed).uint32)).toEqual(words);
  });

  it("follows the reference algorithm for ten thousand words", () => {
    const published = referenceXoshiro([1, 2, 3, 4]);
    expect(take(6, () => published.next().value)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492,
    ]);
    for (const seed of [0, 42, 123_456_789]) {
      const reference = referenceXoshiro(referenceState(seed));
      expect(take(10_000, createRandom(seed).uint32)).toEqual(take(10_000, () => reference.next().value));
    }
  });

  it("differs from seed to seed, also for negative seeds and those beyond 32 bits", () => {
    const seeds = [...take(2000, () => 0).map((_, i) => i - 1000), 2 ** 32 + 7777, Number.MAX_SAFE_INTEGER];
    expect(new Set(seeds.map((seed) => take(3, createRandom(seed).uint32).join())).size).toBe(seeds.length);
  });

  it("refuses a seed that is not a whole number", () => {
    for (const seed of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
      expect(() => createRandom(seed)).toThrow(expect.objectContaining({ code: "invalid_input" }));
  });
});

describe("uniform", () => {
  it("makes 53 bits of two words", () => {
    expect(take(3, createRandom(42).uniform)).toEqual([
      0.15377165265745885, 0.018084542542176507, 0.5348906284683476,
    ]);
  });

  it("fills [0, 1) evenly: chi-square over 16 cells stays under its 0.1 % point", () => {
    const { uniform } = createRandom(5);
    const values = take(160_000, uniform);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(
      chiSquare(
        values.map((value) => Math.floor(value * 16)),
        16,
      ),
    ).toBeLessThan(37.7);
  });
});

describe("integer", () => {
  it("is even over a bound that does not divide 2^32", () => {
    const random = createRandom(6);
    const draws = take(70_000, () => random.integer(7));
    expect(chiSquare(draws, 7)).toBeLessThan(22.46);
  });

  it("has no modulo bias at 3·2^30, where a plain remainder would double the lowest third", () => {
    const random = createRandom(8);
    const thirds = take(60_000, () => Math.floor(random.integer(3 * 2 ** 30) / 2 ** 30));
    expect(chiSquare(thirds, 3)).toBeLessThan(13.82);
  });

  it("is 0 for bound 1 and the whole word for bound 2^32", () => {
    expect(take(50, () => createRandom(1).integer(1))).toEqual(take(50, () => 0));
    expect(createRandom(42).integer(2 ** 32)).toBe(660444221);
  });

  it("refuses a bound it cannot honour", () => {
    for (const bound of [0, -1, 2.5, 2 ** 32 + 1, Number.NaN])
      expect(() => createRandom(1).integer(bound)).toThrow(
        expect.objectContaining({ code: "invalid_input" }),
      );
  });
});

describe("normal", () => {
  it("gives both draws of a polar pair, in order", () => {
    const random = createRandom(42);
    const golden = [0.26752683279886763, 1.7424408507579792, 0.5813902645846303, -1.6928022796929545];
    take(4, () => random.normal()).forEach((value, i) => {
      expect(value).toBeCloseTo(golden[i]!, 14);
    });
  });

  it("has the moments of N(0, 1)", () => {
    const random = createRandom(9);
    const values = take(200_000, () => random.normal());
    const moment = (power: number) => values.reduce((sum, x) => sum + x ** power, 0) / values.length;
    expect(moment(1)).toBeCloseTo(0, 2);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.01);
    expect(Math.abs(moment(3))).toBeLessThan(0.03);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.08);
    expect(values.filter((x) => Math.abs(x) < 1.96).length / values.length).toBeCloseTo(0.95, 2);
  });

  it("is shifted and stretched by mean and deviation", () => {
    const plain = createRandom(3);
    const scaled = createRandom(3);
    for (let i = 0; i < 100; i++) expect(scaled.normal(10, 0.5)).toBe(10 + 0.5 * plain.normal());
  });
});

describe("shuffle", () => {
  it("is a permutation, in place, of arrays and typed arrays", () => {
    const random = createRandom(4);
    for (const length of [0, 1, 2, 3, 10, 1000]) {
      const values = Int32Array.from({ length }, (_, i) => i);
      const shuffled = random.shuffle(values);
      expect(shuffled).toBe(values);
      expect([...shuffled].sort((a, b) => a - b)).toEqual(take(length, () => 0).map((_, i) => i));
    }
  });

  it("gives each of the 24 orders of four things equally often", () => {
    const random = createRandom(10);
    const orders = new Map<string, number>();
    for (let i = 0; i < 48_000; i++) {
      const order = random.shuffle(["a", "b", "c", "d"]).join("");
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(24);
    const statistic = [...orders.values()].reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    expect(statistic).toBeLessThan(49.73);
  });
});

describe("fork", () => {
  it("does not depend on what was drawn before", () => {
    const fresh = createRandom(42).fork("folds");
    const used = createRandom(42);
    take(17, used.normal);
    expect(take(3, used.fork("folds").uint32)).toEqual(take(3, fresh.uint32));
    expect(take(3, createRandom(42).fork("folds").uint32)).toEqual([3133316613, 1485656647, 2289651649]);
  });

  it("leaves its parent's stream alone", () => {
    const parent = createRandom(42);
    parent.fork("folds").uint32();
    expect(parent.uint32()).toBe(660444221);
  });

  it("gives uncorrelated streams to parent, siblings, other seeds and grandchildren", () => {
    const root = createRandom(42);
    const streams: Random[] = [createRandom(42), root.fork("a"), root.fork("b"), createRandom(43).fork("a")];
    streams.push(root.fork("a").fork("a"), root.fork("a").fork("b"));
    const draws = streams.map((stream) => take(20_000, () => stream.uniform() - 0.5));
    for (let i = 0; i < draws.length; i++)
      for (let j = 0; j < i; j++) {
        const product = draws[i]!.reduce((sum, x, k) => sum + x * draws[j]![k]!, 0);
        expect(Math.abs((product * 12) / 20_000), `${i} and ${j}`).toBeLessThan(0.03);
      }
  });
});

/** Pearson's statistic of cells 0..count − 1 against equal frequencies. */
function chiSquare(cells: readonly number[], count: number): number {
  const seen = new Float64Array(count);
  for (const cell of cells) seen[cell]!++;
  const expected = cells.length / count;
  return seen.reduce((sum, each) => sum + (each - expected) ** 2 / expected, 0);
}
