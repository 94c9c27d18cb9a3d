import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { modelCatalog } from "../sql/models.ts";
import { openTemporary } from "../testing/open-temporary.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { importRatings } from "./import-ratings.ts";
import { lineage } from "./lineage.ts";
import { readSnapshot } from "./snapshot.ts";
import { zones } from "./zones.ts";

const sha256 = "0".repeat(64);

async function store() {
  const tamis = await openTemporary();
  const folder = await temporaryFolder();
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const first = await importRatings(tamis, await write("first.csv", "user,item,rating\n1,2,3\nbad\n1,3,4\n"));
  const second = await importRatings(tamis, await write("more.csv", "x,2,5\n"), { append: true });
  const put = (key: string) => tamis.objects.put(key, Buffer.from("bytes"));
  await put("models/films/run-1/model.safetensors");
  await put("models/films/run-1/cold-start.safetensors");
  const model = await modelCatalog(tamis.records).add({
    model: "films",
    runId: "run-1",
    algorithm: "svd",
    options: {},
    seed: 42,
    snapshot: second.snapshot,
    metrics: {},
    objectKey: "models/films/run-1/model.safetensors",
    sha256,
    bytes: 5,
  });
  return { tamis, first, second, put, model };
}

async function keys(objects: AsyncIterable<{ key: string }>): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of objects) found.push(key);
  return found;
}

it("removes what nothing refers to, and nothing else", async () => {
  const { tamis, put, second } = await store();
  const kept = await keys(tamis.objects.list(""));
  const garbage = [
    zones.curated(sha256, "ratings.parquet"),
    `models/films/run-2/model.safetensors`,
    zones.processed(sha256, "lines.parquet"),
    zones.raw("first.csv", sha256, "first.csv"),
  ];
  for (const key of garbage) await put(key);
  await put("reports/drift.html");

  expect((await collectGarbage(tamis)).objects).toEqual([]); // all are young
  const trial = await collectGarbage(tamis, { graceSeconds: 0, dryRun: true });
  expect(trial.objects.map(({ key }) => key)).toEqual(garbage);
  expect(trial).toMatchObject({ removed: false, bytes: 20 });
  expect(await keys(tamis.objects.list(""))).toHaveLength(kept.length + 5);

  expect(await collectGarbage(tamis, { graceSeconds: 0 })).toMatchObject({ removed: true, bytes: 20 });
  expect(await keys(tamis.objects.list(""))).toEqual([...kept, "reports/drift.html"].sort());
  expect((await readSnapshot(tamis, second.snapshot)).table.length).toBe(3);
});

it("keeps the raw files of a source that an early version imported without a manifest", async () => {
  const { tamis, first } = await store();
  const { steps } = await lineage(tamis, first.snapshot);
  await tamis.objects.remove(zones.processed(steps[0]!.snapshot.source.digest, "manifest.json"));
  expect((await collectGarbage(tamis, { graceSeconds: 0 })).objects).toEqual([]);
});

it("waits for no import: it says that one is running", async () => {
  const { tamis } = await store();
  const { withLock } = await import("../sql/lock.ts");
  await withLock(tamis.records, "import", async () => {
    await expect(collectGarbage(tamis)).rejects.toMatchObject({ code: "conflict" });
  });
});

it("traces a model back to the raw bytes, by way of the snapshot that was added to", async () => {
  const { tamis, first, second, model } = await store();
  const found = await lineage(tamis, model);
  expect(found.model).toEqual(model);
  expect(
    found.steps.map(({ snapshot, source }) => [snapshot.digest, snapshot.run, source?.rows, source?.layout]),
  ).toEqual([
    [second.snapshot, second.importId, 1, "delimited"],
    [first.snapshot, first.importId, 2, "delimited"],
  ]);
  const { raw, files, digest } = found.steps[1]!.source!;
  expect(raw).toEqual([expect.objectContaining({ role: "ratings", name: "first.csv", bytes: 33 })]);
  const bytes: Uint8Array[] = [];
  for await (const chunk of (await tamis.objects.get(raw[0]!.key))!) bytes.push(chunk);
  expect(Buffer.concat(bytes).toString()).toBe("user,item,rating\n1,2,3\nbad\n1,3,4\n");
  const path = await tamis.objects.localPath(zones.processed(digest, files[0]!.name));
  expect(await tamis.warehouse.query("SELECT * FROM read_parquet($path)", { path })).toEqual([
    { first_row: 0, first_line: 2 },
    { first_row: 1, first_line: 4 },
  ]);
  expect((await lineage(tamis, second.snapshot.slice(0, 8))).steps).toEqual(found.steps);
  await expect(lineage(tamis, "0".repeat(64))).rejects.toMatchObject({ code: "not_found" });
  await expect(lineage(tamis, "x")).rejects.toMatchObject({ code: "not_found" });
});
