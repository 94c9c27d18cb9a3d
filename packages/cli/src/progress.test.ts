import { expect, it } from "vitest";
import { progressRenderer } from "./progress.ts";

function recordingStream(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 40, written, write: (text: string) => written.push(text) };
}

it("writes one line a phase and one at each tenth when stderr is not a terminal", () => {
  const stream = recordingStream(false);
  let clock = 0;
  const { onProgress } = progressRenderer(stream, { quiet: false, now: () => clock });
  for (let done = 0; done <= 1000; done++, clock += 20) {
    onProgress({ phase: "reading", done, total: 1000, unit: "rows" });
  }
  expect(stream.written).toHaveLength(11);
  expect(stream.written[0]).toBe("reading…\n");
  expect(stream.written[10]).toBe("reading… 100 % (1,000 of 1,000 rows)\n");
});

it("writes no more than one line a second within a phase", () => {
  const stream = recordingStream(false);
  let clock = 0;
  const { onProgress } = progressRenderer(stream, { quiet: false, now: () => clock });
  for (let done = 0; done <= 1000; done++, clock += 2) {
    onProgress({ phase: "reading", done, total: 1000, unit: "rows" });
  }
  expect(stream.written).toEqual([
    "reading…\n",
    "reading… 50 % (500 of 1,000 rows)\n",
    "reading… 100 % (1,000 of 1,000 rows)\n",
  ]);
});

it("gives a sign of life every 30 s when the total is not known", () => {
  const stream = recordingStream(false);
  let clock = 0;
  const { onProgress } = progressRenderer(stream, { quiet: false, now: () => clock });
  for (; clock < 65_000; clock += 1000) onProgress({ phase: "reading", done: clock + 1, unit: "bytes" });
  expect(stream.written).toHaveLength(3);
  expect(stream.written[2]).toBe("reading… 0.1 MB\n");
});

it("starts again at each phase, also when the new one is behind the old one", () => {
  const stream = recordingStream(false);
  const { onProgress } = progressRenderer(stream, { quiet: false, now: () => 0 });
  for (const phase of ["fold 1", "fold 2"]) {
    for (const done of [10, 20]) onProgress({ phase, done, total: 20, unit: "epochs" });
  }
  expect(stream.written.map((line) => line.slice(0, 6))).toEqual(["fold 1", "fold 2"]);
});

it("overwrites one line on a terminal, no wider than it is, and clears it", () => {
  const stream = recordingStream(true);
  let clock = 0;
  const { onProgress, clear } = progressRenderer(stream, { quiet: false, now: () => clock });
  for (; clock < 1000; clock += 10) {
    onProgress({ phase: "a phase with a rather long name", done: clock + 1, total: 1000, unit: "rows" });
  }
  clear();
  clear();
  expect(stream.written).toHaveLength(11);
  expect(stream.written.at(-1)).toBe("\r\u001b[2K");
  for (const text of stream.written) expect(text.replace("\r\u001b[2K", "").length).toBeLessThan(40);
});

it("says nothing when quiet", () => {
  const stream = recordingStream(true);
  const { onProgress, clear } = progressRenderer(stream, { quiet: true });
  onProgress({ phase: "reading", done: 1, unit: "rows" });
  clear();
  expect(stream.written).toEqual([]);
});
