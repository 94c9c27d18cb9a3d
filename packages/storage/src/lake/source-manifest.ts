import { type ObjectStore, TamisError } from "@tamis/core";
import { z } from "zod";
import type { SnapshotFile } from "./manifest.ts";
import { readText } from "./read-text.ts";
import { zones } from "./zones.ts";

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const file = z.object({ name: z.string(), sha256: digest, bytes: z.number().int() });

const SourceManifestJson = z.object({
  schema_version: z.literal(1),
  digest,
  source: z.string(),
  layout: z.string(),
  settings: z.record(z.string(), z.unknown()),
  rows: z.number().int(),
  raw: z.array(file.extend({ role: z.string(), key: z.string() })),
  files: z.array(file),
  run: z.string(),
  created_at: z.iso.datetime(),
});

/** A file as it came, in the raw zone. */
export interface RawFile extends SnapshotFile {
  /** What it holds: `ratings`, `movies`… */
  readonly role: string;
  readonly key: string;
}

/**
 * What an import read and made of it: the raw files with their digests, how they were read, and the files in the
 * processed zone. `digest` is that of the bytes and of the settings that change their meaning.
 */
export interface SourceManifest {
  readonly digest: string;
  readonly source: string;
  readonly layout: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Ratings that were accepted. */
  readonly rows: number;
  readonly raw: readonly RawFile[];
  readonly files: readonly SnapshotFile[];
  /** Id of the import. */
  readonly run: string;
  readonly createdAt: Date;
}

/** The manifest as the JSON document that is stored. */
export function formatSourceManifest({ createdAt, ...manifest }: SourceManifest): string {
  const document = { schema_version: 1, ...manifest, created_at: createdAt.toISOString() };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/**
 * The manifest of a source, `undefined` when there is none: it was imported by an early version, or not at all.
 *
 * @throws corrupt_data when the object is no such manifest
 */
export async function findSourceManifest(
  objects: ObjectStore,
  sourceDigest: string,
): Promise<SourceManifest | undefined> {
  const key = zones.processed(sourceDigest, "manifest.json");
  const text = await readText(objects, key);
  if (text === undefined) return undefined;
  try {
    const { schema_version: _, created_at, ...rest } = SourceManifestJson.parse(JSON.parse(text));
    return { ...rest, createdAt: new Date(created_at) };
  } catch (cause) {
    throw new TamisError("corrupt_data", `The object ${key} is not the manifest of a source.`, {
      details: { key },
      cause,
    });
  }
}
