import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LocalObjectStore, ObjectStore } from "@tamis/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

export interface ObjectStoreContract {
  /** Opens an empty store, and a second one on the same place. */
  open(): Promise<{ store: ObjectStore; other: ObjectStore; close(): Promise<void> }>;
}

/** What every {@link ObjectStore} must do. */
export function objectStoreContract({ open }: ObjectStoreContract): void {
  describe("object store contract", () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let store: ObjectStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened.close());

    it("has nothing at first", async () => {
      expect(await keys(store, "")).toEqual([]);
      expect(await store.get("a")).toBeUndefined();
      await store.remove("a");
    });

    it("brings bytes back, with their size and SHA-256", async () => {
      const body = Uint8Array.from({ length: 1_000_003 }, (_, i) => (i * 31) % 256);
      const stored = await store.put("raw/a.bin", body);
      expect(stored).toEqual({ key: "raw/a.bin", bytes: body.length, sha256: sha256(body) });
      expect(Buffer.compare(await bytes(store, "raw/a.bin"), body)).toBe(0);
      expect(await bytes(opened.other, "raw/a.bin")).toHaveLength(body.length);
    });

    it("stores nothing at all as an object of 0 bytes", async () => {
      expect(await store.put("empty", new Uint8Array())).toMatchObject({ bytes: 0, sha256: sha256("") });
      expect(await bytes(store, "empty")).toHaveLength(0);
      expect(await keys(store, "")).toEqual(["empty"]);
    });

    it("stores a stream of many chunks", async () => {
      const chunk = new Uint8Array(70_000).fill(7);
      const stored = await store.put("stream", repeat(chunk, 100));
      expect(stored.bytes).toBe(7_000_000);
      expect(stored.sha256).toBe(sha256(await bytes(store, "stream")));
    });

    it("replaces an object as a whole; a reader sees one or the other", async () => {
      await store.put("a", text("old, and longer"));
      await store.put("a", text("new"));
      expect(String(await bytes(store, "a"))).toBe("new");
      const versions = Array.from({ length: 10 }, (_, i) => new Uint8Array(200_000).fill(i));
      await store.put("b", versions[0]!);
      const writing = (async () => {
        for (const version of versions) await opened.other.put("b", version);
      })();
      for (let i = 0; i < 10; i++) expect(new Set(await bytes(store, "b")).size).toBe(1);
      await writing;
    });

    it("keeps what is there when asked to store only if absent", async () => {
      await store.put("a", text("first"), { ifAbsent: true });
      const again = store.put("a", text("second"), { ifAbsent: true });
      await expect(again).rejects.toMatchObject({ code: "conflict" });
      expect(String(await bytes(store, "a"))).toBe("first");
    });

    it("lets exactly one of many writers in when each stores only if absent", async () => {
      const writers = Array.from({ length: 8 }, (_, i) =>
        (i % 2 ? store : opened.other).put("a", text(`writer ${i}`), { ifAbsent: true }),
      );
      const results = await Promise.allSettled(writers);
      const winner = results.findIndex(({ status }) => status === "fulfilled");
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(String(await bytes(store, "a"))).toBe(`writer ${winner}`);
    });

    it("reads a range, cut at the end", async () => {
      await store.put("a", text("0123456789"));
      const part = async (start: number, length: number) =>
        String(await bytes(store, "a", { start, length }));
      expect(await part(2, 3)).toBe("234");
      expect(await part(8, 100)).toBe("89");
      expect(await part(10, 1)).toBe("");
      expect(await part(50, 1)).toBe("");
      expect(await part(3, 0)).toBe("");
      for (const [start, length] of [
        [-1, 2],
        [0, -1],
        [0.5, 1],
        [Number.NaN, 1],
      ] as const) {
        const read = store.get("a", { range: { start, length } });
        await expect(read).rejects.toMatchObject({ code: "invalid_input" });
      }
    });

    it("lists keys by prefix in the order of their UTF-8 bytes", async () => {
      // U+FF5E sorts before U+1F3AC by bytes, after it by UTF-16 code units; "-" and "." sort before "/".
      const all = ["a", "b-c/x", "b.txt", "b/c", "b/c.d", "b/d/e", "bb", "z é'\" %~$&=+,;?", "～", "🎬"];
      for (const key of [...all].reverse()) await store.put(key, text(key));
      expect(await keys(store, "")).toEqual(all);
      expect(await keys(store, "b")).toEqual(["b-c/x", "b.txt", "b/c", "b/c.d", "b/d/e", "bb"]);
      expect(await keys(store, "b/")).toEqual(["b/c", "b/c.d", "b/d/e"]);
      expect(await keys(store, "b/d")).toEqual(["b/d/e"]);
      expect(await keys(store, "nothing/here")).toEqual([]);
      for await (const { key, bytes, modifiedAt } of store.list("b/c")) {
        expect(bytes).toBe(Buffer.byteLength(key));
        expect(Math.abs(modifiedAt.getTime() - Date.now())).toBeLessThan(3_600_000);
      }
      for (const key of all) expect(String(await bytes(store, key))).toBe(key);
    });

    it("lists behind a key, the last of the page before", async () => {
      const all = ["a", "b-c/x", "b.txt", "b/c", "b/c.d", "b/d/e", "bb", "～", "🎬"];
      for (const key of all) await store.put(key, text(key));
      for (const [place, after] of all.entries()) {
        expect(await keys(store, "", after)).toEqual(all.slice(place + 1));
      }
      expect(await keys(store, "b/", "b/c")).toEqual(["b/c.d", "b/d/e"]);
      expect(await keys(store, "b/", "a")).toEqual(["b/c", "b/c.d", "b/d/e"]);
      expect(await keys(store, "b/", "c")).toEqual([]);
    });

    it("lists a few thousand objects once each", async () => {
      const many = Array.from({ length: 2100 }, (_, i) => `many/${String(i).padStart(4, "0")}`);
      for (let start = 0; start < many.length; start += 50) {
        await Promise.all(many.slice(start, start + 50).map((key) => store.put(key, text(key))));
      }
      expect(await keys(store, "many/")).toEqual(many);
    });

    it("removes an object and leaves its neighbours", async () => {
      for (const key of ["a/b/c", "a/b/d", "a/e"]) await store.put(key, text(key));
      await store.remove("a/b/c");
      await store.remove("a/b/c");
      expect(await store.get("a/b/c")).toBeUndefined();
      expect(await keys(store, "")).toEqual(["a/b/d", "a/e"]);
      await store.remove("a/b/d");
      await store.put("a/b", text("the name is free again"));
      expect(await keys(store, "")).toEqual(["a/b", "a/e"]);
    });

    it("stores a body whose digest was announced, and no other", async () => {
      const digest = sha256("announced");
      expect(await store.put("a", text("announced"), { sha256: digest })).toMatchObject({ sha256: digest });
      for (const body of [text("another"), new Uint8Array(10_000_000), repeat(new Uint8Array(70_000), 150)]) {
        await expect(store.put("a", body, { sha256: digest })).rejects.toMatchObject({
          code: "corrupt_data",
        });
      }
      expect(String(await bytes(store, "a"))).toBe("announced");
      expect(await keys(store, "")).toEqual(["a"]);
    });

    it.each(badKeys)("refuses the key %j", async (key) => {
      for (const call of [() => store.put(key, text("x")), () => store.get(key), () => store.remove(key)]) {
        await expect(call()).rejects.toMatchObject({ code: "invalid_input" });
      }
    });

    it("leaves nothing when the source fails half-way", async () => {
      const failing = (async function* () {
        yield new Uint8Array(100_000);
        throw new RangeError("the source broke");
      })();
      await expect(store.put("a", failing)).rejects.toThrow("the source broke");
      expect(await keys(store, "")).toEqual([]);
      expect(await store.get("a")).toBeUndefined();
    });

    it("leaves the former object when it is cancelled half-way", async () => {
      await store.put("a", text("former"));
      const cancel = new AbortController();
      const endless = (async function* () {
        yield new Uint8Array(100_000);
        setTimeout(() => cancel.abort(), 20);
        await new Promise(() => {});
      })();
      const putting = store.put("a", endless, { signal: cancel.signal });
      await expect(putting).rejects.toMatchObject({ code: "aborted" });
      expect(String(await bytes(store, "a"))).toBe("former");
      expect(await keys(store, "")).toEqual(["a"]);
      await expect(store.get("a", { signal: cancel.signal })).rejects.toMatchObject({ code: "aborted" });
    });
  });
}

