import type { Json, OnProgress } from "@tamis/core";
import type { ModelOptions, TrainingResult } from "@tamis/ml";
import type { Tamis } from "@tamis/storage";
import { modelName } from "./model-document.ts";

export interface Training {
  /** Digest of a snapshot. @default "current" */
  readonly snapshot?: string;
  readonly models: readonly string[];
  readonly folds: number;
  readonly seed: number;
  readonly force?: boolean;
  readonly preset?: boolean;
  /** By name of the model. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Trains on a snapshot with the given stores; one training at a time. */
export async function trainModels(
  tamis: Tamis,
  training: Training,
  { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: OnProgress },
): Promise<TrainingResult> {
  const { presets, train, tunedOptions } = await import("@tamis/ml");
  const { allItems, failAbandonedRuns, modelCatalog, readHost, readSnapshot, runTracker, withLock } =
    await import("@tamis/storage");
  const { records, objects } = tamis;
  const { snapshot = "current", models, folds, seed, force = false, preset, options = {} } = training;
  return withLock(records, "train", async () => {
    await failAbandonedRuns(records, new Date()); // nobody else trains now: what is still running was killed
    const { manifest, table } = await readSnapshot(tamis, snapshot);
    const optionsOf = (name: string) => ({
      ...(preset && Object.hasOwn(presets, name) && tunedOptions(name, table.length)),
      ...(options[name] as ModelOptions | undefined),
    });
    return train({
      models,
      options: Object.fromEntries(models.map((name) => [name, optionsOf(name)])),
      folds,
      seed,
      force,
      table,
      snapshot: manifest.digest,
      items: await allItems(records),
      catalog: modelCatalog(records),
      tracker: runTracker({ records, objects }, { host: readHost().machine }),
      objects,
      model: modelName,
      signal,
      onProgress,
    });
  });
}

/** What `--json` prints of a training. */
export function trainingDocument(result: TrainingResult): Record<string, Json> {
  return {
    run_id: result.runId,
    best: result.best,
    metrics: result.metrics,
    version: result.version,
    promoted: result.promoted,
    reason: result.reason,
    roles: result.roles.map((role) => ({ ...role })),
  };
}
