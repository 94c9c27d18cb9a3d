import { type Scale, TamisError } from "@tamis/core";
import type { Selectable } from "kysely";
import type { Records, Schema } from "./schema.ts";

/** What the records know of a snapshot; its files are in the object store. */
export interface SnapshotRecord {
  /** SHA-256 of the snapshot, 64 hexadecimal digits. */
  readonly digest: string;
  /** The snapshot it was made from by adding to it. */
  readonly parent: string | null;
  /** Key of its manifest in the object store. */
  readonly manifestKey: string;
  readonly rows: number;
  readonly users: number;
  readonly items: number;
  readonly scale: Scale;
  readonly importId: string | null;
  readonly createdAt: Date;
}

/** Remembers a snapshot; adding the same digest again changes nothing, for a snapshot never changes. */
export async function addSnapshot(records: Records, snapshot: SnapshotRecord): Promise<void> {
  await records
    .insertInto("snapshots")
    .values({
      digest: snapshot.digest,
      parent: snapshot.parent,
      manifest_key: snapshot.manifestKey,
      rows: snapshot.rows,
      users: snapshot.users,
      items: snapshot.items,
      scale_min: snapshot.scale.min,
      scale_max: snapshot.scale.max,
      import_id: snapshot.importId,
      created_at: snapshot.createdAt,
    })
    .onConflict((conflict) => conflict.column("digest").doNothing())
    .execute();
}

/**
 * Makes a snapshot the one that training takes when none is named.
 *
 * @throws not_found
 */
export async function makeCurrent(records: Records, digest: string): Promise<void> {
  if ((await findSnapshot(records, digest)) === undefined) {
    throw new TamisError("not_found", `There is no snapshot ${digest}. Import a ratings file to make one.`);
  }
  await records
    .insertInto("snapshot_aliases")
    .values({ alias: "current", digest })
    .onConflict((conflict) => conflict.column("alias").doUpdateSet({ digest }))
    .execute();
}

/** The current snapshot, `undefined` before the first import. */
export async function currentSnapshot(records: Records): Promise<SnapshotRecord | undefined> {
  const row = await records
    .selectFrom("snapshots")
    .innerJoin("snapshot_aliases", "snapshot_aliases.digest", "snapshots.digest")
    .selectAll("snapshots")
    .where("snapshot_aliases.alias", "=", "current")
    .executeTakeFirst();
  return row && toSnapshot(row);
}

export async function findSnapshot(records: Records, digest: string): Promise<SnapshotRecord | undefined> {
  const row = await records
    .selectFrom("snapshots")
    .selectAll()
    .where("digest", "=", digest)
    .executeTakeFirst();
  return row && toSnapshot(row);
}

/** Snapshots, newest first. */
export async function listSnapshots(records: Records, limit = 50): Promise<SnapshotRecord[]> {
  const rows = await records
    .selectFrom("snapshots")
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("digest")
    .limit(limit)
    .execute();
  return rows.map(toSnapshot);
}

function toSnapshot(row: Selectable<Schema["snapshots"]>): SnapshotRecord {
  return {
    digest: row.digest,
    parent: row.parent,
    manifestKey: row.manifest_key,
    rows: row.rows,
    users: row.users,
    items: row.items,
    scale: { min: row.scale_min, max: row.scale_max },
    importId: row.import_id,
    createdAt: new Date(row.created_at),
  };
}
