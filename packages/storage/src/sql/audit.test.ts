import { expect, it } from "vitest";
import { onEveryEngine } from "../testing/temporary-records.ts";
import { listAudit, writeAudit } from "./audit.ts";

onEveryEngine((temporaryRecords) => {
  it("gives entries back newest first, page by page, filtered", async () => {
    const records = await temporaryRecords();
    const entry = { actor: "lea", action: "model.promote", subject: "films", outcome: "done" } as const;
    for (let n = 0; n < 5; n++) {
      await writeAudit(records, { ...entry, details: { version: n } }, new Date(Date.UTC(2026, 0, 1, n)));
    }
    await writeAudit(
      records,
      {
        actor: "bob",
        action: "training.start",
        outcome: "denied",
        reason: "A viewer may not.",
        requestId: "r",
      },
      new Date(Date.UTC(2026, 0, 2)),
    );

    const first = await listAudit(records, { action: "model.", limit: 3 });
    expect(first.entries.map(({ details }) => details.version)).toEqual([4, 3, 2]);
    const second = await listAudit(records, { action: "model.", limit: 3, after: first.next! });
    expect(second.entries.map(({ details }) => details.version)).toEqual([1, 0]);
    expect(second.next).toBeNull();

    expect((await listAudit(records, { outcome: "denied" })).entries).toMatchObject([
      {
        actor: "bob",
        action: "training.start",
        reason: "A viewer may not.",
        requestId: "r",
        at: new Date(Date.UTC(2026, 0, 2)),
      },
    ]);
    expect((await listAudit(records, { subject: "films" })).entries).toHaveLength(5);
    expect((await listAudit(records, { action: "model.pro" })).entries).toEqual([]);
    await expect(listAudit(records, { after: "x" })).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("is undone with what it tells of", async () => {
    const records = await temporaryRecords();
    const failing = records.transaction().execute(async (transaction) => {
      await writeAudit(transaction, { actor: "a", action: "x.y", outcome: "done" });
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect((await listAudit(records)).entries).toEqual([]);
  });
});
