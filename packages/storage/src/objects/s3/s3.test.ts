import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { ObjectStore } from "@tamis/core";
import { expect, it, onTestFinished, vi } from "vitest";
import { plainBucket } from "../../testing/plain-bucket.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { describeS3 } from "../../testing/throwaway-s3.ts";
import { initS3, openS3, type S3Settings } from "./s3.ts";
import { accessS3, type S3Access } from "./s3-access.ts";

const megabyte = 1_048_576;

async function* repeat(chunk: Uint8Array, times: number) {
  for (let i = 0; i < times; i++) yield chunk;
}

async function read(store: ObjectStore, key: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await store.get(key)) ?? []) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What the server holds, asked without our adapter. */
async function uploads({ client, driver, bucket }: S3Access): Promise<number> {
  const { Uploads = [] } = await client.send(new driver.ListMultipartUploadsCommand({ Bucket: bucket }));
  return Uploads.length;
}

describeS3("openS3", (server) => {
  it("stores a long body in parts, with its digest as metadata", async () => {
    const settings = await plainBucket(server);
    const s3 = await accessS3(settings);
    const store = await openS3(settings);
    const body = randomBytes(20 * megabyte);
    const sha256 = createHash("sha256").update(body).digest("hex");
    for (const [key, given] of [
      ["bytes", body],
      ["stream", repeat(body, 1)],
      ["announced", repeat(body, 1)],
    ] as const) {
      const stored = await store.put(key, given, key === "announced" ? { sha256 } : {});
      expect(stored).toEqual({ key, bytes: body.length, sha256 });
      const head = await s3.client.send(new s3.driver.HeadObjectCommand({ Bucket: s3.bucket, Key: key }));
      expect(head).toMatchObject({ Metadata: { sha256 }, ETag: expect.stringMatching(/-[23]"$/) });
      expect(body.equals(await read(store, key))).toBe(true);
    }
  });

  it("stores a long body only if absent in one request, as no server has conditional parts", async () => {
    const settings = await plainBucket(server);
    const store = await openS3(settings);
    const bodies = [1, 2, 3, 4].map((fill) => repeat(new Uint8Array(megabyte).fill(fill), 12));
    const results = await Promise.allSettled(bodies.map((body) => store.put("a", body, { ifAbsent: true })));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const winner = results.findIndex(({ status }) => status === "fulfilled");
    expect(new Set(await read(store, "a"))).toEqual(new Set([winner + 1]));
  });

  it("lets exactly one of 16 racing writers in", async () => {
    const settings = await plainBucket(server);
    const stores = await Promise.all(Array.from({ length: 16 }, () => openS3(settings)));
    for (let round = 0; round < 5; round++) {
      const puts = stores.map((store, i) => store.put(`race/${round}`, Buffer.from([i]), { ifAbsent: true }));
      const results = await Promise.allSettled(puts);
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const result of results) {
        if (result.status === "rejected") expect(result.reason).toMatchObject({ code: "conflict" });
      }
      const winner = results.findIndex(({ status }) => status === "fulfilled");
      expect([...(await read(stores[0]!, `race/${round}`))]).toEqual([winner]);
    }
  });

  it("leaves no part behind when the body breaks, is cancelled or is not what was announced", async () => {
    const settings = await plainBucket(server);
    const s3 = await accessS3(settings);
    const store = await openS3(settings);
    const chunk = new Uint8Array(megabyte);
    const sha256 = "0".repeat(64);
    const broken = (async function* () {
      yield* repeat(chunk, 30);
      throw new RangeError("the source broke");
    })();
    await expect(store.put("a", broken, { sha256 })).rejects.toThrow("the source broke");
    const cancel = new AbortController();
    const stuck = (async function* () {
      yield* repeat(chunk, 30);
      setTimeout(() => cancel.abort(), 20);
      await new Promise(() => {});
    })();
    const cancelled = store.put("a", stuck, { sha256, signal: cancel.signal });
    await expect(cancelled).rejects.toMatchObject({ code: "aborted" });
    await expect(store.put("a", repeat(chunk, 30), { sha256 })).rejects.toMatchObject({
      code: "corrupt_data",
    });
    expect(await uploads(s3)).toBe(0);
    expect(await store.get("a")).toBeUndefined();
  });

  it("says corrupt_data at the end of a whole read when the bytes are not those that were stored", async () => {
    const settings = await plainBucket(server);
    const s3 = await accessS3(settings);
    const store = await openS3(settings);
    for (const size of [10, 3 * megabyte, 20 * megabyte]) {
      const { sha256 } = await store.put("a", new Uint8Array(size));
      const damaged = {
        Bucket: s3.bucket,
        Key: "a",
        Body: new Uint8Array(size).fill(1),
        Metadata: { sha256 },
      };
      await s3.client.send(new s3.driver.PutObjectCommand(damaged));
      await expect(read(store, "a")).rejects.toMatchObject({
        code: "corrupt_data",
        message: expect.stringMatching(/object a/),
      });
    }
    const foreign = { Bucket: s3.bucket, Key: "foreign", Body: "without a digest" };
    await s3.client.send(new s3.driver.PutObjectCommand(foreign));
    expect(String(await read(store, "foreign"))).toBe("without a digest");
  });

  it("passes over what has no key of an object, and does not reach beyond its prefix", async () => {
    const settings = await plainBucket(server);
    const s3 = await accessS3(settings);
    for (const Key of ["in/a", "in//b", "in/.tmp/c", "in/d/", "in", "inside", "out"]) {
      await s3.client.send(new s3.driver.PutObjectCommand({ Bucket: s3.bucket, Key, Body: Key }));
    }
    const keys: string[] = [];
    for await (const { key } of (await openS3({ ...settings, prefix: "in" })).list("")) keys.push(key);
    expect(keys).toEqual(["a"]);
  });

  it("gives back the connection of a long answer that nobody reads, and reads it all the same", async () => {
    const store = await openS3(await plainBucket(server));
    const body = randomBytes(3 * megabyte);
    await store.put("a", body);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const chunks = (await store.get("a"))!;
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    const read: Uint8Array[] = [];
    for await (const chunk of chunks) read.push(chunk);
    expect(Buffer.concat(read).equals(body)).toBe(true);
  });

  it("says what is wrong with the credentials, the bucket, the endpoint, the region", async () => {
    const settings = await plainBucket(server);
    const store = await openS3(settings);
    await store.put("a", Buffer.from("x"));
    const absent = await openS3({ ...settings, bucket: "there-is-none" });
    await expect(absent.get("a")).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringMatching(/no bucket there-is-none/),
    });
    await expect(absent.put("a", Buffer.from("x"))).rejects.toMatchObject({ code: "not_found" });
    await expect(absent.list("")[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "not_found",
      message: expect.stringMatching(/tamis lake init/),
    });

    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "wrong");
    const wrongSecret = await openS3(settings);
    await expect(wrongSecret.put("a", Buffer.from("x"))).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(wrongSecret.list("")[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "unauthenticated",
      message: expect.stringMatching(/check AWS_ACCESS_KEY_ID/),
    });
    vi.stubEnv("AWS_ACCESS_KEY_ID", "wrong");
    await expect((await openS3(settings)).list("")[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "unauthenticated",
    });
    vi.unstubAllEnvs();

    const elsewhere = { ...settings, bucket: `new-${settings.bucket.slice(-20)}`, region: "mars-1" };
    await expect(initS3(elsewhere)).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringMatching(/knows no region mars-1; give the right region=/),
    });
  });

  it("says what is wrong with an address that is no S3 server, and with a region that is not given", async () => {
    const website = createServer((_, answer) =>
      answer.writeHead(404, { "content-type": "text/html; charset=utf-8" }).end("<html><meta></html>"),
    ).listen(0, "127.0.0.1");
    onTestFinished(() => void website.close());
    await once(website, "listening");
    const endpoint = `http://127.0.0.1:${(website.address() as AddressInfo).port}`;
    const list = async (settings: S3Settings) =>
      (await openS3(settings)).list("")[Symbol.asyncIterator]().next();
    await expect(list({ bucket: "lake", endpoint })).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringMatching(/answers with a web page, not as an S3 server does; check the endpoint/),
    });
    const noTls = server.endpoint.replace("http:", "https:");
    await expect(list({ bucket: "lake", endpoint: noTls })).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringMatching(/no TLS connection to https:.*give http:\/\//),
    });
    vi.stubEnv("AWS_REGION", undefined);
    vi.stubEnv("AWS_DEFAULT_REGION", undefined);
    vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(list({ bucket: "lake" })).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringMatching(/wants a region; give region=/),
    });
  });

  it("takes the keys of a profile", async () => {
    const settings = await plainBucket(server);
    const file = join(await temporaryFolder(), "credentials");
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env;
    await writeFile(file, `[lake]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`);
    vi.stubEnv("AWS_ACCESS_KEY_ID", undefined);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", undefined);
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", file);
    vi.stubEnv("AWS_PROFILE", "lake");
    onTestFinished(() => void vi.unstubAllEnvs());
    const store = await openS3(settings);
    expect(await store.put("a", Buffer.from("x"))).toMatchObject({ bytes: 1 });
  });
});

