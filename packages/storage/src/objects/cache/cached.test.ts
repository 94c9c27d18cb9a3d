import { createHash } from "node:crypto";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LocalObjectStore, ObjectStore } from "@tamis/core";
import { expect, it, onTestFinished } from "vitest";
import { importRatings } from "../../lake/import-ratings.ts";
import { openTamis } from "../../open.ts";
import { plainBucket } from "../../testing/plain-bucket.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { describeS3 } from "../../testing/throwaway-s3.ts";
import { mountTinyDisk } from "../../testing/tiny-disk.ts";
import { openS3 } from "../s3/s3.ts";
import { type CachedObjectsOptions, cachedObjects } from "./cached.ts";

const hour = 3_600_000;
const digest = "ab".repeat(32);

/** A store of S3 that counts what is read from the server. */
async function counted(server: { endpoint: string }): Promise<{ remote: ObjectStore; gets: string[] }> {
  const settings = await plainBucket(server);
  const store = await openS3(settings);
  const gets: string[] = [];
  const remote: ObjectStore = {
    ...store,
    get(key, options) {
      gets.push(key);
      return store.get(key, options);
    },
  };
  return { remote, gets };
}

async function read(store: ObjectStore, key: string, range?: { start: number; length: number }) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await store.get(key, range ? { range } : {})) ?? []) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* sliced(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 70_000) yield bytes.subarray(start, start + 70_000);
}

/** The store as a new process would open it: nothing in memory. */
function reopened(remote: ObjectStore, options: CachedObjectsOptions): Promise<LocalObjectStore> {
  return cachedObjects(remote, options);
}

