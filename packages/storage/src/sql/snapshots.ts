import { type Scale, TamisError } from "@tamis/core";
import type { Records } from "./schema.ts";

/** What the records know of a snapshot; its files are in the object store. */
export interface SnapshotRecord {
  /** SHA-256 of the snapshot, 64 hexadecimal digits. */
  readonly digest: string;
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

/** Remembers a snapshot; adding the same digest again changes nothing. */
export async function addSnapshot(_records: Records, _snapshot: SnapshotRecord): Promise<void> {
  throw new TamisError("unsupported", "addSnapshot is being written.");
}

/** @throws not_found */
export async function makeCurrent(_records: Records, _digest: string): Promise<void> {
  throw new TamisError("unsupported", "makeCurrent is being written.");
}

export async function currentSnapshot(_records: Records): Promise<SnapshotRecord | undefined> {
  throw new TamisError("unsupported", "currentSnapshot is being written.");
}

export async function findSnapshot(_records: Records, _digest: string): Promise<SnapshotRecord | undefined> {
  throw new TamisError("unsupported", "findSnapshot is being written.");
}

/** Snapshots, newest first. */
export async function listSnapshots(_records: Records, _limit = 50): Promise<SnapshotRecord[]> {
  throw new TamisError("unsupported", "listSnapshots is being written.");
}
