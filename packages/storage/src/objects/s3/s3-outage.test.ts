import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { importRatings } from "../../lake/import-ratings.ts";
import { readSnapshot } from "../../lake/snapshot.ts";
import { openTamis } from "../../open.ts";
import { privateS3 } from "../../testing/private-s3.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { describeS3 } from "../../testing/throwaway-s3.ts";
import { openS3 } from "./s3.ts";

const megabyte = 1_048_576;
const down = 10_000; // ms

describeS3("S3 out of order", () => {
  it("is waited for when it stops for 10 s in the middle of puts and of a read", async () => {
    const { server, settings } = await privateS3();
    const store = await openS3(settings);
    const chunk = new Uint8Array(megabyte).fill(7);
    const sha256 = createHash("sha256");
    for (let i = 0; i < 40; i++) sha256.update(chunk);
    const digest = sha256.digest("hex");
    let arrived = 0;
    let stopping: Promise<void> | undefined;
    /** When all are half-way the server stops, and what is left of them comes after that. */
    const halfWay = async () => {
      arrived++;
      while (arrived < 3) await wait(5);
      stopping ??= server.stopGateway();
      await stopping;
    };
    const body = async function* (inTheMiddle: () => Promise<void>) {
      for (let i = 0; i < 40; i++) {
        if (i === 20) await inTheMiddle();
        yield chunk;
      }
    };
    const read = async () => {
      const hash = createHash("sha256");
      let bytes = 0;
      for await (const part of (await store.get("read"))!) {
        if (bytes === 0) await halfWay();
        bytes += part.byteLength;
        hash.update(part);
      }
      return { bytes, sha256: hash.digest("hex") };
    };
    const outage = async () => {
      while (stopping === undefined) await wait(5);
      await stopping;
      await wait(down);
      await server.startGateway();
    };
    const whole = { bytes: 40 * megabyte, sha256: digest };
    await store.put(
      "read",
      body(async () => {}),
      { sha256: digest },
    );
    const put = store.put("put", body(halfWay), { sha256: digest });
    const staged = store.put("staged", body(halfWay));
    expect(await Promise.all([put, staged, read(), outage()])).toEqual([
      { key: "put", ...whole },
      { key: "staged", ...whole },
      whole,
      undefined,
    ]);
  }, 90_000);

  it("is waited for by an import, of which nothing is lost", async () => {
    const { server, settings } = await privateS3();
    const folder = await temporaryFolder();
    const file = join(folder, "ratings.csv");
    const lines = Array.from(
      { length: 50_000 },
      (_, i) => `${i % 500},${i},${(i % 5) + 1},${1_500_000_000 + i}`,
    );
    await writeFile(file, `userId,movieId,rating,timestamp\n${lines.join("\n")}\n`);
    const objects = `s3://${settings.bucket}/lake?endpoint=${settings.endpoint}`;
    const tamis = await openTamis({ dataDir: join(folder, "data"), objects });
    onTestFinished(() => tamis.close());
    let outage: Promise<void> | undefined;
    const stopFor = async () => {
      await server.stopGateway();
      await wait(down);
      await server.startGateway();
    };
    const result = await importRatings(tamis, file, {
      onProgress: ({ phase }) => {
        if (phase === "reading") outage ??= stopFor();
      },
    });
    expect(outage).toBeDefined();
    await outage;
    expect(result.rows).toBe(50_000);
    expect((await readSnapshot(tamis, "current")).table.length).toBe(50_000);
  }, 90_000);
});
