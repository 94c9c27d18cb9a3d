import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { callTamis, callTamisJson } from "./testing/call-tamis.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-input-"));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

it("imports a headerless tab file with its own scale, letters and no times", async () => {
  const rows = ["a0\tx\t-9.5", "0\tx\t10", "a0\ty\t11", "b\ty\t-10"];
  writeFileSync(join(cwd, "jokes.tsv"), `${rows.join("\n")}\n`);
  const flags = ["--separator", "\\t", "--no-header", "--columns", "user,item,rating", "--scale", "-10..10"];
  const found = await callTamisJson(["import", "ratings", "jokes.tsv", ...flags, "--data-dir", "jokes"], {
    cwd,
  });
  expect(found).toMatchObject({
    rows: 3,
    rejected: 1,
    users: 3,
    items: 2,
    scale: { min: -10, max: 10 },
    rejected_by_reason: { rating_out_of_scale: 1 },
  });
  const { rejects } = await callTamisJson<{ rejects: object[] }>(["rejects", "--data-dir", "jokes"], { cwd });
  expect(rejects).toMatchObject([{ line: 3, reason: "rating_out_of_scale" }]);
  const shown = await callTamis(["rejects", "--data-dir", "jokes"], { cwd });
  expect(shown.stdout).toMatch(/^jokes\.tsv +3 +rating_out_of_scale/m);
});

it("adds to the data set with --append, and replaces it without", async () => {
  const data = ["--data-dir", "appended"];
  writeFileSync(join(cwd, "one.csv"), "user,item,rating\n1,1,5\n1,2,3\n");
  writeFileSync(join(cwd, "two.csv"), "user,item,rating\n2,1,4\n2,2,1\n");
  await callTamisJson(["import", "ratings", "one.csv", ...data], { cwd });
  const added = await callTamisJson(["import", "ratings", "two.csv", "--append", ...data], { cwd });
  expect(added).toMatchObject({ users: 2, items: 2 });
  const replaced = await callTamisJson(["import", "ratings", "two.csv", ...data], { cwd });
  expect(replaced).toMatchObject({ rows: 2, users: 1 });
});

it("recommends what is popular when no model was trained yet, and says so on stderr", async () => {
  writeFileSync(join(cwd, "plain.csv"), "user,item,rating\n1,1,5\n2,2,3\n3,2,4\n");
  await callTamisJson(["import", "ratings", "plain.csv", "--data-dir", "plain"], { cwd });
  const ended = await callTamis(["recommend", "1", "--data-dir", "plain", "--json"], { cwd });
  expect(ended.code).toBe(0);
  expect(ended.stderr).toContain("tamis train");
  expect(JSON.parse(ended.stdout)).toMatchObject({
    user_id: 1,
    model_version: null,
    cold_start: true,
    recommendations: [{ item_id: 2, source: "popularity" }],
  });
});

it("exits 4 for a file that is not there and 3 for one that is no ratings file", async () => {
  writeFileSync(join(cwd, "empty.csv"), "");
  writeFileSync(join(cwd, "poem.txt"), "Shall I compare thee\nto a summer's day?\n");
  const run = (file: string) => callTamis(["import", "ratings", file, "--data-dir", "none"], { cwd });
  const [missing, empty, poem] = await Promise.all([run("missing.csv"), run("empty.csv"), run("poem.txt")]);
  expect(missing).toMatchObject({ code: 4, stdout: "", stderr: expect.stringContaining("missing.csv") });
  expect(empty).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining("empty.csv") });
  expect(poem).toMatchObject({ code: 3, stdout: "", stderr: expect.stringContaining("poem.txt") });
});
