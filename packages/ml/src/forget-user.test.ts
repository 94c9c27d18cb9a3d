import { beforeEach, expect, test } from "vitest";
import { defineRecommender } from "./define-recommender.ts";
import { forgetUser } from "./forget-user.ts";
import { loadVersion } from "./registry.ts";
import { synthesizeFilms } from "./synthesize/synthesize-films.ts";
import { memoryPorts } from "./testing/memory-ports.ts";
import { train } from "./train.ts";
import type { TrainRequest } from "./training-plan.ts";

const name = "Best_Film_Recommender";
const films = synthesizeFilms({ users: 40, items: 60, ratings: 1200 });
const table = films.table();
const user = table.users.ids[3]!;

let stores: ReturnType<typeof memoryPorts>;
beforeEach(() => {
  stores = memoryPorts();
});
const trainWith = (models: readonly string[], more: Partial<TrainRequest> = {}) =>
  train({ table, snapshot: "snapshot-1", items: films.films, ...stores, models, ...more });
const inUse = async (role: "champion" | "ranker") => {
  const version = await stores.catalog.find(name, role);
  return version && loadVersion(stores.objects, version);
};

test("both models in use forget: exactly, or marked and replaced by the next training", async () => {
  const options = { svd: { factors: 4 } };
  await trainWith(["svd", "ease"], { options });
  expect(await forgetUser({ ...stores, userId: user })).toEqual([
    { role: "champion", algorithm: "svd", from: 1, version: 3, exact: false },
    { role: "ranker", algorithm: "ease", from: 2, version: 4, exact: true },
  ]);
  const [champion, ranker] = [await inUse("champion"), await inUse("ranker")];
  expect(champion?.model.knowsUser(user)).toBe(false);
  expect(ranker?.model.knowsUser(user)).toBe(false);
  expect(champion?.version.metrics.needs_training).toBe(1);
  expect(ranker?.version.metrics).not.toHaveProperty("needs_training");
  expect(JSON.stringify(stores.tracker.runs.slice(1).map(({ message }) => message))).not.toContain(
    `${user} `,
  );
  const again = await trainWith(["svd", "ease"], { options });
  expect(again.roles).toMatchObject([
    { role: "champion", promoted: true, version: 5, reason: expect.stringContaining("forgot somebody") },
    { role: "ranker", promoted: false },
  ]);
  expect((await inUse("champion"))?.version.metrics).not.toHaveProperty("needs_training");
});

test("whom nobody knows nobody forgets", async () => {
  expect(await forgetUser({ ...stores, userId: user })).toEqual([]);
  await trainWith(["baseline-only"]);
  expect(await forgetUser({ ...stores, userId: "nobody" })).toEqual([]);
  expect(await stores.catalog.list(name)).toHaveLength(1);
});

test("an algorithm that cannot forget says so and stays", async () => {
  const constant = defineRecommender({
    algorithm: "constant",
    fit: () => ({ value: Float64Array.of(3) }),
    estimate: ({ value }) => value[0],
  });
  await trainWith(["constant"], { recommenders: [constant] });
  const work = forgetUser({ ...stores, userId: user, recommenders: [constant] });
  await expect(work).rejects.toMatchObject({ code: "unsupported" });
  expect((await stores.catalog.find(name, "champion"))?.version).toBe(1);
});
