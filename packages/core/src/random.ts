import { TamisError } from "./errors.ts";

/**
 * Seeded pseudo-random numbers: the same seed gives the same stream on every machine.
 *
 * Generator: xoshiro128** 1.1 (32-bit words, period 2^128 − 1), its four words filled by SplitMix32 from the seed.
 *
 * @source Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47(4), 2021, section 4.
 */
export interface Random {
  /** A whole number in [0, 2^32). */
  uint32(): number;
  /** A number in [0, 1) with 53 random bits. */
  uniform(): number;
  /**
   * A whole number in [0, bound), without modulo bias (rejection).
   *
   * @throws invalid_input unless `bound` is a whole number in 1..2^32
   */
  integer(bound: number): number;
  /**
   * A draw from N(mean, deviation²).
   *
   * @source Marsaglia's polar method, SIAM Review 6(3), 1964: both draws of a pair are used, in order.
   * @default mean 0, deviation 1
   */
  normal(mean?: number, deviation?: number): number;
  /** Shuffles in place and returns its argument (Fisher–Yates, from the end; Knuth TAOCP 2, 3.4.2 algorithm P). */
  shuffle<T extends Int32Array | unknown[]>(values: T): T;
  /**
   * An independent generator for a named part of the work, so that adding draws to one part does not move
   * another: seeded from this generator's seed and the name, whatever was drawn before.
   */
  fork(name: string): Random;
}

/**
 * Creates a generator. `seed` is a whole number, of which 32 bits count: there are 2^32 streams. 42 is the
 * default seed everywhere in Tamis.
 *
 * @throws invalid_input when the seed is not a whole number within ±(2^53 − 1)
 *
 * @example
 * const random = createRandom(42);
 * random.integer(6) + 1; // a die, the same one on every machine
 */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new TamisError(
      "invalid_input",
      `The seed is ${seed}; a seed is a whole number within ±(2^53 − 1).`,
    );
  }
  const fill = splitMix32(seed);
  let a = fill();
  let b = fill();
  let c = fill();
  let d = fill();
  let spare: number | undefined;

  function uint32(): number {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  }

  function uniform(): number {
    return ((uint32() >>> 5) * 67_108_864 + (uint32() >>> 6)) / 9_007_199_254_740_992;
  }

  function integer(bound: number): number {
    if (!(Number.isInteger(bound) && bound >= 1 && bound <= 4_294_967_296)) {
      throw new TamisError("invalid_input", `The bound is ${bound}; it must be a whole number in 1..2^32.`);
    }
    const limit = 4_294_967_296 - (4_294_967_296 % bound);
    let draw = uint32();
    while (draw >= limit) draw = uint32();
    return draw % bound;
  }

  function normal(mean = 0, deviation = 1): number {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return mean + deviation * kept;
    }
    let x: number;
    let y: number;
    let squared: number;
    do {
      x = 2 * uniform() - 1;
      y = 2 * uniform() - 1;
      squared = x * x + y * y;
    } while (squared >= 1 || squared === 0);
    const factor = Math.sqrt((-2 * Math.log(squared)) / squared);
    spare = y * factor;
    return mean + deviation * x * factor;
  }

  return {
    uint32,
    uniform,
    integer,
    normal,
    shuffle(values) {
      for (let last = values.length - 1; last > 0; last--) {
        const other = integer(last + 1);
        const kept = values[last];
        values[last] = values[other] as never;
        values[other] = kept as never;
      }
      return values;
    },
    fork: (name) => createRandom(hash32(`${seed}/${name}`)),
  };
}

/**
 * Distinct 32-bit states give distinct words, so at most one of the four words that seed xoshiro is 0, as it needs.
 *
 * @source Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014, in 32 bits, with
 * the mixing constants that Wellons's hash-prospector found (16, 21f0aaad, 15, 735a2d97, 15).
 */
function splitMix32(seed: number): () => number {
  let state = (seed ^ Math.trunc(seed / 4_294_967_296)) | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
}

/** FNV-1a over UTF-16 code units: a name to a 32-bit seed. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
