import { type Reject, type RejectReason, TamisError } from "@tamis/core";
import type { Records } from "./schema.ts";

export interface ListRejectsOptions {
  readonly importId?: string | undefined;
  readonly reason?: RejectReason | undefined;
  /** @default 50 */
  readonly limit?: number | undefined;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
}

export type StoredReject = Reject & { readonly importId: string };

export interface RejectPage {
  readonly rejects: StoredReject[];
  readonly next: string | null;
}

export async function addRejects(
  _records: Records,
  _importId: string,
  _rejects: Iterable<Reject>,
): Promise<void> {
  throw new TamisError("unsupported", "addRejects is being written.");
}

/** Forgets the rejects of an import, so that its next try starts clean. */
export async function removeRejects(_records: Records, _importId: string): Promise<void> {
  throw new TamisError("unsupported", "removeRejects is being written.");
}

/** Rejects in the order they were added. */
export async function listRejects(_records: Records, _options: ListRejectsOptions = {}): Promise<RejectPage> {
  throw new TamisError("unsupported", "listRejects is being written.");
}

/** Number of rejects by reason, of one import or of all. */
export async function countRejects(
  _records: Records,
  _importId?: string,
): Promise<Partial<Record<RejectReason, number>>> {
  throw new TamisError("unsupported", "countRejects is being written.");
}
