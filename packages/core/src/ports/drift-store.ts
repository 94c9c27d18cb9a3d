import type { Json } from "../json.ts";

/** Remembers baselines and what was found by comparing with them. Nothing that was added is changed or lost. */
export interface DriftStore {
  /** Adds the next version of a baseline: 1, 2, 3… by name. */
  addBaseline(baseline: NewDriftBaseline): Promise<StoredDriftBaseline>;
  /** One version, the newest without a number; `undefined` when there is none. */
  findBaseline(name: string, version?: number): Promise<StoredDriftBaseline | undefined>;
  /** All versions, newest first, without their documents. */
  listBaselines(name: string): Promise<Omit<StoredDriftBaseline, "document">[]>;
  /** Adds a report. */
  addReport(report: NewDriftReport): Promise<StoredDriftReport>;
  /** Reports, newest first. */
  listReports(filter: DriftReportFilter): Promise<StoredDriftReport[]>;
}

export interface NewDriftBaseline {
  /** What it is a baseline of. */
  readonly name: string;
  /** SHA-256 of the document, 64 hexadecimal digits. */
  readonly digest: string;
  /** Digest of the snapshot it was taken from. */
  readonly snapshot: string | null;
  readonly document: Json;
  /** Who took it. */
  readonly createdBy: string;
}

export interface StoredDriftBaseline extends NewDriftBaseline {
  readonly version: number;
  readonly createdAt: Date;
}

export interface NewDriftReport {
  /** Name and version of the baseline. */
  readonly baseline: string;
  readonly baselineVersion: number;
  readonly profile: string;
  readonly verdict: string;
  readonly document: Json;
}

export interface StoredDriftReport extends NewDriftReport {
  readonly id: string;
  readonly createdAt: Date;
}

export interface DriftReportFilter {
  readonly baseline?: string | undefined;
  readonly profile?: string | undefined;
  /** @default 20 */
  readonly limit?: number | undefined;
}
