import type { ModelCatalog, NewModelVersion } from "@tamis/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

export interface ModelCatalogContract {
  /** Opens an empty catalog, and a second writer on the same one. */
  open(): Promise<{ catalog: ModelCatalog; other: ModelCatalog; close(): Promise<void> }>;
}

const by = { actor: "somebody", reason: "because" };

/** What every {@link ModelCatalog} must do. */
export function modelCatalogContract({ open }: ModelCatalogContract): void {
  describe("model catalog contract", () => {
    let opened: Awaited<ReturnType<typeof open>>;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    it("is empty at first", async () => {
      const { catalog } = opened;
      expect(await catalog.list("films")).toEqual([]);
      expect(await catalog.find("films", "champion")).toBeUndefined();
      expect(await catalog.find("films", 1)).toBeUndefined();
    });

    it("brings a version back as it was given, with its number and date", async () => {
      const { catalog } = opened;
      const added = await catalog.add(newVersion());
      expect(added).toMatchObject({ ...newVersion(), version: 1, aliases: [] });
      expect(added.createdAt).toBeInstanceOf(Date);
      expect(await catalog.find("films", 1)).toEqual(added);
    });

    it("counts 1, 2, 3 by model, and lists the newest first", async () => {
      const { catalog } = opened;
      for (let i = 0; i < 3; i++) await catalog.add(newVersion());
      await catalog.add(newVersion("l’été 🎬"));
      expect((await catalog.list("films")).map(({ version }) => version)).toEqual([3, 2, 1]);
      expect((await catalog.list("l’été 🎬")).map(({ version }) => version)).toEqual([1]);
    });

    it("leaves no gap when two writers add at once", async () => {
      const { catalog, other } = opened;
      await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? catalog : other).add(newVersion())));
      const numbers = (await catalog.list("films")).map(({ version }) => version);
      expect(numbers).toEqual(Array.from({ length: 20 }, (_, i) => 20 - i));
    });

    it("promotes a champion and keeps the former one as previous", async () => {
      const { catalog } = opened;
      for (let i = 0; i < 2; i++) await catalog.add(newVersion());
      await catalog.promote("films", 1, null, by);
      expect(await catalog.find("films", "champion")).toMatchObject({ version: 1, aliases: ["champion"] });
      expect(await catalog.find("films", "previous")).toBeUndefined();
      await catalog.promote("films", 2, 1, by);
      expect(await catalog.find("films", "champion")).toMatchObject({ version: 2 });
      expect(await catalog.find("films", "previous")).toMatchObject({ version: 1, aliases: ["previous"] });
    });

    it("goes back to the previous champion by promoting it", async () => {
      const { catalog } = opened;
      for (let i = 0; i < 2; i++) await catalog.add(newVersion());
      await catalog.promote("films", 1, null, by);
      await catalog.promote("films", 2, 1, by);
      await catalog.promote("films", 1, 2, by);
      expect((await catalog.list("films")).map(({ aliases }) => aliases)).toEqual([
        ["previous"],
        ["champion"],
      ]);
    });

    it("refuses a promotion that was decided against another champion", async () => {
      const { catalog, other } = opened;
      for (let i = 0; i < 3; i++) await catalog.add(newVersion());
      await catalog.promote("films", 1, null, by);
      await other.promote("films", 2, 1, by);
      await expect(catalog.promote("films", 3, 1, by)).rejects.toMatchObject({ code: "conflict" });
      await expect(catalog.promote("films", 3, null, by)).rejects.toMatchObject({ code: "conflict" });
      expect(await catalog.find("films", "champion")).toMatchObject({ version: 2 });
    });

    it("lets one of two promotions at once win", async () => {
      const { catalog, other } = opened;
      for (let i = 0; i < 2; i++) await catalog.add(newVersion());
      const results = await Promise.allSettled([
        catalog.promote("films", 1, null, by),
        other.promote("films", 2, null, by),
      ]);
      expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    });

    it("keeps a ranker beside the champion, each with who had the role before", async () => {
      const { catalog } = opened;
      for (let i = 0; i < 3; i++) await catalog.add(newVersion());
      await catalog.promote("films", 1, null, by);
      await catalog.promote("films", 2, null, { ...by, role: "ranker" });
      await catalog.promote("films", 3, 2, { ...by, role: "ranker" });
      expect((await catalog.list("films")).map(({ aliases }) => aliases)).toEqual([
        ["ranker"],
        ["previous_ranker"],
        ["champion"],
      ]);
      expect(await catalog.find("films", "ranker")).toMatchObject({ version: 3 });
      await expect(catalog.promote("films", 2, 1, { ...by, role: "ranker" })).rejects.toMatchObject({
        code: "conflict",
      });
      await catalog.promote("films", 3, 1, by);
      expect(await catalog.find("films", 3)).toMatchObject({ aliases: ["champion", "ranker"] });
    });

    it("changes nothing by a refusal", async () => {
      const { catalog } = opened;
      await catalog.add(newVersion());
      await catalog.refuse("films", by);
      await catalog.promote("films", 1, null, by);
      await catalog.refuse("films", by);
      expect(await catalog.find("films", 1)).toMatchObject({ aliases: ["champion"] });
    });

    it("says not_found for a version that does not exist", async () => {
      const { catalog } = opened;
      await expect(catalog.promote("films", 9, null, by)).rejects.toMatchObject({ code: "not_found" });
    });
  });
}

function newVersion(model = "films"): NewModelVersion {
  return {
    model,
    runId: "0199-run",
    algorithm: "svd",
    options: { factors: 100, biased: true, similarity: { name: "msd" }, note: "l’été ' \" \\" },
    seed: 42,
    snapshot: "a".repeat(64),
    metrics: { rmse: 0.93, mae: 0.73 },
    objectKey: "models/films/1.safetensors",
    sha256: "b".repeat(64),
    bytes: 3_000_000_000,
  };
}
