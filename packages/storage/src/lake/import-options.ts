import type { OnProgress, RejectReason, Scale } from "@tamis/core";
import type { TextEncoding } from "../load/delimited-batch.ts";
import type { RatingColumnNames } from "../load/ratings-file.ts";
import type { DuplicatePolicy } from "./resolve-duplicates.ts";

export interface ImportOptions {
  /** Add to the current data set instead of replacing it; of a pair in both, the new rating stays. @default false */
  readonly append?: boolean | undefined;
  /** How text is encoded. @default detected */
  readonly encoding?: TextEncoding | undefined;
  /** What becomes of several ratings of one pair of user and item, see `resolveDuplicates`. @default "last" */
  readonly duplicates?: DuplicatePolicy | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Phases: `landing`, `reading` (bytes), `duplicates`, `snapshot`, `serving` (rows). */
  readonly onProgress?: OnProgress | undefined;
  readonly now?: (() => Date) | undefined;
}

/** What an import did. */
export interface ImportResult {
  readonly importId: string;
  /** Ratings of this source that were accepted. */
  readonly rows: number;
  /** Rows of this source that were refused; each is in the table `rejects`. */
  readonly rejected: number;
  readonly rejectedByReason: Readonly<Partial<Record<RejectReason, number>>>;
  /** Users who rated and rated items of the data set, after the import. */
  readonly users: number;
  readonly items: number;
  /** Digest of the snapshot that holds the data set now. */
  readonly snapshot: string;
  readonly scale: Scale;
  /** Which columns of the file were taken for what; absent when its layout is known, as that of MovieLens. */
  readonly columns?: RatingColumnNames | undefined;
  /** The same bytes were imported before, the same way, and are the data set still: nothing was written. */
  readonly unchanged: boolean;
  readonly seconds: number;
}
