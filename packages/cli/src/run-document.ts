import type { Run } from "@tamis/storage";

/** What `--json` prints of a run. */
export function runDocument(run: Run) {
  return {
    run_id: run.runId,
    experiment: run.experiment,
    name: run.name,
    status: run.status,
    message: run.message,
    snapshot: run.snapshot,
    seed: run.seed,
    tags: run.tags,
    code_version: run.codeVersion,
    host: run.host,
    started_at: run.startedAt.toISOString(),
    ended_at: run.endedAt?.toISOString() ?? null,
    parameters: run.parameters,
    metrics: run.metrics,
  };
}
