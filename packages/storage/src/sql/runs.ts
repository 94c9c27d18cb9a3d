import { type Id, type RunStatus, type RunTracker, TamisError } from "@tamis/core";
import type { Records } from "./schema.ts";

export interface RunTrackerOptions {
  readonly now?: () => Date;
  /** @default a UUID version 7 */
  readonly newId?: () => string;
  /** Version of the program and facts of the machine, kept with each run. */
  readonly codeVersion?: string | undefined;
  readonly host?: Readonly<Record<string, string | number>> | undefined;
}

export interface Run {
  readonly runId: string;
  readonly experiment: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly snapshot: string | null;
  readonly seed: number | null;
  readonly tags: Readonly<Record<string, Id>>;
  readonly codeVersion: string | null;
  readonly host: Readonly<Record<string, string | number>> | null;
  readonly message: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** The value at the highest step of each metric. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface ListRunsOptions {
  readonly experiment?: string | undefined;
  readonly status?: RunStatus | undefined;
  readonly snapshot?: string | undefined;
  /** Only runs whose metric is inside [min, max], both ends included. */
  readonly metric?: { readonly name: string; readonly min?: number; readonly max?: number } | undefined;
  /** @default newest first */
  readonly orderBy?:
    | { readonly by: "startedAt"; readonly direction: "ascending" | "descending" }
    | { readonly by: "metric"; readonly name: string; readonly direction: "ascending" | "descending" }
    | undefined;
  /** @default 50 */
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
}

export interface RunPage {
  readonly runs: Run[];
  readonly next: string | null;
}

export function runTracker(_records: Records, _options: RunTrackerOptions = {}): RunTracker {
  throw new TamisError("unsupported", "runTracker is being written.");
}

export async function findRun(_records: Records, _runId: string): Promise<Run | undefined> {
  throw new TamisError("unsupported", "findRun is being written.");
}

export async function listRuns(_records: Records, _options: ListRunsOptions = {}): Promise<RunPage> {
  throw new TamisError("unsupported", "listRuns is being written.");
}

/** Marks runs `failed` that are `running` since before an instant: their process died. Returns how many. */
export async function failAbandonedRuns(_records: Records, _before: Date): Promise<number> {
  throw new TamisError("unsupported", "failAbandonedRuns is being written.");
}
