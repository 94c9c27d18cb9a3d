import { randomUUID } from "node:crypto";
import { access, constants, rm, statfs, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import type { Tamis } from "@tamis/storage";
import type { Context } from "./context.ts";
import { modelName } from "./model-document.ts";

/** What one check found. `skipped`: there is nothing to check yet. */
export interface Finding {
  readonly check: string;
  readonly status: "ok" | "failed" | "skipped";
  readonly detail: string;
}

/** Checks the machine and the stores, one after the other; a check that fails does not stop the next. */
export async function diagnose(context: Context): Promise<Finding[]> {
  const { dataDir } = context.config;
  const findings = [
    await check("node", checkNode),
    await check("sqlite driver", () => checkDriver("better-sqlite3")),
    await check("duckdb driver", () => checkDriver("@duckdb/node-api")),
    await check("data folder", () => checkFolder(dataDir)),
  ];
  if (!(await exists(dataDir))) {
    const detail = `${dataDir} does not exist yet; the first import creates it`;
    return [...findings, { check: "stores", status: "skipped", detail }];
  }
  let tamis: Tamis | undefined;
  findings.push(
    await check("records", async () => {
      tamis = await context.tamis();
      return describeRecords(tamis);
    }),
  );
  if (!tamis) return findings;
  const stores = tamis;
  return [
    ...findings,
    await check("objects", () => checkObjects(stores)),
    await check("snapshot", () => checkSnapshot(stores)),
    await check("champion", () => checkChampion(stores)),
  ];
}

/** A check returns a sentence, or `skipped` with one; it fails by throwing. */
type Check = () => Promise<string | { skipped: string }>;

async function check(name: string, work: Check): Promise<Finding> {
  try {
    const found = await work();
    return typeof found === "string"
      ? { check: name, status: "ok", detail: found }
      : { check: name, status: "skipped", detail: found.skipped };
  } catch (error) {
    return { check: name, status: "failed", detail: (error as Error).message };
  }
}

async function checkNode(): Promise<string> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return process.versions.node;
  throw new Error(`Node ${process.versions.node} is too old; install 20.19 or later`);
}

async function checkDriver(name: string): Promise<string> {
  try {
    await import(name);
  } catch (error) {
    throw new Error(`cannot be loaded (${(error as Error).message}); install it with: npm install ${name}`);
  }
  const { version } = createRequire(import.meta.url)(`${name}/package.json`) as { version: string };
  return `${name} ${version}`;
}

async function checkFolder(dataDir: string): Promise<string> {
  const folder = (await exists(dataDir)) ? dataDir : resolve(dataDir, "..");
  const probe = join(folder, `.tamis-doctor-${randomUUID()}`);
  try {
    await access(folder, constants.W_OK);
    await writeFile(probe, "");
    await rm(probe);
  } catch (error) {
    throw new Error(
      `${folder} cannot be written (${(error as NodeJS.ErrnoException).code}); choose another --data-dir`,
    );
  }
  const { bavail, bsize } = await statfs(folder);
  const gigabytes = (bavail * bsize) / 1e9;
  if (gigabytes < 0.1) throw new Error(`${folder} has ${gigabytes.toFixed(2)} GB left; free some space`);
  return `${folder} is writable, ${gigabytes.toFixed(1)} GB free`;
}

async function describeRecords({ records }: Tamis): Promise<string> {
  const { countStats, schemaVersion } = await import("@tamis/storage");
  const { users, items, ratings } = await countStats(records);
  return `schema version ${await schemaVersion(records)}, ${ratings} ratings of ${items} items by ${users} users`;
}

async function checkObjects({ objects }: Tamis): Promise<string> {
  const key = `doctor/${randomUUID()}`;
  const written = new TextEncoder().encode(key);
  await objects.put(key, written);
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await objects.get(key)) ?? []) chunks.push(chunk);
  const read = Buffer.concat(chunks);
  await objects.remove(key);
  if (!read.equals(written)) throw new Error("the object store gave back other bytes than were stored");
  return "stores, reads and removes";
}

async function checkSnapshot(tamis: Tamis): Promise<string | { skipped: string }> {
  const { currentManifest, readSnapshot } = await import("@tamis/storage");
  if (!(await currentManifest(tamis))) return { skipped: "none yet; import one with: tamis import" };
  const { manifest, table } = await readSnapshot(tamis, "current");
  return `${manifest.digest.slice(0, 12)} is whole: ${table.length} ratings`;
}

async function checkChampion({ objects, records }: Tamis): Promise<string | { skipped: string }> {
  const { loadChampion } = await import("@tamis/ml");
  const { modelCatalog } = await import("@tamis/storage");
  const champion = await loadChampion({ objects, catalog: modelCatalog(records) }, modelName);
  if (!champion) return { skipped: "none yet; train one with: tamis train" };
  return `version ${champion.version.version} (${champion.version.algorithm}) loads`;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
