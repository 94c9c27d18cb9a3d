import { expect, it } from "vitest";
import { privateS3 } from "../../testing/private-s3.ts";
import { startModule } from "../../testing/start-module.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { describeS3 } from "../../testing/throwaway-s3.ts";
import { openS3 } from "./s3.ts";
import { accessS3 } from "./s3-access.ts";
import { sweepUploads } from "./sweep-uploads.ts";

describeS3("a process killed in the middle of an upload", () => {
  it("leaves nothing to be seen, and its parts are removed by the next sweep", async () => {
    const { settings } = await privateS3();
    const store = await openS3(settings);
    await store.put("a", Buffer.from("former"));
    const writer = startModule(`
      import { openS3 } from "${new URL("./s3.ts", import.meta.url).href}";
      const store = await openS3(${JSON.stringify(settings)});
      await store.put("a", (async function* () {
        for (let i = 0; i < 40; i++) yield new Uint8Array(1_048_576);
        console.log("half-way");
        setInterval(() => {}, 1000);
        await new Promise(() => {});
      })(), { sha256: "${"0".repeat(64)}" });`);
    expect(await writer.nextLine()).toBe("half-way");
    writer.child.kill("SIGKILL");
    await writer.exit;
    const s3 = await accessS3(settings);
    const uploads = async () =>
      (await s3.client.send(new s3.driver.ListMultipartUploadsCommand({ Bucket: s3.bucket }))).Uploads ?? [];
    expect(await uploads()).toHaveLength(1);
    // As a process leaves it that is killed before the copy.
    const staged = { Bucket: s3.bucket, Key: ".tmp/put-killed" };
    await s3.client.send(new s3.driver.PutObjectCommand({ ...staged, Body: "staged" }));
    const isStaged = () =>
      s3.client.send(new s3.driver.HeadObjectCommand(staged)).then(
        () => true,
        () => false,
      );
    const keys: string[] = [];
    for await (const { key, bytes } of store.list("")) keys.push(`${key} ${bytes}`);
    expect(keys).toEqual(["a 6"]);
    await sweepUploads(s3); // not a day old yet
    expect([(await uploads()).length, await isStaged()]).toEqual([1, true]);
    await sweepUploads(s3, -60_000);
    expect([(await uploads()).length, await isStaged()]).toEqual([0, false]);
  }, 60_000);
});

describeS3("an object of 2 GB", () => {
  it.each([
    ["known", true],
    ["not known", false],
  ])(
    "goes there and back through less than 200 MB of memory, its digest %s",
    async (_, known) => {
      const { settings } = await privateS3();
      const scratch = await temporaryFolder();
      const worker = startModule(`
      import { createHash } from "node:crypto";
      import { openS3 } from "${new URL("./s3.ts", import.meta.url).href}";
      const chunk = Buffer.alloc(1_000_000, "tamis");
      const body = async function* () { for (let i = 0; i < 2000; i++) yield chunk; };
      const hash = createHash("sha256");
      for (let i = 0; i < 2000; i++) hash.update(chunk);
      const sha256 = hash.digest("hex");
      const store = await openS3({ ...${JSON.stringify(settings)}, scratch: ${JSON.stringify(scratch)} });
      const stored = await store.put("large", body(), ${known ? "{ sha256 }" : "{}"});
      if (stored.sha256 !== sha256) throw new Error("another digest");
      let bytes = 0;
      for await (const part of await store.get("large")) bytes += part.byteLength;
      const { maxRSS } = process.resourceUsage();
      console.log(JSON.stringify({ stored: stored.bytes, bytes, megabytes: maxRSS / 1024 }));`);
      const { stored, bytes, megabytes } = JSON.parse(await worker.nextLine());
      expect({ stored, bytes }).toEqual({ stored: 2e9, bytes: 2e9 });
      expect(megabytes).toBeLessThan(200);
    },
    180_000,
  );
});

describeS3("an endpoint where nothing listens", () => {
  it("is unavailable, in good time and by name, when nothing listens", async () => {
    const store = await openS3({ bucket: "lake", endpoint: "http://127.0.0.1:1" });
    await expect(store.get("a")).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringMatching(/nothing answers at http:\/\/127.0.0.1:1; check the endpoint/),
    });
  }, 60_000);
});
