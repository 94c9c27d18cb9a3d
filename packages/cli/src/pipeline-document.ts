import type { PipelineRun, StepRun } from "@tamis/core";

/** A run as `--json` prints it. */
export function pipelineRunDocument(run: PipelineRun): Record<string, unknown> {
  return {
    run_id: run.runId,
    pipeline: run.pipeline,
    interval_start: run.interval.start,
    interval_end: run.interval.end,
    config: run.config,
    status: run.status,
    worker: run.worker,
    progress: run.progress,
    failure: run.failure,
    cancel_requested: run.cancelRequested,
    created_at: run.createdAt,
    started_at: run.startedAt,
    ended_at: run.endedAt,
  };
}

/** An attempt of a step as `--json` prints it. */
export function stepRunDocument(step: StepRun): Record<string, unknown> {
  return {
    step: step.step,
    attempt: step.attempt,
    status: step.status,
    worker: step.worker,
    output_digest: step.outputDigest,
    failure: step.failure,
    started_at: step.startedAt,
    ended_at: step.endedAt,
  };
}

/** An instant for people, in UTC: `2026-11-20 07:00:00`. */
export function utc(instant: Date | null): string {
  return instant === null ? "" : instant.toISOString().slice(0, 19).replace("T", " ");
}
