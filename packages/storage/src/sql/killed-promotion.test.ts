import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { createRandom } from "@tamis/core";
import { describe, expect, onTestFinished, test } from "vitest";
import { openRecords } from "../open.ts";
import { startModule } from "../testing/start-module.ts";
import { postgresAbsent, temporaryDatabase } from "../testing/temporary-database.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { listAudit } from "./audit.ts";
import { migrate } from "./migrate.ts";
import { modelCatalog } from "./models.ts";

const kills = 8;
const folder = new URL(".", import.meta.url).href;

/**
 * A process that promotes version 1 and version 2 in turn, as fast as it can: a millisecond each by its own clock, since
 * entries of the same one have no order.
 */
const promoter = (url: string) => `
  import { openRecords } from "${folder}../open.ts";
  import { listAudit } from "${folder}audit.ts";
  import { modelCatalog } from "${folder}models.ts";
  const records = await openRecords({ dataDir: ".", records: ${JSON.stringify(url)} });
  let time = (await listAudit(records, { limit: 1 })).entries[0].at.getTime();
  const catalog = modelCatalog(records, { now: () => new Date(++time) });
  let { version } = await catalog.find("films", "champion");
  for (let count = 0; ; count++) {
    if (count === 20) console.log("promoting");
    await catalog.promote("films", 3 - version, version, { actor: "promoter", reason: "it is its turn" });
    version = 3 - version;
  }`;

const onSqlite = async () => `sqlite:${join(await temporaryFolder(), "tamis.db")}`;
const onPostgres = async () => {
  const { url, drop } = await temporaryDatabase("empty");
  onTestFinished(drop);
  return url;
};

describe.each([
  ["SQLite", onSqlite, undefined],
  ["PostgreSQL", onPostgres, postgresAbsent()],
])("a promotion on %s", (_engine, newUrl, absent) => {
  test.skipIf(absent)(
    `killed at ${kills} random moments, is in alias and audit or in neither`,
    async () => {
      const url = await newUrl();
      const records = await openRecords({ dataDir: ".", records: url });
      onTestFinished(() => records.destroy());
      await migrate(records);
      let time = Date.now();
      const catalog = modelCatalog(records, { now: () => new Date(++time) });
      for (const runId of ["run-1", "run-2"]) {
        await catalog.add({
          ...{ model: "films", runId, algorithm: "svd", options: {}, seed: 42, snapshot: "a".repeat(64) },
          ...{ metrics: {}, objectKey: `models/films/${runId}`, sha256: "b".repeat(64), bytes: 3 },
        });
      }
      await catalog.promote("films", 1, null, { actor: "test" });
      const random = createRandom(5);
      for (let kill = 0; kill < kills; kill++) {
        const { child, nextLine, exit } = startModule(promoter(url));
        expect(await nextLine()).toBe("promoting");
        await wait(random.integer(40));
        child.kill("SIGKILL");
        await exit;
        const champion = await catalog.find("films", "champion");
        const previous = await catalog.find("films", "previous");
        const { entries } = await listAudit(records, { action: "model.promote", limit: 1 });
        expect(entries[0]?.details).toMatchObject({
          version: champion?.version,
          previous: previous?.version,
        });
        expect(champion?.version).not.toBe(previous?.version);
        time = entries[0]!.at.getTime();
        // Nothing is left locked.
        const record = { actor: "test", reason: "after the kill" };
        await catalog.promote("films", 3 - champion!.version, champion!.version, record);
      }
    },
    120_000,
  );
});
