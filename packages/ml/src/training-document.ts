import type { TrainingResult } from "./train.ts";

/** A verdict as JSON: what the command prints, a pipeline's step answers and the service sends. */
export type TrainingDocument = {
  readonly run_id: string;
  readonly best: string;
  readonly metrics: Readonly<Record<string, number>>;
  readonly timings: Readonly<Record<string, number>>;
  readonly version: number | null;
  readonly promoted: boolean;
  readonly forced: boolean;
  readonly reason: string;
  readonly roles: readonly {
    readonly role: string;
    readonly best: string;
    readonly version: number | null;
    readonly promoted: boolean;
    readonly forced: boolean;
    readonly reason: string;
  }[];
};

export function trainingDocument(result: TrainingResult): TrainingDocument {
  const { runId, best, metrics, timings, version, promoted, forced, reason, roles } = result;
  return {
    run_id: runId,
    best,
    metrics,
    timings,
    version,
    promoted,
    forced,
    reason,
    roles: roles.map((role) => ({ ...role })),
  };
}
