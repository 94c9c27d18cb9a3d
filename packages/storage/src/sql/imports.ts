import { type RejectReason, type Scale, TamisError } from "@tamis/core";
import type { Records } from "./schema.ts";

/** One entry of the import ledger. */
export interface Import {
  readonly importId: string;
  /** The file or folder, as the user named it. */
  readonly source: string;
  /** Digest of the bytes read and of the options that change their meaning. */
  readonly sourceDigest: string;
  /** What the source was taken for: `ml-100k`, `ratings-csv`… */
  readonly layout: string;
  readonly status: "running" | "finished" | "failed" | "cancelled";
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly message: string | null;
  /** Present when it finished. */
  readonly outcome: ImportOutcome | null;
}

export interface ImportOutcome {
  readonly rows: number;
  readonly rejected: number;
  readonly rejectedByReason: Readonly<Partial<Record<RejectReason, number>>>;
  readonly users: number;
  readonly items: number;
  readonly scale: Scale;
  readonly snapshot: string;
}

export type NewImport = Pick<Import, "importId" | "source" | "sourceDigest" | "layout" | "startedAt">;

export async function beginImport(_records: Records, _entry: NewImport): Promise<void> {
  throw new TamisError("unsupported", "beginImport is being written.");
}

export async function finishImport(
  _records: Records,
  _importId: string,
  _outcome: ImportOutcome,
  _endedAt: Date,
): Promise<void> {
  throw new TamisError("unsupported", "finishImport is being written.");
}

/** Closes an import that did not come to its end; `message` says why. */
export async function failImport(
  _records: Records,
  _importId: string,
  _failure: { readonly status: "failed" | "cancelled"; readonly message: string; readonly endedAt: Date },
): Promise<void> {
  throw new TamisError("unsupported", "failImport is being written.");
}

export async function findImport(_records: Records, _importId: string): Promise<Import | undefined> {
  throw new TamisError("unsupported", "findImport is being written.");
}

/** The latest finished import of the same bytes, if any. */
export async function findFinishedImport(
  _records: Records,
  _sourceDigest: string,
): Promise<Import | undefined> {
  throw new TamisError("unsupported", "findFinishedImport is being written.");
}

/** Imports, newest first. */
export async function listImports(_records: Records, _limit = 50): Promise<Import[]> {
  throw new TamisError("unsupported", "listImports is being written.");
}
