import { TamisError } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { type SearchRequest, type SearchState, search } from "./search.ts";
import { keyOf, type Point } from "./search-space.ts";
import { type StrategyName, strategyNames } from "./strategies.ts";

const space = {
  rate: { min: 1e-4, max: 1, scale: "log" },
  penalty: { min: 1e-3, max: 1, scale: "log" },
  factors: { min: 1, max: 200, integer: true, scale: "log" },
  start: { values: ["small", "middle", "large"] },
} as const;

/** A bowl with its bottom, 0, at rate 10^−2.2, penalty 0.1, 50 factors, a small start; higher with a part of the effort. */
function bowl({ rate, penalty, factors, start }: Point, share = 1): number {
  return (
    (Math.log10(Number(rate)) + 2.2) ** 2 +
    0.7 * (Math.log10(Number(penalty)) + 1) ** 2 +
    0.1 * Math.log(Number(factors) / 50) ** 2 +
    { small: 0, middle: 0.15, large: 0.4 }[String(start)]! +
    0.6 * (1 - share)
  );
}

const seeds = Array.from({ length: 20 }, (_, seed) => seed);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The best cost that 25 full measurements' worth of effort finds, mean over 20 seeds. */
async function meanBest(strategy: StrategyName): Promise<number> {
  return mean(
    await Promise.all(
      seeds.map(async (seed) => {
        const stop = new AbortController();
        let effort = 0;
        let best = Number.POSITIVE_INFINITY;
        const work = search({
          space,
          strategy,
          seed,
          trials: 10_000,
          signal: stop.signal,
          measure: async (point, { share }) => {
            effort += share;
            if (effort > 25) stop.abort();
            else best = Math.min(best, bowl(point, share));
            return bowl(point, share);
          },
        });
        await expect(work).rejects.toMatchObject({ code: "aborted" });
        return best;
      }),
    ),
  );
}

describe("strategies", () => {
  it("tpe and halving beat random search on the same effort, and tpe comes close to the planted optimum", async () => {
    const random = await meanBest("random");
    expect(await meanBest("tpe")).toBeLessThan(0.5 * random);
    expect(await meanBest("halving")).toBeLessThan(0.8 * random);
    const { best } = await search({ space, trials: 80, measure: async (point) => bowl(point) });
    expect(best.score).toBeLessThan(0.1);
    expect(best.point.start).toBe("small");
  });

  it("tpe maximises too", async () => {
    const peak = { x: { min: -10, max: 10 } };
    const { best } = await search({
      space: peak,
      goal: "maximise",
      trials: 60,
      measure: async ({ x }) => 3 - (Number(x) - 4) ** 2,
    });
    expect(Math.abs(Number(best.point.x) - 4)).toBeLessThan(0.2);
  });

  it("grid measures every combination once, and finds the best of them", async () => {
    const grid = { a: { values: [1, 2, 3] }, b: { min: 0, max: 1, steps: 3 }, c: { values: [true, false] } };
    const found = await search({
      space: grid,
      strategy: "grid",
      measure: async ({ a, b, c }) => Number(a) - Number(b) + (c ? 1 : 0),
    });
    expect(found.stoppedBy).toBe("exhausted");
    expect(new Set(found.trials.map(({ point }) => keyOf(point))).size).toBe(18);
    expect(found.trials).toHaveLength(18);
    expect(found.best.point).toEqual({ a: 1, b: 1, c: false });
  });

  it.each(["random", "tpe"] as const)(
    "%s measures nothing twice and ends when nothing is left",
    async (strategy) => {
      const small = { a: { values: [1, 2, 3, 4] }, b: { min: 1, max: 5, integer: true } };
      const found = await search({ space: small, strategy, trials: 99, measure: async ({ a }) => Number(a) });
      expect(found.stoppedBy).toBe("exhausted");
      expect(new Set(found.trials.map(({ point }) => keyOf(point))).size).toBe(found.trials.length);
      expect(found.trials).toHaveLength(20);
    },
  );

  it("halving gives more effort to about a third, and only to points that had less before", async () => {
    const { trials } = await search({
      space,
      strategy: "halving",
      trials: 200,
      measure: async (point, { share }) => bowl(point, share),
    });
    const [ninth, third, full] = [1 / 9, 1 / 3, 1].map((share) => trials.filter((t) => t.share === share));
    // at least a third goes on; some that did have been overtaken since
    for (const [fewer, more] of [
      [third!, ninth!],
      [full!, third!],
    ] as const) {
      expect(fewer.length).toBeGreaterThanOrEqual(Math.floor(more.length / 3));
      expect(fewer.length).toBeLessThan(more.length / 2);
    }
    const began = new Set(ninth!.map(({ point }) => keyOf(point)));
    for (const { point } of [...third!, ...full!]) expect(began).toContain(keyOf(point));
  });
});

