import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { ObjectStore } from "@tamis/core";
import { expect, it, onTestFinished } from "vitest";
import { plainBucket } from "../../testing/plain-bucket.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { describeS3 } from "../../testing/throwaway-s3.ts";
import { copyS3 } from "./copy-s3.ts";
import { putHeaders } from "./put-headers.ts";
import { initS3, openS3 } from "./s3.ts";
import { accessS3, type S3Access } from "./s3-access.ts";

const body = randomBytes(20 * 1_048_576);
const sha256 = createHash("sha256").update(body).digest("hex");

async function* stream(bytes: Uint8Array = body) {
  for (let start = 0; start < bytes.length; start += 100_000) yield bytes.subarray(start, start + 100_000);
}

async function read(store: ObjectStore, key: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await store.get(key)) ?? []) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Names of all that a bucket holds but its marker, former versions and unfinished uploads among them. */
async function everything({ client, driver, bucket: Bucket }: S3Access): Promise<string[]> {
  const listed = await client.send(new driver.ListObjectVersionsCommand({ Bucket }));
  const { Uploads = [] } = await client.send(new driver.ListMultipartUploadsCommand({ Bucket }));
  const all = [...(listed.Versions ?? []), ...(listed.DeleteMarkers ?? []), ...Uploads];
  return all.map(({ Key = "" }) => Key).filter((key) => key !== ".tamis/bucket.json");
}

/** A folder that cannot be made: what would be kept in it cannot be stored. */
async function noFolder(): Promise<string> {
  const file = join(await temporaryFolder(), "file");
  await writeFile(file, "");
  return join(file, "folder");
}

/** An address where requests come by on their way to a server. `meddle` may answer itself, or change the first byte. */
async function onTheWay(
  endpoint: string,
  meddle: (asked: IncomingMessage) => { status: number; body: string } | "change" | undefined,
): Promise<string> {
  const proxy = createServer((asked, answer) => {
    const meant = meddle(asked);
    if (typeof meant === "object") {
      asked.resume().on("end", () => answer.writeHead(meant.status).end(meant.body));
      return;
    }
    const { method, headers, url } = asked;
    const passed = request(new URL(url!, endpoint), { method, headers }, (got) => {
      answer.writeHead(got.statusCode!, got.headers);
      got.pipe(answer);
    });
    if (meant === "change") asked.once("data", (chunk: Buffer) => (chunk[0]! ^= 1));
    asked.pipe(passed);
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => void proxy.close().closeAllConnections());
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

describeS3("a stream of unknown digest", (server) => {
  it("needs no disk, appears whole with its digest, and leaves nothing else", async () => {
    const made = { endpoint: server.endpoint, bucket: `made-${sha256.slice(0, 20)}`, prefix: "a b/é" };
    await initS3(made); // with versions, and asking for encryption
    for (const settings of [await plainBucket(server), made]) {
      const s3 = await accessS3(settings);
      const store = await openS3({ ...settings, scratch: await noFolder() });
      await store.put("a", Buffer.from("former"));
      const before = await everything(s3);
      const seen: string[] = [];
      const watched = (async function* () {
        for await (const chunk of stream()) {
          yield chunk;
          if (seen.length === 0) seen.push(String(await read(store, "a")));
        }
        seen.push(String(await read(store, "a")));
        for await (const { key } of store.list("")) seen.push(key);
      })();
      expect(await store.put("a", watched)).toEqual({ key: "a", bytes: body.length, sha256 });
      expect(seen).toEqual(["former", "former", "a"]);
      const target = { Bucket: s3.bucket, Key: s3.inBucket("a") };
      const { Metadata } = await s3.client.send(new s3.driver.HeadObjectCommand(target));
      expect(Metadata).toMatchObject({ sha256 });
      expect(body.equals(await read(store, "a"))).toBe(true);
      expect(new Set(await everything(s3))).toEqual(new Set(before));
    }
  });

  it("leaves nothing when it breaks or is cancelled", async () => {
    const settings = await plainBucket(server);
    const store = await openS3({ ...settings, scratch: await noFolder() });
    const broken = (async function* () {
      yield* stream();
      throw new RangeError("the source broke");
    })();
    await expect(store.put("a", broken)).rejects.toThrow("the source broke");
    const cancel = new AbortController();
    const stuck = (async function* () {
      yield* stream();
      setTimeout(() => cancel.abort(), 20);
      await new Promise(() => {});
    })();
    const cancelled = store.put("a", stuck, { signal: cancel.signal });
    await expect(cancelled).rejects.toMatchObject({ code: "aborted" });
    expect(await everything(await accessS3(settings))).toEqual([]);
  });

  it("is refused when a part changes on its way", async () => {
    const settings = await plainBucket(server);
    let parts = 0;
    const isThird = ({ url }: IncomingMessage) => url!.includes("partNumber=3") && ++parts > 0;
    const endpoint = await onTheWay(server.endpoint, (asked) => (isThird(asked) ? "change" : undefined));
    const store = await openS3({ ...settings, endpoint, scratch: await noFolder() });
    await expect(store.put("a", stream())).rejects.toThrow(/SHA256/i);
    expect(parts).toBe(1);
    expect(await everything(await accessS3(settings))).toEqual([]);
  });

  it.each([
    ["refuses copies", { status: 501, body: "<Error><Code>NotImplemented</Code></Error>" }],
    ["says that it copied, and did not", { status: 200, body: "<CopyObjectResult/>" }],
  ])("goes by way of the disk to a server that %s", async (_, answer) => {
    const settings = await plainBucket(server);
    let copies = 0;
    const isCopy = ({ headers }: IncomingMessage) => "x-amz-copy-source" in headers && ++copies > 0;
    const endpoint = await onTheWay(server.endpoint, (asked) => (isCopy(asked) ? answer : undefined));
    const store = await openS3({ ...settings, endpoint, scratch: await temporaryFolder() });
    for (const key of ["a", "b"]) {
      expect(await store.put(key, stream())).toEqual({ key, bytes: body.length, sha256 });
      expect(body.equals(await read(store, key))).toBe(true);
    }
    expect(copies).toBe(1);
    expect(await everything(await accessS3(settings))).toEqual(["a", "b"]);
    const diskless = await openS3({ ...settings, endpoint, scratch: await noFolder() });
    await expect(diskless.put("c", stream())).rejects.toThrow(/folder/);
  });
});

describeS3("copyS3", (server) => {
  it.each([
    ["one request", body.length],
    ["parts", 6 * 1_048_576],
  ])("copies in %s", async (_, atMost) => {
    const settings = { ...(await plainBucket(server)), prefix: "a b/é+" };
    const s3 = await accessS3(settings);
    const store = await openS3(settings);
    await store.put("from", stream());
    await copyS3(s3, "from", "to", body.length, { headers: putHeaders(sha256, false), atMost });
    expect(body.equals(await read(store, "to"))).toBe(true);
    const target = { Bucket: s3.bucket, Key: s3.inBucket("to") };
    const { Metadata } = await s3.client.send(new s3.driver.HeadObjectCommand(target));
    expect(Metadata).toMatchObject({ sha256 });
  });
});
