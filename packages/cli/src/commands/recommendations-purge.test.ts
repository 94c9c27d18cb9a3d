import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addRecommendations, openTamis } from "@tamis/storage";
import { expect, it, onTestFinished } from "vitest";
import { callTamis, callTamisJson } from "../testing/call-tamis.ts";

it("removes the lists that are older than it is told, 30 days by default", async () => {
  const cwd = mkdtempSync(join(tmpdir(), "tamis-purge-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const tamis = await openTamis({ dataDir: join(cwd, "tamis-data") });
  const list = { userId: 1, method: "cold_start", modelVersion: null, requested: 1, items: [] } as const;
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
  await addRecommendations(
    tamis.records,
    [0, 5, 29, 31, 400].map((days) => ({ ...list, at: daysAgo(days) })),
  );
  await tamis.close();
  expect(await callTamisJson(["recommendations", "purge"], { cwd })).toMatchObject({ removed: 2 });
  const week = await callTamis(["recommendations", "purge", "--older-than", "7d"], { cwd });
  expect(week.stdout).toMatch(/^1 lists from before /);
  expect(await callTamis(["recommendations", "purge", "--older-than", "soon"], { cwd })).toMatchObject({
    code: 2,
  });
});