describe("resume", () => {
  it.each(strategyNames)("goes on as if it had never stopped: %s", async (strategy) => {
    const request = (more: Partial<SearchRequest>): SearchRequest => ({
      space,
      strategy,
      seed: 7,
      trials: 24,
      measure: async (point, { share }) => bowl(point, share),
      ...more,
    });
    const whole = await search(request({}));
    let stored = "";
    const store = (_: unknown, state: SearchState) => {
      stored = JSON.stringify(state);
    };
    await search(request({ trials: 11, onTrial: store }));
    const resumed = await search(request({ state: JSON.parse(stored), onTrial: store }));
    const withoutTimes = (trials: SearchState["trials"]) => trials.map(({ seconds: _, ...trial }) => trial);
    expect(withoutTimes(resumed.trials as SearchState["trials"])).toEqual(
      withoutTimes(whole.trials as SearchState["trials"]),
    );
    expect(resumed.best.point).toEqual(whole.best.point);
    const other = await search(request({ seed: 8 }));
    expect(other.trials.map(({ point }) => point)).not.toEqual(whole.trials.map(({ point }) => point));
  });

  it("measures nothing more when there are enough trials already", async () => {
    const measure = async (point: Point) => bowl(point);
    const { state } = await search({ space, trials: 5, measure });
    const again = await search({ space, trials: 3, measure: async () => Number.NaN, state });
    expect(again.trials).toEqual(state.trials);
  });

  it("refuses the state of another search and says what differs", async () => {
    const measure = async (point: Point) => bowl(point);
    const { state } = await search({ space, trials: 2, measure });
    for (const [other, part] of [
      [{ seed: 1 }, "seed"],
      [{ strategy: "random" }, "strategy"],
      [{ goal: "maximise" }, "goal"],
      [{ subject: "other ratings" }, "subject"],
      [{ space: { rate: { min: 1, max: 2 } } }, "space"],
    ] as const) {
      const work = search({ space, trials: 3, measure, state, ...other });
      await expect(work).rejects.toMatchObject({ code: "invalid_input", details: { part } });
    }
    const damaged = search({ space, trials: 3, measure, state: { ...state, trials: [{ point: {} }] } });
    await expect(damaged).rejects.toMatchObject({ code: "invalid_input" });
  });
});

