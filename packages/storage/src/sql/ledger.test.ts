import type { Reject } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { onEveryEngine } from "../testing/temporary-records.ts";
import {
  beginImport,
  failImport,
  findFinishedImport,
  findImport,
  finishImport,
  listImports,
} from "./imports.ts";
import { addRejects, countRejects, listRejects, removeRejects } from "./rejects.ts";
import { addSnapshot, currentSnapshot, findSnapshot, listSnapshots, makeCurrent } from "./snapshots.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
const entry = (importId: string, minute: number) => ({
  importId,
  source: "l’été/ratings.csv",
  sourceDigest: "d1",
  layout: "ratings-csv",
  startedAt: at(minute),
});
const outcome = {
  rows: 10,
  rejected: 2,
  rejectedByReason: { rating_not_a_number: 2 },
  users: 3,
  items: 4,
  scale: { min: -10, max: 10 },
  snapshot: "f".repeat(64),
};

onEveryEngine((temporaryRecords) => {
  describe("the import ledger", () => {
    it("follows an import from its beginning to its end", async () => {
      const records = await temporaryRecords();
      await beginImport(records, entry("a", 0));
      const running = { ...entry("a", 0), status: "running", endedAt: null, message: null, outcome: null };
      expect(await findImport(records, "a")).toEqual(running);
      expect(await findFinishedImport(records, "d1")).toBeUndefined();
      await finishImport(records, "a", outcome, at(1));
      const finished = { ...running, status: "finished", endedAt: at(1), outcome };
      expect(await findFinishedImport(records, "d1")).toEqual(finished);
    });

    it("finds the latest import of the same bytes that finished", async () => {
      const records = await temporaryRecords();
      for (const [id, minute] of [
        ["a", 0],
        ["b", 5],
        ["c", 9],
      ] as const)
        await beginImport(records, entry(id, minute));
      await finishImport(records, "a", outcome, at(10));
      await finishImport(records, "b", outcome, at(10));
      await failImport(records, "c", { status: "cancelled", message: "Ctrl-C", endedAt: at(10) });
      expect((await findFinishedImport(records, "d1"))?.importId).toBe("b");
      expect(await findFinishedImport(records, "d2")).toBeUndefined();
      expect((await listImports(records)).map(({ importId, status }) => `${importId} ${status}`)).toEqual([
        "c cancelled",
        "b finished",
        "a finished",
      ]);
    });

    it("starts an import over under the same id", async () => {
      const records = await temporaryRecords();
      await beginImport(records, entry("a", 0));
      await failImport(records, "a", { status: "failed", message: "disk full", endedAt: at(1) });
      await beginImport(records, entry("a", 2));
      expect(await findImport(records, "a")).toMatchObject({
        status: "running",
        message: null,
        startedAt: at(2),
      });
    });
  });

  describe("rejects", () => {
    const reject = (line: number): Reject => ({
      source: "u.data",
      line,
      reason: line % 3 === 0 ? "duplicate_pair" : "rating_not_a_number",
      detail: `the rating "é'\\" is not a number`,
      raw: "1,2,é' \" 🎬\t\u0001",
    });

    it("come back in order, page after page, by import and reason", async () => {
      const records = await temporaryRecords();
      for (const id of ["a", "b"]) await beginImport(records, entry(id, 0));
      await addRejects(
        records,
        "a",
        Array.from({ length: 2500 }, (_, i) => reject(i + 1)),
      );
      await addRejects(records, "b", [reject(7)]);
      const first = await listRejects(records, { importId: "a", reason: "duplicate_pair", limit: 2 });
      expect(first.rejects).toEqual([3, 6].map((line) => ({ ...reject(line), importId: "a" })));
      const second = await listRejects(records, {
        importId: "a",
        reason: "duplicate_pair",
        after: first.next!,
        limit: 1,
      });
      expect(second.rejects[0]?.line).toBe(9);
      expect(await countRejects(records, "a")).toEqual({ duplicate_pair: 833, rating_not_a_number: 1667 });
      expect(await countRejects(records)).toEqual({ duplicate_pair: 833, rating_not_a_number: 1668 });
      await removeRejects(records, "a");
      expect((await listRejects(records)).rejects).toEqual([{ ...reject(7), importId: "b" }]);
    });

    it("need an import that was begun", async () => {
      const records = await temporaryRecords();
      await expect(addRejects(records, "nobody", [reject(1)])).rejects.toMatchObject({
        code: "invalid_input",
      });
    });
  });

  describe("snapshots", () => {
    const snapshot = (digest: string, minute: number) => ({
      digest: digest.repeat(64),
      parent: null,
      manifestKey: `curated/${digest}/manifest.json`,
      rows: 10,
      users: 3,
      items: 4,
      scale: { min: 0.5, max: 5 },
      importId: null,
      createdAt: at(minute),
    });

    it("are remembered once, and one of them is current", async () => {
      const records = await temporaryRecords();
      expect(await currentSnapshot(records)).toBeUndefined();
      await addSnapshot(records, snapshot("a", 0));
      await addSnapshot(records, snapshot("b", 1));
      await addSnapshot(records, { ...snapshot("a", 0), rows: 99 });
      await makeCurrent(records, "a".repeat(64));
      expect(await currentSnapshot(records)).toEqual(snapshot("a", 0));
      await makeCurrent(records, "b".repeat(64));
      expect(await currentSnapshot(records)).toEqual(snapshot("b", 1));
      expect(await findSnapshot(records, "a".repeat(64))).toEqual(snapshot("a", 0));
      expect((await listSnapshots(records)).map(({ digest }) => digest[0])).toEqual(["b", "a"]);
      await expect(makeCurrent(records, "c")).rejects.toMatchObject({ code: "not_found" });
    });
  });
});
