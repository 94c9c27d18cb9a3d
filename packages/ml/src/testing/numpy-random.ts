import type { Random } from "@tamis/core";

/**
 * The draws of NumPy's legacy `RandomState(seed)`, whose stream is frozen: what Surprise starts from. For parity tests.
 *
 * @source Matsumoto, Nishimura, "Mersenne Twister", ACM TOMACS 8(1), 1998; NumPy 2, `legacy-distributions.c` (polar
 * normals, the second of a pair kept) and `distributions.c` (whole numbers by masked rejection)
 */
export function numpyRandom(seed: number): Pick<Random, "uniform" | "normal" | "integer"> {
  const uint32 = mersenneTwister(seed);
  const uniform = () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53;
  let spare: number | undefined;

  function standardNormal(): number {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    for (;;) {
      const [x, y] = [2 * uniform() - 1, 2 * uniform() - 1];
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = factor * x;
      return factor * y;
    }
  }
  return {
    uniform,
    normal: (mean = 0, deviation = 1) => mean + deviation * standardNormal(),
    integer(bound) {
      const mask = 2 ** (32 - Math.clz32(bound - 1)) - 1;
      for (;;) {
        const drawn = (uint32() & mask) >>> 0;
        if (drawn < bound) return drawn;
      }
    },
  };
}

function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let n = 1; n < 624; n++) {
    const last = state[n - 1]! ^ (state[n - 1]! >>> 30);
    state[n] = Math.imul(1812433253, last) + n;
  }
  let next = 624;
  return () => {
    if (next === 624) {
      for (let n = 0; n < 624; n++) {
        const joined = (state[n]! & 0x80000000) | (state[(n + 1) % 624]! & 0x7fffffff);
        state[n] = state[(n + 397) % 624]! ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
      }
      next = 0;
    }
    let word = state[next++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  };
}
