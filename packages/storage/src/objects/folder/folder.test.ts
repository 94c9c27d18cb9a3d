import { createHash } from "node:crypto";
import { readdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startModule } from "../../testing/start-module.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { mountTinyDisk } from "../../testing/tiny-disk.ts";
import { openFolder } from "./folder.ts";

async function keys(store: Awaited<ReturnType<typeof openFolder>>) {
  const found: string[] = [];
  for await (const { key } of store.list("")) found.push(key);
  return found;
}

describe("openFolder", () => {
  it("keeps an object as a plain file of the same name", async () => {
    const path = join(await temporaryFolder(), "new", "lake");
    const store = await openFolder({ path });
    await store.put("raw/été.txt", Buffer.from("x"));
    expect(await store.localPath("raw/été.txt")).toBe(join(path, "raw", "été.txt"));
    expect(await readdir(join(path, ".tmp"))).toEqual([]);
  });

  it("does not show, read or write its temporary files", async () => {
    const path = await temporaryFolder();
    const store = await openFolder({ path });
    await writeFile(join(path, ".tmp", "half"), "half");
    expect(await keys(store)).toEqual([]);
    await expect(store.get(".tmp/half")).rejects.toMatchObject({ code: "invalid_input" });
  });

  it("removes what killed processes left, after a day", async () => {
    const path = await temporaryFolder();
    await openFolder({ path });
    for (const [name, hours] of [
      ["old", 25],
      ["young", 23],
    ] as const) {
      await writeFile(join(path, ".tmp", name), "half");
      const then = new Date(Date.now() - hours * 3_600_000);
      await utimes(join(path, ".tmp", name), then, then);
    }
    await openFolder({ path });
    expect(await readdir(join(path, ".tmp"))).toEqual(["young"]);
  });

  it("follows no symbolic link, to a file or on the way", async () => {
    const outside = await temporaryFolder();
    await writeFile(join(outside, "secret"), "secret");
    const path = await temporaryFolder();
    const store = await openFolder({ path });
    await symlink(outside, join(path, "away"));
    await symlink(join(outside, "secret"), join(path, "link"));
    for (const call of [
      () => store.get("link"),
      () => store.get("away/secret"),
      () => store.localPath("away/secret"),
      () => store.put("away/new", Buffer.from("x")),
      () => store.put("away/deep/new", Buffer.from("x")),
      () => store.remove("away/secret"),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "forbidden" });
    }
    expect(await readdir(outside)).toEqual(["secret"]);
    expect(await keys(store)).toEqual([]);
    await store.put("link", Buffer.from("mine now"));
    expect(await readdir(outside)).toEqual(["secret"]);
  });

  it("says so when one key is the folder of another", async () => {
    const store = await openFolder({ path: await temporaryFolder() });
    await store.put("a", Buffer.from("x"));
    await expect(store.put("a/b", Buffer.from("x"))).rejects.toMatchObject({ code: "conflict" });
    await store.put("c/d", Buffer.from("x"));
    await expect(store.put("c", Buffer.from("x"))).rejects.toMatchObject({ code: "conflict" });
    await expect(store.put("c", Buffer.from("x"), { ifAbsent: true })).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await store.get("c")).toBeUndefined();
    expect(await store.get("a/b")).toBeUndefined();
    expect(await keys(store)).toEqual(["a", "c/d"]);
  });

  it("refuses a root that is a file", async () => {
    const path = join(await temporaryFolder(), "file");
    await writeFile(path, "x");
    await expect(openFolder({ path })).rejects.toMatchObject({ code: "configuration" });
  });

  it("puts and removes in one folder at once without losing an object", async () => {
    const store = await openFolder({ path: await temporaryFolder() });
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        await store.put(`same/${i}`, Buffer.from("x"));
        if (i % 2) await store.remove(`same/${i}`);
      }),
    );
    expect(await keys(store)).toHaveLength(20);
  });

  it("leaves the former object when the process is killed half-way", async () => {
    const path = await temporaryFolder();
    const store = await openFolder({ path });
    await store.put("a", Buffer.from("former"));
    const writer = startModule(`
      import { openFolder } from "${new URL("./folder.ts", import.meta.url).href}";
      const store = await openFolder({ path: ${JSON.stringify(path)} });
      await store.put("a", (async function* () {
        yield new Uint8Array(1_000_000);
        console.log("half-way");
        setInterval(() => {}, 1000);
        await new Promise(() => {});
      })());`);
    expect(await writer.nextLine()).toBe("half-way");
    writer.child.kill("SIGKILL");
    await writer.exit;
    expect(await keys(store)).toEqual(["a"]);
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await store.get("a"))!) chunks.push(chunk);
    expect(String(Buffer.concat(chunks))).toBe("former");
  });

  it("gives a file of the same disk one more name, and copies that of another", async ({ skip }) => {
    const path = await temporaryFolder();
    const reason = mountTinyDisk(path, 2);
    if (reason !== undefined) return skip(reason);
    const store = await openFolder({ path: join(path, "store") });
    const sha256 = createHash("sha256").update("made").digest("hex");
    for (const [folder, names] of [
      [path, 2],
      [await temporaryFolder(), 1],
    ] as const) {
      const file = join(folder, "made");
      await writeFile(file, "made");
      await store.putFile("a/made", file, { sha256 });
      expect((await stat(await store.localPath("a/made"))).nlink).toBe(names);
      expect(await readFile(await store.localPath("a/made"), "utf8")).toBe("made");
    }
    expect(await readdir(join(path, "store", ".tmp"))).toEqual([]);
  });

  it("says no_space on a full disk, and leaves no part of the object", async ({ skip }) => {
    const path = await temporaryFolder();
    const reason = mountTinyDisk(path, 2);
    if (reason !== undefined) return skip(reason);
    const store = await openFolder({ path });
    await store.put("small", Buffer.from("small"));
    const large = new Uint8Array(4_000_000);
    await expect(store.put("large", large)).rejects.toMatchObject({
      code: "no_space",
      message: expect.stringMatching(/large: the disk is full/),
      cause: expect.any(Error),
    });
    expect(await keys(store)).toEqual(["small"]);
    expect(await readdir(join(path, ".tmp"))).toEqual([]);
    await store.put("fits", large.subarray(0, 1_000_000));
  });
});