describe("trials at the same time", () => {
  it.each(strategyNames)("are the same and in the same order, whichever is quicker: %s", async (strategy) => {
    let atOnce = 0;
    let most = 0;
    const runOf = (parallel: number, more: Partial<SearchRequest> = {}) =>
      search({
        space,
        strategy,
        trials: 30,
        parallel,
        measure: async (point, { share }) => {
          most = Math.max(most, ++atOnce);
          // some are quicker than those before them
          const turns = 12 + (keyOf(point).length % 7);
          for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
          atOnce--;
          return bowl(point, share);
        },
        ...more,
      });
    const strip = ({ trials }: { trials: readonly object[] }) => trials.map((t) => ({ ...t, seconds: 0 }));
    const alone = await runOf(1);
    expect(most).toBe(1);
    expect(strip(await runOf(2))).toEqual(strip(alone));
    const states: SearchState[] = [];
    expect(strip(await runOf(9, { onTrial: (_, state) => void states.push(state) }))).toEqual(strip(alone));
    expect(most).toBe(strategy === "random" || strategy === "grid" ? 9 : 4);
    for (const at of [0, 9, 10, 13]) {
      expect(strip(await runOf(3, { state: JSON.parse(JSON.stringify(states[at])) }))).toEqual(strip(alone));
    }
  });

  it("are looked for elsewhere than those that are being measured", async () => {
    const nearest = async (pending: number) => {
      const { trials } = await search({
        space: { x: { min: 0, max: 1 } },
        pending,
        trials: 40,
        measure: async ({ x }) => (Number(x) - 0.3) ** 2,
      });
      return trials.map(({ point }) => Number(point.x));
    };
    const [alone, together] = [await nearest(0), await nearest(3)];
    expect(together.slice(0, 8)).toEqual(alone.slice(0, 8)); // random ones to begin with
    expect(together).not.toEqual(alone);
    expect(Math.min(...together.map((x) => Math.abs(x - 0.3)))).toBeLessThan(0.02);
  });

  it("end together when the time is over, with one that fails, and when the search is cancelled", async () => {
    const untilStopped = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        const stop = () => reject(new TamisError("aborted", "stopped"));
        if (signal.aborted) stop();
        signal.addEventListener("abort", stop);
      });
    let calls = 0;
    const timed = await search({
      space,
      seconds: 0.05,
      parallel: 3,
      measure: async (point, { signal }) => (calls++ === 1 ? untilStopped(signal) : bowl(point)),
    });
    // the second never ends, so those after it do not count
    expect(timed).toMatchObject({ stoppedBy: "seconds", trials: { length: 1 } });

    let stopped = 0;
    calls = 0;
    const failing = search({
      space,
      trials: 9,
      parallel: 3,
      measure: async (_, { signal }) => {
        if (calls++ === 2) throw new TamisError("corrupt_data", "broken");
        return untilStopped(signal).finally(() => stopped++);
      },
    });
    await expect(failing).rejects.toMatchObject({ code: "corrupt_data" });
    expect(stopped).toBe(2);

    calls = 0;
    const failingLast = search({
      space,
      trials: 2,
      parallel: 2,
      measure: async (point) => {
        if (calls++ === 0) return bowl(point);
        await new Promise((resolve) => setTimeout(resolve, 5));
        throw new TamisError("corrupt_data", "broken while the first is being stored");
      },
      onTrial: () => new Promise((resolve) => setTimeout(resolve, 50)),
    });
    await expect(failingLast).rejects.toMatchObject({ code: "corrupt_data" });

    const cancel = new AbortController();
    const cancelled = search({
      space,
      trials: 9,
      parallel: 2,
      signal: cancel.signal,
      measure: async (_, { signal }) => {
        cancel.abort();
        return untilStopped(signal);
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("budget", () => {
  it("stops the trial that runs when the time is over, and keeps those before", async () => {
    let calls = 0;
    const found = await search({
      space,
      seconds: 0.05,
      measure: async (point, { signal }) => {
        if (calls++ < 2) return bowl(point);
        return new Promise((_, reject) => {
          const stop = () => reject(new TamisError("aborted", "stopped"));
          if (signal.aborted) stop();
          signal.addEventListener("abort", stop);
        });
      },
    });
    expect(found).toMatchObject({ stoppedBy: "seconds" });
    expect(found.trials.length).toBeLessThanOrEqual(2);
  });

  it("ends the very first trial, however long it takes", async () => {
    const slow = async (point: Point, { signal }: { signal: AbortSignal }) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(signal.aborted).toBe(false);
      return bowl(point);
    };
    const found = await search({ space, seconds: 0.001, measure: slow });
    expect(found.trials).toHaveLength(1);
  });

  it.each([{}, { trials: 0 }, { trials: 1.5 }, { seconds: -1 }])("refuses %j", async (budget) => {
    const work = search({ space, ...budget, measure: async () => 1 });
    await expect(work).rejects.toMatchObject({ code: "invalid_input" });
  });
});

describe("failures", () => {
  it("passes over points that cannot be measured, says why, and avoids their region", async () => {
    const found = await search({
      space: { x: { min: 0, max: 1 } },
      trials: 40,
      measure: async ({ x }) => {
        if (Number(x) > 0.5) throw new TamisError("analysis", "diverged");
        return Number(x) > 0.45 ? Number.NaN : 1 - Number(x);
      },
    });
    expect(found.best.score).toBeLessThan(0.65);
    const failed = found.trials.filter(({ score }) => score === null);
    expect(failed.map(({ failure }) => failure)).toContain("diverged");
    expect(failed.length).toBeLessThan(30);
  });

  it("throws when nothing could be measured, and what is no matter of the point at once", async () => {
    const never = async () => Number.NaN;
    await expect(search({ space, trials: 3, measure: never })).rejects.toMatchObject({
      code: "analysis",
      message: expect.stringContaining("None of 3 trials"),
    });
    const broken = async () => {
      throw new TamisError("corrupt_data", "broken");
    };
    await expect(search({ space, trials: 3, measure: broken })).rejects.toMatchObject({
      code: "corrupt_data",
    });
    const unknown = search({ space, trials: 1, strategy: "gird" as never, measure: never });
    await expect(unknown).rejects.toThrow("did you mean “grid”?");
  });
});
