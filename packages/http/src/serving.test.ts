import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { loadVersion, recommend } from "@tamis/ml";
import { allItems, modelCatalog, ratingsOfUser } from "@tamis/storage";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { importFilms, type OpenService, openService, trainModel } from "./testing/open-service.ts";
import { predict } from "./testing/predict.ts";

let service: OpenService;
let clock: number;
beforeEach(async () => {
  clock = Date.parse("2026-11-21T00:00:00Z");
  service = await openService({ now: () => new Date(clock) });
});
afterEach(() => service.close());

const json = async (path: string) => {
  const answer = await service.app.request(path);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

/** Changes one byte in the middle of the newest model file. */
async function damageNewestModel(): Promise<void> {
  const folder = join(service.folder, "data", "lake");
  const files = (await readdir(folder, { recursive: true })).filter((path) =>
    path.endsWith("model.safetensors"),
  );
  const newest = join(folder, files.sort().at(-1) as string);
  const bytes = await readFile(newest);
  bytes[bytes.length >> 1]! ^= 1;
  await writeFile(newest, bytes);
}

/** A request sees that something is new; it is served as soon as it is read. */
const served = (version: number) =>
  vi.waitFor(
    async () => expect((await predict(service.app, { user_id: 1 })).body.model_version).toBe(version),
    { timeout: 10_000 },
  );

describe("without a champion", () => {
  it("has nothing to recommend from an empty store, and says what to do", async () => {
    const { status, body } = await predict(service.app, { user_id: 1 });
    expect(status).toBe(404);
    expect(body.detail).toContain("tamis import");
    expect(await json("/readyz")).toMatchObject({
      status: 200,
      body: { status: "ready", checks: { records: { status: "ok" }, model: { status: "none" } } },
    });
    expect((await json("/predict/health")).body).toEqual({ status: "model_not_found", model_loaded: false });
  });

  it("answers from the data that is there, by popularity and genre", async () => {
    await importFilms(service);
    const { status, body } = await predict(service.app, { user_id: 1, top_n: 8 });
    expect(status).toBe(200);
    expect(body).toMatchObject({ model_version: null, cold_start: true });
    expect(body.recommendations).toHaveLength(8);
    expect(body.recommendations.every(({ source }) => source !== "model")).toBe(true);
  });
});

describe("a new champion", () => {
  beforeEach(async () => {
    await importFilms(service);
    await trainModel(service);
  }, 60_000);

  it("is served within a second, without a restart", async () => {
    const version = async () => (await predict(service.app, { user_id: 1 })).body.model_version;
    expect(await version()).toBe(1);
    await trainModel(service, 7);
    expect(await version()).toBe(1);
    clock += 1000;
    await served(2);
    expect((await json("/predict/health")).body).toEqual({ status: "healthy", model_loaded: true });
  });

  it("replaces the old one as a whole: each answer is one version's, titles included", async () => {
    const lists = new Map<number | null, unknown>();
    lists.set(1, (await predict(service.createApp(), { user_id: 5, top_n: 20 })).body.recommendations);
    const answers = [];
    let training = true;
    const trained = trainModel(service, 7).finally(() => {
      training = false;
    });
    while (training) {
      clock += 600;
      // Everything a request awaits is already there, so without this the training would never get a turn.
      await setImmediate();
      answers.push(
        ...(await Promise.all(
          Array.from({ length: 8 }, () => predict(service.app, { user_id: 5, top_n: 20 })),
        )),
      );
    }
    await trained;
    clock += 1000;
    await served(2);
    answers.push(await predict(service.app, { user_id: 5, top_n: 20 }));
    lists.set(2, (await predict(service.createApp(), { user_id: 5, top_n: 20 })).body.recommendations);
    expect(lists.get(1)).not.toEqual(lists.get(2));
    for (const { body } of answers) expect(body.recommendations).toEqual(lists.get(body.model_version));
    expect(new Set(answers.map(({ body }) => body.model_version))).toEqual(new Set([1, 2]));
  });

  it("never keeps a request waiting, nor mixes versions, over many promotions and rollbacks", async () => {
    await trainModel(service, 7);
    const { records, objects } = service.tamis;
    const catalog = modelCatalog(records);
    const [second, first] = await catalog.list("Best_Film_Recommender");
    const lists = new Map<number | null, unknown>();
    for (const { version } of [first!, second!]) {
      const loaded = await loadVersion(objects, version === 1 ? first! : second!);
      const ranked = recommend({
        ...loaded,
        userId: 5,
        history: await ratingsOfUser(records, 5),
        n: 20,
        items: new Map((await allItems(records)).map((item) => [item.itemId, item])),
      });
      lists.set(
        version,
        ranked.recommendations.map(({ itemId, score }) => [itemId, score]),
      );
    }
    expect(lists.get(1)).not.toEqual(lists.get(2));

    const seen: (number | null)[] = [];
    let swapping = true;
    const swaps = (async () => {
      for (let swap = 0; swap < 12; swap++) {
        const holder = (await catalog.find("Best_Film_Recommender", "champion"))!.version;
        await catalog.promote("Best_Film_Recommender", 3 - holder, holder, { actor: "test" });
        while (seen.at(-1) !== 3 - holder) {
          clock += 100;
          await setImmediate();
        }
      }
      swapping = false;
    })();
    while (swapping) {
      const answers = await Promise.all(
        Array.from({ length: 16 }, () => predict(service.app, { user_id: 5, top_n: 20 })),
      );
      for (const { status, body } of answers) {
        expect(status).toBe(200);
        const list = body.recommendations.map(({ item_id, score }) => [item_id, score]);
        expect(list).toEqual(lists.get(body.model_version));
        seen.push(body.model_version);
      }
      await setImmediate();
    }
    await swaps;
    const changes = seen.filter((version, place) => place > 0 && version !== seen[place - 1]).length;
    expect(changes).toBeGreaterThanOrEqual(12);
    clock += 1000;
    await served((await catalog.find("Best_Film_Recommender", "champion"))!.version);
  }, 60_000);

  it("gives way to a ranker: it makes the lists, says so, and the champion stays what it was", async () => {
    expect((await predict(service.app, { user_id: 1 })).body.ranked_by).toMatchObject({ kind: "rating" });
    await trainModel(service, 42, ["item-knn"]);
    clock += 1000;
    await served(2);
    const { body } = await predict(service.app, { user_id: 1, top_n: 5 });
    expect(body).toMatchObject({ model_version: 2, ranked_by: { algorithm: "item-knn", kind: "ranking" } });
    for (const { source, reason } of body.recommendations) {
      expect(source).toBe("model");
      expect(reason).toMatch(/^because you liked |^people who rated /);
    }
    const scores = body.recommendations.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect((await json("/api/models")).body).toMatchObject({ champion: 1, ranker: 2 });
  });

  it("knows the titles of a new import", async () => {
    await predict(service.app, { user_id: 1 });
    await importFilms(service, 7);
    clock += 1000;
    const list = async () => (await predict(service.app, { user_id: 1, top_n: 50 })).body.recommendations;
    const former = JSON.stringify(await list());
    await vi.waitFor(async () => expect(JSON.stringify(await list())).not.toBe(former));
    const { body } = await predict(service.app, { user_id: 1, top_n: 50 });
    for (const { item_id, title } of body.recommendations) {
      expect((await json(`/api/items/${item_id}`)).body.title).toBe(title);
    }
  });
});

describe("a damaged model file", () => {
  beforeEach(async () => {
    await importFilms(service);
    await trainModel(service);
  }, 60_000);

  it("makes the service not ready and predictions unavailable, but does not end it", async () => {
    await damageNewestModel();
    const { status, body } = await predict(service.app, { user_id: 1 });
    expect(status).toBe(503);
    expect(body).toMatchObject({
      type: "urn:tamis:problem:unavailable",
      detail: "The file of model version 1 is damaged. Train again, or promote another version.",
    });
    expect(JSON.stringify(body)).not.toContain(service.folder);
    expect(await json("/readyz")).toMatchObject({
      status: 503,
      body: { status: "not_ready", checks: { model: { status: "error" } } },
    });
    expect((await json("/predict/health")).body).toEqual({ status: "error", model_loaded: false });
    expect((await json("/livez")).status).toBe(200);
    expect(service.logged.some(({ message }) => message === "model not readable")).toBe(true);
  });

  it("of a new champion leaves the old one serving, and is healed by the next training", async () => {
    await predict(service.app, { user_id: 1 });
    await trainModel(service, 7);
    await damageNewestModel();
    clock += 1000;
    await vi.waitFor(async () =>
      expect(await json("/readyz")).toMatchObject({
        status: 200,
        body: { checks: { model: { status: "stale", version: 1 } } },
      }),
    );
    expect((await predict(service.app, { user_id: 1 })).body.model_version).toBe(1);
    await trainModel(service, 8);
    clock += 1000;
    await served(3);
    expect(await json("/readyz")).toMatchObject({
      body: { checks: { model: { status: "ok", version: 3 } } },
    });
  });
});

describe("closed records", () => {
  it("make the service not ready, but alive", async () => {
    await service.tamis.close();
    expect(await json("/readyz")).toMatchObject({
      status: 503,
      body: { checks: { records: { status: "error" }, model: { status: "error" } } },
    });
    expect((await json("/predict/health")).body).toEqual({ status: "error", model_loaded: false });
    expect((await json("/livez")).status).toBe(200);
    expect((await json("/health")).body).toEqual({ status: "ok", environment: "LOCAL" });
  });
});
