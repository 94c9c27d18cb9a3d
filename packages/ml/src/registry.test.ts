import { beforeEach, describe, expect, test } from "vitest";
import type { Model } from "./recommender.ts";
import { type ColdStart, coldStart } from "./recommenders/cold-start.ts";
import { svd } from "./recommenders/svd.ts";
import { loadChampion, loadVersion, type NewVersion, saveVersion } from "./registry.ts";
import { synthesizeFilms } from "./synthesize/synthesize-films.ts";
import { memoryCatalog, memoryObjects } from "./testing/memory-ports.ts";
import { createTrainset } from "./trainset.ts";

const data = synthesizeFilms({ users: 20, items: 30, ratings: 300 });
const table = data.table();
const start: ColdStart = coldStart(table, data.films);
const model: Model = await svd({ factors: 5 }).fit(createTrainset(table));
const modelKey = "models/films/run-1/model.safetensors";
const coldStartKey = "models/films/run-1/cold-start.safetensors";

let objects: ReturnType<typeof memoryObjects>;
let catalog: ReturnType<typeof memoryCatalog>;
const save = (more: Partial<NewVersion> = {}) =>
  saveVersion(
    { objects, catalog },
    {
      name: "films",
      runId: "run-1",
      model,
      coldStart: start,
      snapshot: "ab",
      metrics: { rmse: 0.8 },
      ...more,
    },
  );

beforeEach(() => {
  objects = memoryObjects();
  catalog = memoryCatalog();
});

describe("saveVersion and loadVersion", () => {
  test("a loaded version predicts and starts cold as the saved one did", async () => {
    const version = await save();
    expect(version).toMatchObject({
      version: 1,
      algorithm: "svd",
      objectKey: modelKey,
      metrics: { rmse: 0.8 },
    });
    expect(version.bytes).toBe(objects.contents.get(modelKey)?.length);
    const loaded = await loadVersion(objects, version);
    for (const userId of table.users.ids) {
      expect(loaded.model.scoreItems(userId)).toEqual(model.scoreItems(userId));
    }
    const request = { n: 10, history: [{ itemId: 3, rating: 5 }], seen: new Set([3]) };
    expect(loaded.coldStart.pick(request)).toEqual(start.pick(request));
  });

  test("the files are the same bytes every time", async () => {
    const first = await save();
    const second = await save({ runId: "run-2" });
    expect(second).toMatchObject({ version: 2, sha256: first.sha256 });
  });

  test("a run cannot overwrite what it stored", async () => {
    await save();
    await expect(save()).rejects.toMatchObject({ code: "conflict" });
    expect(await catalog.list("films")).toHaveLength(1);
  });

  test.each(["", "../films", "a/b", "films ", "é"])("the name %j is refused", async (name) => {
    await expect(save({ name })).rejects.toMatchObject({ code: "invalid_input" });
    expect(objects.contents.size).toBe(0);
  });

  test("a file that is longer than registered is refused before it is read to its end", async () => {
    const version = await save();
    const chunk = new Uint8Array(version.bytes);
    let taken = 0;
    const endless = (async function* () {
      for (;;) {
        taken++;
        yield chunk;
      }
    })();
    const store = { ...objects, get: async () => endless };
    await expect(loadVersion(store, version)).rejects.toMatchObject({
      code: "corrupt_data",
      message: expect.stringContaining(`more than ${version.bytes} bytes`),
    });
    expect(taken).toBe(2);
  });

  test("the tensors of a loaded model are views of one buffer that is as long as the file", async () => {
    const version = await save();
    const { pu, qi } = (await loadVersion(objects, version)).model.tensors().arrays;
    expect(pu!.data.buffer).toBe(qi!.data.buffer);
    expect(pu!.data.buffer.byteLength).toBe(version.bytes);
  });

  test.each([modelKey, coldStartKey])("another %s than the registered one is refused", async (key) => {
    const version = await save();
    await save({ runId: "run-2", snapshot: "cd" });
    // A whole and valid file, but of another version.
    objects.contents.set(key, objects.contents.get(key.replace("run-1", "run-2"))!);
    await expect(loadVersion(objects, version)).rejects.toMatchObject({
      code: "corrupt_data",
      details: { key },
    });
    objects.contents.get(key)![100]! ^= 1;
    await expect(loadVersion(objects, version)).rejects.toMatchObject({
      code: "corrupt_data",
      details: { key },
    });
  });

  test.each([modelKey, coldStartKey])("a missing %s is named", async (key) => {
    const version = await save();
    await objects.remove(key);
    await expect(loadVersion(objects, version)).rejects.toMatchObject({
      code: "not_found",
      details: { key },
    });
  });
});

describe("loadChampion", () => {
  test("is undefined until a version is promoted", async () => {
    expect(await loadChampion({ objects, catalog }, "films")).toBeUndefined();
    await save();
    expect(await loadChampion({ objects, catalog }, "films")).toBeUndefined();
    await catalog.promote("films", 1, null, { actor: "test" });
    expect((await loadChampion({ objects, catalog }, "films"))?.version).toMatchObject({
      version: 1,
      aliases: ["champion"],
    });
  });
});
