import type { Run, StoredArtifact } from "@tamis/storage";

/** A run as `--json` prints it. */
export function runDocument(run: Run): Record<string, unknown> {
  return {
    run_id: run.runId,
    experiment: run.experiment,
    name: run.name,
    status: run.status,
    message: run.message,
    snapshot: run.snapshot,
    seed: run.seed,
    code_version: run.codeVersion,
    host: run.host,
    tags: run.tags,
    parameters: run.parameters,
    metrics: run.metrics,
    started_at: run.startedAt.toISOString(),
    ended_at: run.endedAt?.toISOString() ?? null,
  };
}

/** A file of a run as `--json` prints it. */
export function artifactDocument(artifact: StoredArtifact): Record<string, unknown> {
  return {
    path: artifact.path,
    content_type: artifact.contentType,
    object_key: artifact.objectKey,
    sha256: artifact.sha256,
    bytes: artifact.bytes,
  };
}
