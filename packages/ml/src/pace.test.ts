import { expect, it } from "vitest";
import { createPace } from "./pace.ts";

it("lets other work run during a long computation", async () => {
  let ticks = 0;
  const ticking = setInterval(() => ticks++, 1);
  const pace = createPace({ phase: "count", total: 1e9, unit: "steps" });
  const end = performance.now() + 300;
  for (let done = 0; performance.now() < end; done++) await pace.step(done);
  clearInterval(ticking);
  expect(ticks).toBeGreaterThan(0);
});

it("does not pause between short steps, but reports the last one", async () => {
  const reports: unknown[] = [];
  const work = { phase: "count", total: 3, unit: "steps" };
  const pace = createPace(work, { onProgress: (progress) => reports.push(progress) });
  expect(pace.step(1)).toBeUndefined();
  await pace.step(3);
  expect(reports).toEqual([{ ...work, done: 3 }]);
});

it("throws at the next step once it is cancelled", () => {
  const stop = new AbortController();
  const pace = createPace({ phase: "count", total: 3, unit: "steps" }, { signal: stop.signal });
  pace.step(1);
  stop.abort();
  expect(() => pace.step(2)).toThrow(expect.objectContaining({ code: "aborted" }));
});