describeS3("initS3", (server) => {
  it("makes a bucket with versioning, encryption and a lifecycle, once", async () => {
    const { bucket } = await plainBucket(server);
    const settings = { endpoint: server.endpoint, bucket: `made-${bucket.slice(-20)}` };
    const report = await initS3(settings);
    expect(report).toMatchObject({ created: true, versioning: true, lifecycle: true });
    expect(report.encryption).not.toBe("off");
    expect(await initS3(settings)).toEqual({ ...report, created: false });

    const { client, driver } = await accessS3(settings);
    const sent: unknown[] = [];
    const store = await openS3(settings);
    await store.put("a", Buffer.from("first"));
    await store.put("a", Buffer.from("second"));
    await store.remove("a");
    expect(await store.get("a")).toBeUndefined();
    const { Versions = [] } = await client.send(
      new driver.ListObjectVersionsCommand({ Bucket: settings.bucket, Prefix: "a" }),
    );
    expect(Versions).toHaveLength(2);
    for (const { VersionId } of Versions) {
      const former = { Bucket: settings.bucket, Key: "a", VersionId };
      sent.push(await (await client.send(new driver.GetObjectCommand(former))).Body?.transformToString());
    }
    expect(sent).toEqual(["second", "first"]);
  });

  it("leaves a bucket of somebody else as it is, and asks nothing of it", async () => {
    const settings = await plainBucket(server);
    expect(await initS3(settings)).toMatchObject({
      created: false,
      versioning: false,
      encryption: "off",
      lifecycle: false,
      ifAbsent: true,
    });
  });

  it("finds conditional writes off where the server ignores them (Ceph 16 does with versioning)", async () => {
    const settings = await plainBucket(server);
    const { client, driver, bucket } = await accessS3(settings);
    await client.send(
      new driver.PutBucketVersioningCommand({
        Bucket: bucket,
        VersioningConfiguration: { Status: "Enabled" },
      }),
    );
    const answers = [1, 2].map(async () => {
      await client.send(
        new driver.PutObjectCommand({ Bucket: bucket, Key: "probe", Body: "x", IfNoneMatch: "*" }),
      );
    });
    const ignored = (await Promise.allSettled(answers)).every(({ status }) => status === "fulfilled");
    const store = await openS3(settings);
    expect(await store.capabilities()).toEqual({ ifAbsent: !ignored });
    if (ignored) {
      const put = store.put("a", Buffer.from("x"), { ifAbsent: true });
      await expect(put).rejects.toMatchObject({ code: "unsupported" });
      expect(await store.get("a")).toBeUndefined();
    }
    const left: string[] = [];
    for await (const { key } of store.list("")) left.push(key);
    expect(left).toEqual(["probe"]);
  });
});
