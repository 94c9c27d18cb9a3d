import type { Failure } from "../ports/run-ledger.ts";

/** What happens in a run, as it happens: for logs, streams and metrics. */
export type PipelineEvent = { readonly pipeline: string; readonly runId: string } & (
  | { readonly type: "run_started"; readonly resumed: boolean }
  | { readonly type: "step_skipped"; readonly step: string }
  | { readonly type: "step_started" | "step_finished"; readonly step: string; readonly attempt: number }
  | {
      readonly type: "step_failed" | "step_cancelled";
      readonly step: string;
      readonly attempt: number;
      readonly failure: Failure;
    }
  | {
      readonly type: "step_retrying";
      readonly step: string;
      readonly attempt: number;
      readonly delayMs: number;
    }
  | { readonly type: "run_finished" }
  | {
      readonly type: "run_failed" | "run_cancelled" | "run_released" | "run_lost" | "alert_failed";
      readonly failure: Failure;
    }
);
