import { describe, expect, it } from "vitest";
import { TamisError } from "../errors.ts";
import { type RetryOptions, retry } from "./retry.ts";

const unavailable = (details = {}) => new TamisError("unavailable", "later", { details });

/** Fails `failures` times, then answers; the waits are noted, not waited. */
async function run(failures: number, error: () => unknown, options: RetryOptions = {}) {
  const waits: number[] = [];
  const attempts: number[] = [];
  const result = retry(
    async (attempt) => {
      attempts.push(attempt);
      if (attempt <= failures) throw error();
      return "done";
    },
    { sleep: async (ms) => void waits.push(ms), random: () => 1, ...options },
  );
  const outcome = await result.catch((thrown) => thrown);
  return { outcome, waits, attempts };
}

describe("retry", () => {
  it("answers the first success, and tells nobody", async () => {
    expect(await run(0, unavailable)).toEqual({ outcome: "done", waits: [], attempts: [1] });
  });

  it("doubles the upper bound of the wait up to the cap", async () => {
    const { outcome, waits } = await run(6, unavailable, { attempts: 7, baseMs: 100, capMs: 1000 });
    expect(outcome).toBe("done");
    expect(waits).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it("waits a random part of the bound: full jitter", async () => {
    const draws = [0, 0.5, 0.25];
    const { waits } = await run(3, unavailable, { attempts: 4, baseMs: 100, random: () => draws.shift()! });
    expect(waits).toEqual([0, 100, 100]);
  });

  it("waits at least as long as the server asks, beyond the cap too", async () => {
    const { waits } = await run(2, () => unavailable({ retryAfterSeconds: 90 }), {
      baseMs: 100,
      capMs: 1000,
    });
    expect(waits).toEqual([90_000, 90_000]);
    const short = await run(1, () => unavailable({ retryAfterSeconds: 1 }), { baseMs: 5000 });
    expect(short.waits).toEqual([5000]);
  });

  it("gives up after the last attempt with the last error", async () => {
    const { outcome, attempts } = await run(9, unavailable, { attempts: 3 });
    expect(outcome).toMatchObject({ code: "unavailable" });
    expect(attempts).toEqual([1, 2, 3]);
  });

  it.each([
    () => new TamisError("invalid_input", "wrong"),
    () => new TamisError("aborted", "cancelled"),
    () => new TypeError("a bug"),
  ])("does not repeat what will not pass by itself: %s", async (error) => {
    const { outcome, attempts } = await run(1, error);
    expect(outcome).toMatchObject({ message: error().message });
    expect(attempts).toEqual([1]);
  });

  it("repeats a timeout, and what its caller calls retryable", async () => {
    expect((await run(1, () => new TamisError("timeout", "slow"))).outcome).toBe("done");
    expect((await run(1, () => new TypeError("fetch failed"), { retryable: () => true })).outcome).toBe(
      "done",
    );
  });

  it("stops waiting when it is cancelled", async () => {
    const controller = new AbortController();
    const never = retry(() => Promise.reject(unavailable()), {
      baseMs: 1e9,
      capMs: 1e9,
      random: () => 1,
      signal: controller.signal,
      onRetry: ({ delayMs }) => {
        expect(delayMs).toBe(1e9);
        controller.abort();
      },
    });
    await expect(never).rejects.toMatchObject({ code: "aborted" });
  });
});
