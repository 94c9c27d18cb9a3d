import { readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LocalObjectStore, ObjectStore } from "@tamis/core";
import { expect, it } from "vitest";
import { plainBucket } from "../testing/plain-bucket.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { describeS3 } from "../testing/throwaway-s3.ts";
import { mountTinyDisk } from "../testing/tiny-disk.ts";
import { type CachedObjectsOptions, cachedObjects } from "./cached.ts";
import { openS3 } from "./s3.ts";

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
    await store.put("small", Buffer.from("0123456789"));
    await store.put("large", large);
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
    await store.put("a", Buffer.alloc(3_000_000, "x"));
    expect(await read(store, "a", { start: 5, length: 10 })).toHaveLength(10);
    expect(await store.get("none", { range: { start: 0, length: 1 } })).toBeUndefined();
    expect(gets).toEqual(["a", "none"]);
  });

  it("lets many readers share one download, and each leave it", async () => {
    const { remote, gets } = await counted(server);
    const store = await cachedObjects(remote, { path: await temporaryFolder() });
    await store.put("a", Buffer.alloc(5_000_000, "x"));
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

  it("fetches a damaged copy again", async () => {
    const { remote, gets } = await counted(server);
    const path = await temporaryFolder();
    const body = Buffer.alloc(2_000_000, "x");
    await remote.put("a", body);
    const first = await cachedObjects(remote, { path });
    const file = await first.localPath("a");
    for (const damage of [
      () => writeFile(file, Buffer.alloc(2_000_000, "y")), // as long as it was
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
  });
});
