import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { callTamis, callTamisJson } from "./testing/call-tamis.ts";
import { startTamis, tamis } from "./testing/spawn-tamis.ts";

let cwd: string;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-interruption-"));
  const sizes = ["--ratings", "200000", "--users", "2000", "--items", "3000"];
  await callTamisJson(["generate", ...sizes, "--out", "films"], { cwd });
}, 60_000);
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it("leaves nothing behind when Ctrl-C stops an import, and the next one succeeds", async () => {
  const data = ["--data-dir", "stopped"];
  const running = startTamis(["import", "movielens", "films", ...data], { cwd });
  await running.stderrMatching(/…/);
  running.child.kill("SIGINT");
  const { code, stdout, stderr } = await running.ended;
  expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
  expect(stderr).toContain("nothing was changed");
  expect(await callTamis(["train", ...data], { cwd })).toMatchObject({ code: 4 });
  const again = await callTamisJson(["import", "movielens", "films", ...data], { cwd });
  expect(again).toMatchObject({ rows: 200_000, rejected: 0 });
});

it("lets one import work and sends a second one away with 7 while the first is under way", async () => {
  const args = ["import", "movielens", "films", "--data-dir", "shared"];
  const first = startTamis(args, { cwd });
  await first.stderrMatching(/…/);
  // Held in the middle: an import may be quicker than the start of the second process.
  first.child.kill("SIGSTOP");
  const second = await tamis(args, { cwd }).finally(() => first.child.kill("SIGCONT"));
  expect(second).toMatchObject({ code: 7, stdout: "" });
  expect(await first.ended).toMatchObject({ code: 0 });
  expect(await callTamisJson(args, { cwd })).toMatchObject({ rows: 200_000, unchanged: true });
});

it("ends an evaluation with 143 at SIGTERM and at once with 130 at a second Ctrl-C", async () => {
  const args = ["evaluate", "--model", "svd", "--options", '{"epochs":2000}', "--data-dir", "shared"];
  const terminated = startTamis(args, { cwd });
  await terminated.stderrMatching(/fold 1/);
  terminated.child.kill("SIGTERM");
  expect(await terminated.ended).toMatchObject({ code: 143, stdout: "" });

  const interrupted = startTamis(args, { cwd });
  await interrupted.stderrMatching(/fold 1/);
  interrupted.child.kill("SIGINT");
  interrupted.child.kill("SIGINT");
  expect(await interrupted.ended).toMatchObject({ code: 130, stdout: "" });
});

it("ends quietly with 0 when the reader of stdout has gone", async () => {
  const { child, ended } = startTamis(["models", "--json", "--data-dir", "shared"], { cwd });
  child.stdout.destroy();
  expect(await ended).toMatchObject({ code: 0, stderr: "" });
});
