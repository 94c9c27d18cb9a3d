import { expect, it } from "vitest";
import { onEveryEngine } from "../testing/temporary-records.ts";
import { listAudit } from "./audit.ts";
import { modelCatalog } from "./models.ts";

const version = {
  model: "films",
  runId: "run",
  algorithm: "svd",
  options: {},
  seed: 42,
  snapshot: "a".repeat(64),
  metrics: { rmse: 0.93 },
  objectKey: "models/films/run/model.safetensors",
  sha256: "b".repeat(64),
  bytes: 3,
};

onEveryEngine((temporaryRecords) => {
  it("the audit has each promotion, rollback and refusal, newest first", async () => {
    const records = await temporaryRecords();
    let second = 0;
    const catalog = modelCatalog(records, { now: () => new Date(1000 * second++) });
    for (let i = 0; i < 2; i++) await catalog.add(version);
    const by = { actor: "schedule", runId: "run-1", reason: "why" };
    await catalog.refuse("films", by);
    await catalog.promote("films", 1, null, by);
    await catalog.promote("films", 2, 1, { ...by, forced: true, requestId: "request-1" });
    await catalog.promote("films", 2, 2, by); // it is champion already
    await catalog.promote("films", 1, 2, { actor: "somebody", kind: "roll_back" });
    await catalog.refuse("films", { ...by, role: "ranker" });
    const { entries } = await listAudit(records, { action: "model.", subject: "films" });
    const told = entries.map(({ action, outcome, actor, details }) => ({ action, outcome, actor, details }));
    const champion = { role: "champion", run_id: "run-1", forced: false };
    expect(told).toEqual([
      {
        ...{ action: "model.refuse", outcome: "refused", actor: "schedule" },
        details: { ...champion, role: "ranker", holder: null },
      },
      {
        ...{ action: "model.roll_back", outcome: "done", actor: "somebody" },
        details: { ...champion, run_id: null, version: 1, previous: 2 },
      },
      {
        ...{ action: "model.promote", outcome: "done", actor: "schedule" },
        details: { ...champion, forced: true, version: 2, previous: 1 },
      },
      {
        ...{ action: "model.promote", outcome: "done", actor: "schedule" },
        details: { ...champion, version: 1, previous: null },
      },
      {
        ...{ action: "model.refuse", outcome: "refused", actor: "schedule" },
        details: { ...champion, holder: null },
      },
    ]);
    expect(entries[2]).toMatchObject({ reason: "why", requestId: "request-1", subject: "films" });
  });

  it("a promotion that conflicts, or whose audit cannot be written, leaves both as they were", async () => {
    const records = await temporaryRecords();
    const catalog = modelCatalog(records);
    for (let i = 0; i < 2; i++) await catalog.add(version);
    await catalog.promote("films", 1, null, { actor: "somebody" });
    await expect(catalog.promote("films", 2, null, { actor: "late" })).rejects.toMatchObject({
      code: "conflict",
    });
    const noActor = { actor: null as unknown as string };
    await expect(catalog.promote("films", 2, 1, noActor)).rejects.toThrow();
    expect(await catalog.find("films", "champion")).toMatchObject({ version: 1 });
    expect((await listAudit(records)).entries.map(({ actor }) => actor)).toEqual(["somebody"]);
  });
});
