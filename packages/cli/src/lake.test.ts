import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { callTamis } from "./testing/call-tamis.ts";

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), "tamis-lake-"));
  writeFileSync(join(cwd, "ratings.csv"), "who;what;stars\nann;heat;4\nann;heat;5\nbob;heat;2\n");
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const call = (...args: string[]) => callTamis(args, { cwd });
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await call("--json", ...args);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return JSON.parse(stdout);
};

it("lists snapshots, traces one back to its file and finds nothing to remove", async () => {
  expect((await call("lake", "list")).stdout).toBe(
    "no snapshot yet; import a ratings file with: tamis import\n",
  );
  const imported = await json("import", "ratings", "ratings.csv", "--columns", "who,what,stars", "--quiet");
  expect(imported).toMatchObject({
    rows: 2,
    rejected: 1,
    columns: { user: "who", item: "what", rating: "stars", time: null },
  });
  const { snapshot } = imported;
  expect(await json("lake", "list")).toMatchObject({
    current: snapshot,
    snapshots: [{ digest: snapshot, rows: 2, users: 2, items: 1, parent: null }],
  });
  expect(await json("lake", "lineage", snapshot.slice(0, 12))).toMatchObject({
    model: null,
    snapshots: [{ digest: snapshot, source: { name: "ratings.csv", raw: [{ role: "ratings", bytes: 48 }] } }],
  });
  const { stdout } = await call("lake", "lineage", snapshot);
  expect(stdout).toContain(`snapshot ${snapshot.slice(0, 12)}: 2 ratings`);
  expect(stdout).toMatch(/ratings\s+raw\/ratings\.csv\/[0-9a-f]{64}\/ratings\.csv/);
  expect(await json("lake", "gc", "--dry-run", "--grace", "1s")).toEqual({
    removed: false,
    count: 0,
    bytes: 0,
    objects: [],
  });
  expect(await call("lake", "lineage", "champion")).toMatchObject({ code: 4 });
  expect(await call("lake", "lineage", "zebra")).toMatchObject({ code: 2 });
});

it("says which columns it took, and refuses repeated pairs when told to", async () => {
  const said = await call(
    "import",
    "ratings",
    "ratings.csv",
    "--columns",
    "who,what,stars",
    "--duplicates",
    "mean",
  );
  expect(said.stdout).toContain("taken: who as user, what as item, stars as rating, nothing as time\n");
  const refused = await call(
    ...["import", "ratings", "ratings.csv", "--columns", "who,what,stars", "--duplicates", "error"],
  );
  expect(refused).toMatchObject({ code: 3, stdout: "" });
  expect(refused.stderr).toContain("on line 2 and again on line 3");
});
