import { beforeEach, describe, expect, test } from "vitest";
import { promoteVersion, rollBack } from "./promote-version.ts";
import { synthesizeFilms } from "./synthesize/synthesize-films.ts";
import { memoryPorts } from "./testing/memory-ports.ts";
import { train } from "./train.ts";

const name = "Best_Film_Recommender";
const by = { actor: "somebody" };
const films = synthesizeFilms({ users: 40, items: 50, ratings: 1000 });
const table = films.table();

let stores: ReturnType<typeof memoryPorts>;
beforeEach(() => {
  stores = memoryPorts();
});

const trainWith = (...models: string[]) =>
  train({ table, snapshot: "s", items: films.films, ...stores, models, force: true });
const holder = async (alias: "champion" | "previous" | "ranker") =>
  (await stores.catalog.find(name, alias))?.version;

describe("a rollback", () => {
  test("gives the role back to who had it before, and twice is back again", async () => {
    await trainWith("baseline-only");
    await trainWith("baseline-only");
    expect(await rollBack(stores, name, by)).toMatchObject({ version: 1, aliases: ["champion"] });
    expect([await holder("champion"), await holder("previous")]).toEqual([1, 2]);
    expect(stores.catalog.verdicts.at(-1)).toEqual({
      version: 1,
      role: "champion",
      kind: "roll_back",
      actor: "somebody",
      reason: "rolled back from version 2 to version 1",
    });
    expect(await rollBack(stores, name, by)).toMatchObject({ version: 2 });
  });

  test("of a ranker leaves the champion alone", async () => {
    await trainWith("baseline-only", "popularity");
    await trainWith("popularity");
    expect(await rollBack(stores, name, { ...by, role: "ranker" })).toMatchObject({ version: 2 });
    expect(await holder("champion")).toBe(1);
  });

  test("without an earlier version is not_found; to a version without its file it is refused", async () => {
    await expect(rollBack(stores, name, by)).rejects.toMatchObject({ code: "not_found" });
    await trainWith("baseline-only");
    await expect(rollBack(stores, name, by)).rejects.toMatchObject({ code: "not_found" });
    await trainWith("baseline-only");
    await stores.objects.remove(`models/${name}/run-1/model.safetensors`);
    await expect(rollBack(stores, name, by)).rejects.toMatchObject({ code: "refused" });
    expect(await holder("champion")).toBe(2);
  });
});

describe("a version that somebody chose", () => {
  test("gets the role, and the audit says that it was forced", async () => {
    for (let run = 0; run < 3; run++) await trainWith("baseline-only");
    expect(await promoteVersion(stores, name, 1, by)).toMatchObject({ version: 1, aliases: ["champion"] });
    expect(await holder("previous")).toBe(3);
    expect(stores.catalog.verdicts.at(-1)).toMatchObject({ version: 1, forced: true, actor: "somebody" });
  });

  test("must exist, and be of the kind of the role", async () => {
    await trainWith("popularity");
    await expect(promoteVersion(stores, name, 9, by)).rejects.toMatchObject({ code: "not_found" });
    await expect(promoteVersion(stores, name, 1, by)).rejects.toMatchObject({
      code: "refused",
      message: expect.stringContaining("does not estimate ratings; it can be the ranker"),
    });
  });
});