describeS3("cachedObjects", (server) => {
  it("reads from S3 once, then from memory, then in another process from the disk", async () => {
    const { remote, gets } = await counted(server);
    const path = await temporaryFolder();
    const store = await cachedObjects(remote, { path });
    const large = Buffer.alloc(3_000_000, "tamis");
    await remote.put("small", Buffer.from("0123456789"));
    await remote.put("large", large);
    for (const reader of [store, store, await reopened(remote, { path })]) {
      expect(String(await read(reader, "small"))).toBe("0123456789");
      expect(String(await read(reader, "small", { start: 2, length: 3 }))).toBe("234");
      expect((await read(reader, "large")).equals(large)).toBe(true);
      expect(await read(reader, "large", { start: 2_999_998, length: 10 })).toHaveLength(2);
      expect((await readFile(await reader.localPath("large"))).equals(large)).toBe(true);
    }
    expect(gets).toEqual(["small", "large"]);
  });

  it("reads a range of what is not near from S3 alone", async () => {
    const { remote, gets } = await counted(server);
    const store = await cachedObjects(remote, { path: await temporaryFolder() });
    await remote.put("a", Buffer.alloc(3_000_000, "x"));
    expect(await read(store, "a", { start: 5, length: 10 })).toHaveLength(10);
    expect(await store.get("none", { range: { start: 0, length: 1 } })).toBeUndefined();
    expect(gets).toEqual(["a", "none"]);
  });

  it("lets many readers share one download, and each leave it", async () => {
    const { remote, gets } = await counted(server);
    const store = await cachedObjects(remote, { path: await temporaryFolder() });
    await remote.put("a", Buffer.alloc(5_000_000, "x"));
    const cancel = new AbortController();
    const staying = Array.from({ length: 20 }, () => read(store, "a"));
    const leaving = store.get("a", { signal: cancel.signal });
    cancel.abort();
    await expect(leaving).rejects.toMatchObject({ code: "aborted" });
    for (const bytes of await Promise.all(staying)) expect(bytes).toHaveLength(5_000_000);
    expect(gets).toEqual(["a"]);
  });

  it("sees what others changed when the time of the copy is over, not before; a digest has no time", async () => {
    const { remote, gets } = await counted(server);
    let now = Date.now();
    const path = await temporaryFolder();
    const store = await cachedObjects(remote, { path, now: () => now });
    const fixed = `curated/${digest}/x.json`;
    for (const key of ["changes", fixed]) await remote.put(key, Buffer.from("one"));
    for (const key of ["changes", fixed]) expect(String(await read(store, key))).toBe("one");
    for (const key of ["changes", fixed]) await remote.put(key, Buffer.from("two"));
    now += hour - 1;
    expect(String(await read(store, "changes"))).toBe("one");
    expect(String(await readFile(await store.localPath("changes")))).toBe("one");
    now += 1;
    expect(String(await read(store, "changes"))).toBe("two");
    expect(String(await readFile(await store.localPath("changes")))).toBe("two");
    now += 1000 * hour;
    expect(String(await read(store, fixed))).toBe("one");
    expect(gets).toEqual(["changes", fixed, "changes"]);
    now -= 2000 * hour; // a clock that was set back must not make a copy last for ever
    expect(String(await read(store, "changes"))).toBe("two");
    expect(gets).toHaveLength(4);
  });

  it("forgets at once what it puts and removes itself, also while it is downloaded", async () => {
    const { remote } = await counted(server);
    const store = await cachedObjects(remote, { path: await temporaryFolder() });
    await store.put("a", Buffer.alloc(2_000_000, "1"));
    const [during] = await Promise.all([
      read(store, "a"),
      store.put("a", Buffer.alloc(2_000_000, "2")),
      read(store, "a"),
    ]);
    expect(new Set(during).size).toBe(1);
    expect(new Set(await read(store, "a"))).toEqual(new Set(Buffer.from("2")));
    await store.remove("a");
    expect(await store.get("a")).toBeUndefined();
  });

  it("keeps a stream that it writes, so that nobody here downloads it", async () => {
    const { remote, gets } = await counted(server);
    const path = await temporaryFolder();
    const store = await cachedObjects(remote, { path });
    const large = Buffer.alloc(20_000_000, "tamis");
    const sha256 = createHash("sha256").update(large).digest("hex");
    await store.put("empty", sliced(Buffer.from("")));
    await store.put("stream", sliced(large));
    await store.put("announced", sliced(large), { sha256 });
    for (const reader of [store, await reopened(remote, { path })]) {
      expect(await read(reader, "empty")).toHaveLength(0);
      for (const key of ["stream", "announced"]) {
        expect(large.equals(await read(reader, key))).toBe(true);
        expect(large.equals(await readFile(await reader.localPath(key)))).toBe(true);
      }
    }
    expect(gets).toEqual([]);
  });

  it("downloads what two wrote at the same time, as it cannot know who was last", async () => {
    const { remote } = await counted(server);
    const store = await cachedObjects(remote, { path: await temporaryFolder() });
    for (let round = 0; round < 10; round++) {
      const bodies = ["a", "b", "c"].map((fill) => Buffer.alloc(20_000, fill));
      await Promise.all(bodies.map((body) => store.put("same", sliced(body))));
      expect(String(await read(store, "same"))).toBe(String(await read(remote, "same")));
    }
  });

  it("keeps no copy of what was not stored", async () => {
    const { remote } = await counted(server);
    const path = await temporaryFolder();
    const store = await cachedObjects(remote, { path });
    const put = store.put("a", sliced(Buffer.alloc(20_000_000)), { sha256: digest });
    await expect(put).rejects.toMatchObject({ code: "corrupt_data" });
    expect(await store.get("a")).toBeUndefined();
    expect(await readdir(join(path, ".tmp"))).toEqual([]);
  });

  it("gives an import its file back without a download", async () => {
    const { remote, gets } = await counted(server);
    const folder = await temporaryFolder();
    const file = join(folder, "ratings.csv");
    const lines = Array.from({ length: 20_000 }, (_, i) => `${i % 200},${i},${(i % 5) + 1}`);
    await writeFile(file, `userId,movieId,rating\n${lines.join("\n")}\n`);
    const tamis = await openTamis({ dataDir: join(folder, "data") });
    onTestFinished(() => tamis.close());
    const objects = await cachedObjects(remote, { path: join(folder, "copies") });
    const { rows } = await importRatings({ ...tamis, objects }, file);
    expect(rows).toBe(20_000);
    const raw: string[] = [];
    for await (const { key } of remote.list("raw/")) raw.push(key);
    expect(raw).toHaveLength(1);
    expect(gets.filter((key) => key.startsWith("raw/"))).toEqual([]);
  });

  it("fetches a damaged copy again", async () => {
    const { remote, gets } = await counted(server);
    const path = await temporaryFolder();
    const body = Buffer.alloc(9_000_000, "x"); // too large for the memory
    await remote.put("a", body);
    const first = await cachedObjects(remote, { path });
    const file = await first.localPath("a");
    for (const damage of [
      () => writeFile(file, Buffer.alloc(9_000_000, "y")), // as long as it was
      () => writeFile(file, "short"),
      () => rm(file),
      () => writeFile(join(file, "..", "entry.json"), "{"),
    ]) {
      await damage();
      expect((await read(first, "a")).equals(body)).toBe(true);
      await damage();
      expect((await read(await reopened(remote, { path }), "a")).equals(body)).toBe(true);
    }
    expect(gets).toHaveLength(9);
  });

  it("throws out what was used longest ago, and nothing that was used just now", async () => {
    const { remote, gets } = await counted(server);
    let now = Date.now() - hour;
    const path = await temporaryFolder();
    const store = await cachedObjects(remote, { path, maxBytes: 5_000_000, now: () => now });
    const files: string[] = [];
    for (const key of ["a", "b", "c", "d"]) {
      await remote.put(key, Buffer.alloc(2_000_000, key));
      files.push(await store.localPath(key));
      now += 1000;
    }
    const kept = async () =>
      (await Promise.all(files.map((file) => stat(file).then(Boolean, () => false)))).map(Number).join("");
    expect(await kept()).toBe("1111");
    now += hour / 2;
    await store.localPath("a");
    await remote.put("e", Buffer.alloc(1_000_000, "e"));
    await store.localPath("e");
    expect(await kept()).toBe("1001");
    expect(gets).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("reads from S3 when the disk has no room for a copy, and says so when one is asked for", async ({
    skip,
  }) => {
    const path = await temporaryFolder();
    const reason = mountTinyDisk(path, 2);
    if (reason !== undefined) return skip(reason);
    const { remote } = await counted(server);
    const store = await cachedObjects(remote, { path });
    await remote.put("a", Buffer.alloc(4_000_000, "x"));
    expect(await read(store, "a")).toHaveLength(4_000_000);
    await expect(store.localPath("a")).rejects.toMatchObject({ code: "no_space" });
    await remote.put("b", Buffer.alloc(1_000_000, "x"));
    expect(await readFile(await store.localPath("b"))).toHaveLength(1_000_000);
    await store.put("c", sliced(Buffer.alloc(9_000_000, "c")));
    expect(await read(store, "c")).toHaveLength(9_000_000);
    expect(await readdir(join(path, ".tmp"))).toEqual([]);
  });
});
