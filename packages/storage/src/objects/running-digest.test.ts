import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { startModule } from "../testing/start-module.ts";
import { runningDigest } from "./running-digest.ts";

describe("runningDigest", () => {
  const body = randomBytes(20_000_003);
  const sha256 = createHash("sha256").update(body).digest("hex");

  it.each([
    ["few bytes at a time", 1000],
    ["as they come from a socket", 65_536],
    ["more than it can hold at once", 9_000_000],
    ["all at once", body.length],
  ])("takes the digest of a short and of a long stream, %s", async (_, size) => {
    for (const expected of [0, body.length]) {
      const digest = runningDigest(expected);
      for (let start = 0; start < body.length; start += size) {
        const chunk = Buffer.from(body.subarray(start, start + size));
        await digest.update(chunk);
        chunk.fill(0); // it is its owner's again
      }
      expect(await digest.digest()).toBe(sha256);
    }
  });

  it("takes several digests at a time", async () => {
    const bodies = [1, 2, 3].map((fill) => Buffer.alloc(5_000_000, fill));
    const digests = await Promise.all(
      bodies.map(async (bytes) => {
        const digest = runningDigest(Number.POSITIVE_INFINITY);
        await digest.update(bytes);
        return await digest.digest();
      }),
    );
    expect(digests).toEqual(bodies.map((bytes) => createHash("sha256").update(bytes).digest("hex")));
  });

  it("takes the digest of nothing", async () => {
    expect(await runningDigest(Number.POSITIVE_INFINITY).digest()).toBe(createHash("sha256").digest("hex"));
  });

  it("keeps no process alive when it is abandoned", async () => {
    const module = startModule(`
      import { runningDigest } from "${new URL("./running-digest.ts", import.meta.url).href}";
      await runningDigest(1e9).update(new Uint8Array(100_000_000));
      console.log("abandoned");`);
    expect(await module.nextLine()).toBe("abandoned");
    expect(await module.exit).toBe(0);
  }, 20_000);
});
