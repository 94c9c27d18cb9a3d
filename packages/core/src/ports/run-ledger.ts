import type { ErrorCode } from "../errors.ts";
import type { Json } from "../json.ts";
import type { Interval } from "../pipeline/interval.ts";
import type { PipelineConfig } from "../pipeline/pipeline.ts";
import type { Progress } from "../progress.ts";

/**
 * Remembers which run of which pipeline is done, who works on it, and how far it came. A run is identified by
 * (pipeline, interval start, interval end, configuration): there is one entry for each, so each is done once.
 *
 * Who works on a run holds a lease on it. A lease that is not renewed in time may be taken over; the token of the
 * lease goes up with each claim, and every later word of the former holder is refused with `conflict`. Leases
 * run by the ledger's clock alone, so that the clocks of workers need not agree.
 */
export interface RunLedger {
  /**
   * Takes a run, new or not yet done, for `leaseMs`; or says why not. Of several at once, one gets it.
   *
   * @throws invalid_input for an interval whose start does not come before its end, or a configuration that is no JSON
   */
  claim(run: RunKey, options: ClaimOptions): Promise<Claim>;
  /**
   * Lengthens the lease to `leaseMs` from now and keeps the progress for whoever looks.
   *
   * @throws conflict when the run was taken over or has ended
   */
  renew(lease: Lease, leaseMs: number, progress?: Progress): Promise<{ readonly cancelRequested: boolean }>;
  /**
   * Writes what happened, all of it or nothing. The same entry again changes nothing.
   *
   * @returns for the end of a run, what it means for the pipeline's incident; else null.
   * @throws conflict when the run was taken over or has ended
   */
  record(lease: Lease, entry: LedgerEntry): Promise<IncidentChange | null>;
}

/** What makes two runs the same run. */
export interface RunKey {
  readonly pipeline: string;
  readonly interval: Interval;
  readonly config: PipelineConfig;
}

export interface ClaimOptions {
  readonly leaseMs: number;
  /** Also takes a run that failed or was cancelled, to go on where it stopped. @default false */
  readonly resume?: boolean;
}

export interface Lease {
  readonly runId: string;
  readonly token: number;
}

export type Claim =
  | {
      readonly outcome: "claimed";
      readonly lease: Lease;
      /** Outputs of the steps that are done. */
      readonly outputs: Readonly<Record<string, Json>>;
      /** The number of the last attempt of each step that was tried. */
      readonly attempts: Readonly<Record<string, number>>;
      /** How many workers in a row died at this run. */
      readonly lostWorkers: number;
    }
  | {
      readonly outcome: "already_done";
      readonly runId: string;
      readonly outputs: Readonly<Record<string, Json>>;
    }
  | { readonly outcome: "held"; readonly runId: string; readonly worker: string; readonly until: Date }
  | { readonly outcome: "ended"; readonly runId: string; readonly status: "failed" | "cancelled" };

/** Why something ended badly, in a form that can be stored and shown. */
export interface Failure {
  /** `internal`: the error of a program, not of Tamis. */
  readonly code: ErrorCode | "internal";
  readonly message: string;
}

export type LedgerEntry =
  | { readonly type: "step_started"; readonly step: string; readonly attempt: number }
  | {
      readonly type: "step_finished";
      readonly step: string;
      readonly attempt: number;
      /** Canonical JSON, and its SHA-256. */
      readonly output: string;
      readonly outputDigest: string;
    }
  | {
      readonly type: "step_failed" | "step_cancelled";
      readonly step: string;
      readonly attempt: number;
      readonly failure: Failure;
    }
  | { readonly type: "run_finished" }
  /** `run_released`: it waits for another worker, at once. */
  | { readonly type: "run_failed" | "run_cancelled" | "run_released"; readonly failure: Failure };

/**
 * An incident of a pipeline begins with a failed run and ends with the next run that finishes, of whatever
 * interval: one alert at its beginning and one at its end are enough.
 */
export interface IncidentChange {
  readonly incidentId: string;
  readonly change: "opened" | "continued" | "closed";
}
