import { access, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type OpenOptions, openTamis } from "./open.ts";
import { migrations, schemaVersion } from "./sql/migrate.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

async function options(): Promise<OpenOptions> {
  const dataDir = join(await temporaryFolder(), "new", "l’été 🎬");
  return { dataDir, records: `sqlite:${dataDir}/tamis.db`, objects: `file:${dataDir}/lake` };
}

async function open(config: OpenOptions) {
  const tamis = await openTamis(config);
  onTestFinished(() => tamis.close());
  return tamis;
}

describe("openTamis", () => {
  it("makes the folder, the records with their schema, the objects and a warehouse", async () => {
    const config = await options();
    const tamis = await open(config);
    expect(await schemaVersion(tamis.records)).toBe(migrations.length);
    await tamis.objects.put("raw/x", Buffer.from("x"));
    expect(await tamis.warehouse.query("select 1 as one")).toEqual([{ one: 1 }]);
    expect(await readdir(config.dataDir)).toEqual(expect.arrayContaining(["lake", "tamis.db"]));
  });

  it("opens again what it made, and twice at once", async () => {
    const config = await options();
    const first = await open(config);
    await first.objects.put("raw/x", Buffer.from("x"));
    const second = await open(config);
    expect(await second.objects.get("raw/x")).toBeDefined();
    await first.close();
    await first.close();
    expect(await schemaVersion(second.records)).toBe(migrations.length);
  });

  it("opens stores that are apart from the data dir", async () => {
    const elsewhere = await temporaryFolder();
    const config = {
      ...(await options()),
      records: `sqlite:${elsewhere}/deep/a.db`,
      objects: `file:${elsewhere}/b`,
    };
    await open(config);
    expect((await readdir(elsewhere)).sort()).toEqual(["b", "deep"]);
  });

  it.each([
    ["records", "postgres:", /records: “postgres:” is not understood; give sqlite:PATH or postgres:\/\/USER/],
    [
      "records",
      "mysql://tamis:se/secret@cr?t@db/tamis?password=secret",
      /“mysql:\/\/\*\*\*@db\/tamis\?password=\*\*\*” is/,
    ],
    [
      "records",
      "mysql://tamis:secret@db/tamis",
      /records: “mysql:\/\/\*\*\*@db\/tamis” is not understood; give sqlite:PATH/,
    ],
    ["records", "sqlite:", /records: “sqlite:” is not understood/],
    ["records", "tamis.db", /records: “tamis.db” is not understood/],
    ["records", "constructor:x", /not understood/],
    ["objects", "s3://key:secret@bucket/prefix", /must hold no credentials: give them as AWS_ACCESS_KEY_ID/],
    ["objects", "s3://bucket?secret_access_key=secret", /must hold no credentials/],
    ["objects", "s3://bucket?endpoint=http://key:secret@host", /must hold no credentials/],
    ["objects", "s3://Bucket%20/x", /a bucket's name has 3 to 63 lower-case letters/],
    ["objects", "s3://bucket/a/../../b//c", /its prefix is no part of a key/],
    ["objects", "s3://bucket?regoin=x", /“regoin” is not one of endpoint, region/],
    ["objects", "s3://bucket?endpoint=host:9000", /endpoint is not an http:\/\/ or https:\/\/ address/],
    ["objects", "s3://bucket?cache_ttl=1", /cache_ttl is not a whole number with s, m, h or d/],
    ["objects", "/lake", /objects: “\/lake” is not understood; give file:PATH or s3:\/\/BUCKET\/PREFIX/],
  ])("refuses %s=%s before it makes anything", async (setting, url, message) => {
    const config = await options();
    const opening = openTamis({ ...config, [setting]: url });
    await expect(opening).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringMatching(message),
    });
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining("secret") });
    await expect(access(config.dataDir)).rejects.toThrow("ENOENT");
  });

  it("says what is in the way when the data dir is a file", async () => {
    const dataDir = join(await temporaryFolder(), "file");
    await writeFile(dataDir, "x");
    const opening = openTamis({ ...(await options()), dataDir });
    await expect(opening).rejects.toMatchObject({
      code: "configuration",
      message: expect.stringContaining(dataDir),
    });
  });

  it("says corrupt_data when the records are no database", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "tamis.db"), "not a database, though long enough to look at".repeat(50));
    const config = { ...(await options()), records: `sqlite:${folder}/tamis.db` };
    await expect(openTamis(config)).rejects.toMatchObject({ code: "corrupt_data" });
  });
});
