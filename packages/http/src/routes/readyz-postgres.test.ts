import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openQueue, openTamis } from "@tamis/storage";
import { findPostgres, startThrowawayPostgres } from "@tamis/storage/testing";
import { expect, onTestFinished, test } from "vitest";
import { createApp } from "../app.ts";

const absent = findPostgres() ? undefined : "there is no PostgreSQL server: apt-get install postgresql";

test.skipIf(absent)(
  `/readyz follows a PostgreSQL that stops and starts ${absent ?? ""}`,
  async () => {
    const server = await startThrowawayPostgres();
    onTestFinished(() => server.remove());
    const dataDir = mkdtempSync(join(tmpdir(), "tamis-readyz-"));
    onTestFinished(() => rmSync(dataDir, { recursive: true }));
    const tamis = await openTamis({ dataDir, records: server.url(), objects: `file:${dataDir}/lake` });
    onTestFinished(() => tamis.close());
    const app = createApp({ tamis, environment: "LOCAL" });
    const readyz = async () => {
      const answer = await app.request("/readyz");
      return { status: answer.status, body: await answer.json() };
    };
    const interval = { start: new Date("2026-11-20"), end: new Date("2026-11-21") };
    await (await openQueue(tamis.records)).enqueue({ pipeline: "nightly", interval, config: {} });
    const ready = {
      status: 200,
      body: { status: "ready", checks: { records: { status: "ok" }, queue: { queued: 1, running: 0 } } },
    };
    expect(await readyz()).toMatchObject(ready);
    await server.stop("in order");
    const down = await readyz();
    expect(down).toMatchObject({
      status: 503,
      body: { status: "not_ready", checks: { records: { status: "error" }, queue: { status: "error" } } },
    });
    expect(JSON.stringify(down.body)).not.toContain("127.0.0.1");
    await server.start();
    expect(await readyz()).toMatchObject(ready);
  },
  60_000,
);
