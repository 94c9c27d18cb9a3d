import type { ModelVersion } from "@tamis/core";

/** The registered model that `train` adds versions to, and whose champion `recommend` and `serve` use. */
export const modelName = "Best_Film_Recommender";

/** A version as `--json` prints it: the same object as in the answer of `GET /api/models`. */
export function modelDocument(version: ModelVersion): Record<string, unknown> {
  return {
    version: version.version,
    aliases: version.aliases,
    algorithm: version.algorithm,
    options: version.options,
    metrics: version.metrics,
    snapshot: version.snapshot,
    run_id: version.runId,
    seed: version.seed,
    object_key: version.objectKey,
    sha256: version.sha256,
    bytes: version.bytes,
    created_at: version.createdAt.toISOString(),
  };
}
