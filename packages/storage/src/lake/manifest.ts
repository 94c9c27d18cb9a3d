import { createHash } from "node:crypto";
import { type Scale, TamisError } from "@tamis/core";
import { z } from "zod";

const digest = z.string().regex(/^[0-9a-f]{64}$/);

const ManifestJson = z.object({
  schema_version: z.literal(1),
  digest,
  rows: z.number().int(),
  users: z.number().int(),
  items: z.number().int(),
  scale: z.object({ min: z.number(), max: z.number() }),
  source: z.object({ name: z.string(), digest }),
  parent: digest.nullable(),
  run: z.string().nullable().default(null),
  created_at: z.iso.datetime(),
  files: z.array(z.object({ name: z.string(), sha256: digest, bytes: z.number().int() })),
});

/** One file of a snapshot. */
export interface SnapshotFile {
  readonly name: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * What a snapshot is: an immutable set of Parquet files under `curated/`. It exists once its manifest does.
 *
 * `digest` is the SHA-256 of its schema version, scale and files, so the same content is the same snapshot
 * whoever made it, and when; `parent` is the snapshot it was added to, `null` when it began anew.
 */
export interface SnapshotManifest {
  readonly digest: string;
  readonly rows: number;
  /** Users who rated, items that are rated. */
  readonly users: number;
  readonly items: number;
  readonly scale: Scale;
  readonly source: { readonly name: string; readonly digest: string };
  readonly parent: string | null;
  /** Id of the import that made it; `null` in manifests of early versions. */
  readonly run: string | null;
  readonly createdAt: Date;
  readonly files: readonly SnapshotFile[];
}

/** The version of the files' layout this code writes and reads. */
const schemaVersion = 1;

/** The digest of a snapshot with these files: 64 hexadecimal digits. */
export function snapshotDigest(scale: Scale, files: readonly SnapshotFile[]): string {
  const content = {
    files: Object.fromEntries([...files].sort(byName).map(({ name, sha256 }) => [name, sha256])),
    scale: { max: scale.max, min: scale.min },
    schema_version: schemaVersion,
  };
  return createHash("sha256").update(JSON.stringify(content)).digest("hex");
}

/** The manifest as the JSON document that is stored. */
export function formatManifest(manifest: SnapshotManifest): string {
  const { digest, rows, users, items, scale, source, parent, run, createdAt, files } = manifest;
  const document = {
    schema_version: schemaVersion,
    digest,
    rows,
    users,
    items,
    scale,
    source,
    parent,
    run,
    created_at: createdAt.toISOString(),
    files,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/**
 * Reads a manifest back.
 *
 * @param key - where it was stored, for the message.
 * @throws unsupported for a later schema version; corrupt_data for anything else that is no manifest
 */
export function parseManifest(text: string, key: string): SnapshotManifest {
  const document = parseJson(text);
  const version = (document as { schema_version?: unknown } | undefined)?.schema_version;
  if (typeof version === "number" && version > schemaVersion) {
    throw new TamisError(
      "unsupported",
      `The snapshot ${key} has schema version ${version}; this Tamis reads up to ${schemaVersion}. Update Tamis.`,
      { details: { key, version } },
    );
  }
  const parsed = ManifestJson.safeParse(document);
  if (!parsed.success) {
    throw new TamisError("corrupt_data", `The object ${key} is not a snapshot manifest.`, {
      details: { key },
      cause: parsed.error,
    });
  }
  const { schema_version: _, created_at, ...rest } = parsed.data;
  return { ...rest, createdAt: new Date(created_at) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function byName(a: SnapshotFile, b: SnapshotFile): number {
  return a.name < b.name ? -1 : 1;
}
