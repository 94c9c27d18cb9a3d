import { expect, it } from "vitest";
import { onEveryEngine } from "../testing/temporary-records.ts";
import { driftStore } from "./drift.ts";

onEveryEngine((temporaryRecords) => {
  it("keeps every version of a baseline, also those added at the same time", async () => {
    const store = driftStore(await temporaryRecords());
    const add = (name: string, n: number) =>
      store.addBaseline({ name, digest: `d${n}`, snapshot: null, document: { n }, createdBy: "lea" });
    await Promise.all([add("films", 1), add("films", 2), add("films", 3), add("books", 4)]);
    const versions = await store.listBaselines("films");
    expect(versions.map(({ version }) => version)).toEqual([3, 2, 1]);
    expect(versions[0]).not.toHaveProperty("document");
    const newest = await store.findBaseline("films");
    expect(newest).toMatchObject({ version: 3, createdBy: "lea", snapshot: null });
    expect(await store.findBaseline("films", 1)).toMatchObject({ version: 1 });
    const documents = await Promise.all([1, 2, 3].map((version) => store.findBaseline("films", version)));
    expect(documents.map((found) => (found!.document as { n: number }).n).sort()).toEqual([1, 2, 3]);
    expect(await store.findBaseline("films", 4)).toBeUndefined();
    expect(await store.findBaseline("none")).toBeUndefined();
  });

  it("gives reports newest first, by baseline and profile", async () => {
    let day = 1;
    const store = driftStore(await temporaryRecords(), { now: () => new Date(Date.UTC(2026, 0, day)) });
    for (; day <= 4; day++) {
      await store.addReport({
        baseline: "films",
        baselineVersion: 1,
        profile: day % 2 ? "calibrated" : "evidently",
        verdict: "no drift",
        document: { day },
      });
    }
    const found = await store.listReports({ baseline: "films", profile: "calibrated" });
    expect(found.map(({ document }) => document)).toEqual([{ day: 3 }, { day: 1 }]);
    expect(found[0]).toMatchObject({ verdict: "no drift", createdAt: new Date(Date.UTC(2026, 0, 3)) });
    expect(await store.listReports({ limit: 1 })).toHaveLength(1);
    expect(await store.listReports({ baseline: "books" })).toEqual([]);
  });
});
