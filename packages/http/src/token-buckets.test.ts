import { expect, it } from "vitest";
import { tokenBuckets } from "./token-buckets.ts";

function withClock(options: { perSecond: number; burst: number; most?: number }) {
  let at = 0;
  const buckets = tokenBuckets({ ...options, clock: () => at });
  return {
    buckets,
    pass: (ms: number) => {
      at += ms;
    },
  };
}

it("allows the burst at once, then the rate", () => {
  const { buckets, pass } = withClock({ perSecond: 500, burst: 3 });
  expect([1, 2, 3, 4].map(() => buckets.take("a").allowed)).toEqual([true, true, true, false]);
  expect(buckets.take("a")).toEqual({ allowed: false, remaining: 0, fullInMs: 6, nextInMs: 2 });
  pass(2);
  expect(buckets.take("a").allowed).toBe(true);
  expect(buckets.take("a").allowed).toBe(false);
  let allowed = 0;
  for (let n = 0; n < 1000; n++) {
    pass(1);
    if (buckets.take("a").allowed) allowed++;
  }
  expect(allowed).toBe(500); // a second at 500 a second
});

it("never holds more than the burst, and looks without taking", () => {
  const { buckets, pass } = withClock({ perSecond: 1, burst: 2 });
  buckets.take("a");
  pass(1e9);
  expect(buckets.look("a")).toEqual({ allowed: true, remaining: 2, fullInMs: 0, nextInMs: 0 });
  expect(buckets.look("a").remaining).toBe(2);
  expect(buckets.look("stranger").remaining).toBe(2);
});

it("keeps callers apart, and no more of them than it may", () => {
  const { buckets } = withClock({ perSecond: 1, burst: 1, most: 2 });
  for (const key of ["a", "b"]) expect(buckets.take(key).allowed).toBe(true);
  expect(buckets.take("a").allowed).toBe(false);
  expect(buckets.take("c").allowed).toBe(true); // makes the oldest, a, forgotten
  expect(buckets.take("b").allowed).toBe(false);
  expect(buckets.take("a").allowed).toBe(true);
});
