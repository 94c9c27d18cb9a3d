import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { callTamis, callTamisJson } from "../testing/call-tamis.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-demo-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it("shows data, refused rows, models, champion and ten films, and finds all of it done the second time", async () => {
  const first = await callTamis(["demo", "--no-serve"], { cwd });
  expect(first.code).toBe(0);
  for (const part of ["refused", "duplicate pair", "svd", "knn-basic", "normal-predictor", "champion"]) {
    expect(first.stdout.toLowerCase()).toContain(part);
  }
  expect(first.stdout).toMatch(/^10 {2}\S/m);
  const second = await callTamis(["demo", "--no-serve"], { cwd });
  expect(second.code).toBe(0);
  expect(second.stdout).toBe(first.stdout);
  expect(second.stderr).not.toContain("Comparing");
}, 120_000);

it("never replaces data that is not its own", async () => {
  writeFileSync(join(cwd, "mine.csv"), "user,item,rating\n1,1,5\n2,1,3\n");
  await callTamisJson(["import", "ratings", "mine.csv", "--data-dir", "mine"], { cwd });
  const ended = await callTamis(["demo", "--no-serve", "--data-dir", "mine"], { cwd });
  expect(ended).toMatchObject({ code: 6, stdout: "", stderr: expect.stringContaining("another data set") });
});
