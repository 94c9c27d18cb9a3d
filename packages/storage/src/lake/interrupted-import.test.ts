import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Progress } from "@tamis/core";
import { describe, expect, it } from "vitest";
import { listImports } from "../sql/imports.ts";
import { countStats } from "../sql/ratings.ts";
import { countRejects } from "../sql/rejects.ts";
import { importProcess } from "../testing/import-process.ts";
import { openTemporary } from "../testing/open-temporary.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { importRatings } from "./import-ratings.ts";
import { readSnapshot } from "./snapshot.ts";

const rows = 30_000;

/** Ratings with one bad row and one pair twice: 30,000 accepted, 2 rejected. */
async function bigFile(folder: string): Promise<string> {
  const lines = Array.from(
    { length: rows },
    (_, i) => `${i % 500},${Math.floor(i / 500)},${(i % 9) + 1},${i}`,
  );
  const path = join(folder, "big.csv");
  await writeFile(path, `${lines.join("\n")}\n1,2,abc,4\n0,0,5,-0\n`.replace(",-0", ",0"));
  return path;
}

const expected = { rows, rejected: 2, users: 500, items: 60, unchanged: false };

describe("an import that does not come to its end", () => {
  it.each(["landing", "reading", "duplicates", "snapshot", "serving"])(
    "killed in the phase %s leaves the former data set and is finished by the next run",
    async (phase) => {
      const folder = await temporaryFolder();
      const file = await bigFile(folder);
      const former = join(folder, "former.csv");
      await writeFile(former, "a,b,1\na,c,2\n");
      const dataDir = join(folder, "data");
      const before = await importProcess(dataDir, former);
      expect(before.answer).toMatchObject({ rows: 2 });

      const killed = await importProcess(dataDir, file, (seen) => (seen === phase ? "SIGKILL" : undefined));
      expect(killed.signal).toBe("SIGKILL");

      const tamis = await openTemporary(dataDir);
      expect((await readSnapshot(tamis, "current")).manifest.digest).toBe(before.answer!.snapshot);
      expect(await countStats(tamis.records)).toMatchObject({ ratings: 2 });
      const result = await importRatings(tamis, file);
      expect(result).toMatchObject(expected);
      expect(await countStats(tamis.records)).toMatchObject({ ratings: rows, users: 500, items: 60 });
      expect(await countRejects(tamis.records)).toEqual({ rating_not_a_number: 1, duplicate_pair: 1 });
      expect((await readSnapshot(tamis, "current")).table.length).toBe(rows);
      const statuses = (await listImports(tamis.records)).map(({ status }) => status).sort();
      expect(statuses).toEqual([...broken(phase, "failed"), "finished", "finished"]);
      expect(await readdir(join(dataDir, "tmp"))).toHaveLength(1); // that of this process' warehouse
      expect(await importRatings(tamis, file)).toMatchObject({ unchanged: true, snapshot: result.snapshot });
    },
    60_000,
  );

  it.each(["landing", "reading", "duplicates", "snapshot", "serving"])(
    "cancelled in the phase %s leaves nothing, and the former data set serves on",
    async (phase) => {
      const tamis = await openTemporary();
      const folder = await temporaryFolder();
      const former = join(folder, "former.csv");
      await writeFile(former, "a,b,1\na,c,2\n");
      const { snapshot } = await importRatings(tamis, former);
      const objects = await keys(tamis.objects.list(""));
      const controller = new AbortController();
      const onProgress = (progress: Progress) => {
        if (progress.phase === phase) controller.abort();
      };
      const importing = importRatings(tamis, await bigFile(folder), {
        signal: controller.signal,
        onProgress,
      });
      await expect(importing).rejects.toMatchObject({ code: "aborted" });
      expect(await keys(tamis.objects.list(""))).toEqual(objects);
      expect(await countStats(tamis.records)).toMatchObject({ ratings: 2 });
      expect((await readSnapshot(tamis, "current")).manifest.digest).toBe(snapshot);
      const statuses = (await listImports(tamis.records)).map(({ status }) => status).sort();
      expect(statuses).toEqual([...broken(phase, "cancelled"), "finished"]);
    },
  );

  it("lets one of two imports at once through, and tells the other", async () => {
    const folder = await temporaryFolder();
    const file = await bigFile(folder);
    const dataDir = join(folder, "data");
    const tamis = await openTemporary(dataDir);
    let second: ReturnType<typeof importProcess> | undefined;
    let other: Promise<unknown> | undefined;
    const first = await importRatings(tamis, file, {
      onProgress: () => {
        second ??= importProcess(dataDir, file);
        other ??= importRatings(tamis, file).catch((error: unknown) => error);
      },
    }).finally(() => second);
    expect(first).toMatchObject(expected);
    expect(await other).toMatchObject({ code: "conflict" });
    const { answer } = await second!;
    // The other process either met the lock or came after the first had finished.
    expect([{ error: "conflict" }, { unchanged: true }]).toContainEqual(
      answer?.error ? { error: answer.error } : { unchanged: answer?.unchanged },
    );
    expect(await countStats(tamis.records)).toMatchObject({ ratings: rows });
  });
});

/** The ledger's entry of a broken import; there is none before the files are copied. */
function broken(phase: string, status: string): string[] {
  return phase === "landing" ? [] : [status];
}

async function keys(objects: AsyncIterable<{ key: string }>): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of objects) found.push(key);
  return found;
}