/** What every {@link LocalObjectStore} must do besides. */
export function localObjectStoreContract({
  open,
}: {
  open(): Promise<{ store: LocalObjectStore; close(): Promise<void> }>;
}): void {
  describe("local object store contract", () => {
    let opened: Awaited<ReturnType<typeof open>>;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    it("gives a local file with the bytes of the object, the newest that it stored", async () => {
      const { store } = opened;
      for (const content of ["PAR1", "PAR1 and more", "PAR2"]) {
        await store.put("curated/x.parquet", text(content));
        const path = await store.localPath("curated/x.parquet");
        expect(await readFile(path, "utf8")).toBe(content);
        expect(path).toMatch(/x\.parquet$/);
      }
    });

    it("stores a file, in the place of a former object, and leaves it to its maker", async () => {
      const { store } = opened;
      const folder = await mkdtemp(join(tmpdir(), "tamis-test-"));
      const path = join(folder, "made");
      await writeFile(path, "PAR1 of a file");
      const sha256 = createHash("sha256").update("PAR1 of a file").digest("hex");
      await store.put("curated/x.parquet", text("former"));
      const stored = await store.putFile("curated/x.parquet", path, { sha256 });
      expect(stored).toEqual({ key: "curated/x.parquet", bytes: 14, sha256 });
      expect(await readFile(path, "utf8")).toBe("PAR1 of a file");
      await rm(folder, { recursive: true });
      expect(String(await bytes(store, "curated/x.parquet"))).toBe("PAR1 of a file");
      expect(await keys(store, "")).toEqual(["curated/x.parquet"]);
    });

    it("stores no file that is not there, nor under a bad key, nor when it is cancelled", async () => {
      const { store } = opened;
      const sha256 = createHash("sha256").digest("hex");
      const missing = store.putFile("a", "/no/such/file", { sha256 });
      await expect(missing).rejects.toMatchObject({ code: "not_found" });
      const bad = store.putFile("../a", "/no/such/file", { sha256 });
      await expect(bad).rejects.toMatchObject({ code: "invalid_input" });
      const late = store.putFile("a", "/no/such/file", { sha256, signal: AbortSignal.abort() });
      await expect(late).rejects.toMatchObject({ code: "aborted" });
      expect(await keys(store, "")).toEqual([]);
    });

    it("has no file for an object that does not exist, or not any more", async () => {
      const { store } = opened;
      await expect(store.localPath("a")).rejects.toMatchObject({ code: "not_found" });
      await store.put("a", text("x"));
      await store.localPath("a");
      await store.remove("a");
      await expect(store.localPath("a")).rejects.toMatchObject({ code: "not_found" });
      await expect(store.localPath("../a")).rejects.toMatchObject({ code: "invalid_input" });
    });
  });
}

const badKeys = [
  "",
  "/a",
  "a/",
  "a//b",
  ".",
  "..",
  "../a",
  "a/../b",
  "a/./b",
  "a\\b",
  "a\u0000b",
  "a\nb",
  "e\u0301",
  "\ud800",
  "x".repeat(901),
];

async function keys(store: ObjectStore, prefix: string, after?: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list(prefix, after === undefined ? {} : { after })) found.push(key);
  return found;
}

async function bytes(
  store: ObjectStore,
  key: string,
  range?: { start: number; length: number },
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const body = await store.get(key, range === undefined ? {} : { range });
  expect(body, key).toBeDefined();
  for await (const chunk of body!) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* repeat(chunk: Uint8Array, times: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < times; i++) yield chunk;
}

function text(content: string): Uint8Array {
  return Buffer.from(content);
}

function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
